/* Building netlink messages within bounds, and one exchange with the kernel. */
#include "shim/netlink.h"

#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
build(struct cc_nl *nl)
{
  struct ifinfomsg info = { .ifi_index = 7 };
  size_t nest;

  cc_nl_message(nl, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
  cc_nl_str(nl, IFLA_IFNAME, "ab");
  nest = cc_nl_nest(nl, IFLA_LINKINFO);
  cc_nl_str(nl, IFLA_INFO_KIND, "bridge");
  cc_nl_be32(nl, 9, 0x01020304);
  cc_nl_nest_end(nl, nest);
  cc_nl_message(nl, RTM_GETLINK, 0, &info, sizeof(info));
  cc_nl_u32(nl, IFLA_EXT_MASK, 5);
}

#define BUILT (32 + 8 + 4 + 12 + 8 + 32 + 8)

static void
test_layout(void **state)
{
  static const uint8_t attributes[]
      = { 7, 0, IFLA_IFNAME, 0, 'a', 'b', 0, 0, 24, 0, IFLA_LINKINFO, 0x80, 11, 0, 1, 0, 'b', 'r', 'i', 'd', 'g', 'e',
          0, 0, 8,           0, 9,   0,   1, 2, 3,  4 };
  _Alignas(struct nlmsghdr) uint8_t buf[256];
  const struct nlmsghdr *message = (const struct nlmsghdr *)buf;
  struct cc_nl nl;

  (void)state;
  memset(buf, 0xee, sizeof(buf));
  cc_nl_init(&nl, buf, sizeof(buf));
  build(&nl);
  assert_false(nl.broken);
  assert_int_equal(nl.used, BUILT);
  assert_int_equal(nl.count, 2);
  assert_int_equal(nl.acks, 1);
  assert_int_equal(message->nlmsg_len, 64);
  assert_int_equal(message->nlmsg_type, RTM_NEWLINK);
  assert_int_equal(message->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
  assert_int_equal(message->nlmsg_seq, 1);
  assert_memory_equal(buf + 32, attributes, sizeof(attributes));
  message = (const struct nlmsghdr *)(buf + 64);
  assert_int_equal(message->nlmsg_len, 40);
  assert_int_equal(message->nlmsg_flags, NLM_F_REQUEST);
  assert_int_equal(message->nlmsg_seq, 2);
  assert_int_equal(buf[BUILT], 0xee);
}

/* In every smaller buffer: nothing is written past its end, and nothing is sent. */
static void
test_every_size_too_small(void **state)
{
  cc_auto_close int fd = cc_nl_open(NETLINK_ROUTE, NULL);

  (void)state;
  assert_true(fd >= 0);
  for (size_t size = 0; size < BUILT; size++)
    {
      _Alignas(struct nlmsghdr) uint8_t buf[BUILT + 8];
      struct cc_error err = CC_ERROR_INIT;
      struct cc_nl nl;

      memset(buf, 0xee, sizeof(buf));
      cc_nl_init(&nl, buf, size);
      build(&nl);
      assert_true(nl.broken);
      assert_true(nl.used <= size);
      for (size_t i = size; i < sizeof(buf); i++)
        assert_int_equal(buf[i], 0xee);
      assert_true(cc_nl_exchange(fd, &nl, NULL, NULL, &err) < 0);
      assert_int_equal(err.errnum, EMSGSIZE);
    }
}

static void
test_attribute_length_is_16_bits(void **state)
{
  static uint8_t data[70000];
  size_t size = 200000;
  cc_auto_free uint8_t *buf = cc_xcalloc(1, size);
  struct cc_nl nl;
  size_t nest;

  (void)state;
  cc_nl_init(&nl, buf, size);
  cc_nl_message(&nl, RTM_NEWLINK, 0, NULL, 0);
  cc_nl_attr(&nl, 1, data, UINT16_MAX - NLA_HDRLEN);
  assert_false(nl.broken);
  cc_nl_attr(&nl, 1, data, UINT16_MAX - NLA_HDRLEN + 1);
  assert_true(nl.broken);

  cc_nl_init(&nl, buf, size);
  cc_nl_message(&nl, RTM_NEWLINK, 0, NULL, 0);
  nest = cc_nl_nest(&nl, 1);
  cc_nl_attr(&nl, 1, data, 40000);
  cc_nl_attr(&nl, 1, data, 40000);
  assert_false(nl.broken);
  cc_nl_nest_end(&nl, nest);
  assert_true(nl.broken);

  cc_nl_init(&nl, buf, size);
  cc_nl_message(&nl, RTM_NEWLINK, 0, NULL, 0);
  cc_nl_raw(&nl, data, SIZE_MAX);
  assert_true(nl.broken);
}

static void
test_nothing_to_send(void **state)
{
  cc_auto_close int fd = cc_nl_open(NETLINK_ROUTE, NULL);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_nl nl;

  (void)state;
  cc_nl_init(&nl, NULL, 0);
  assert_true(cc_nl_exchange(fd, &nl, NULL, NULL, &err) < 0);
  assert_int_equal(err.errnum, EMSGSIZE);
}

static void
test_find(void **state)
{
  _Alignas(struct nlmsghdr) uint8_t buf[256];
  struct nlmsghdr *message = (struct nlmsghdr *)buf;
  const size_t header = sizeof(struct ifinfomsg);
  const struct nlattr *found;
  struct cc_nl nl;

  (void)state;
  cc_nl_init(&nl, buf, sizeof(buf));
  build(&nl);
  found = cc_nl_find(message, header, IFLA_LINKINFO);
  assert_ptr_equal(found, buf + 40);
  assert_null(cc_nl_find(message, header, IFLA_MTU));
  message->nlmsg_len = 63; /* the attribute ends after the message */
  assert_null(cc_nl_find(message, header, IFLA_LINKINFO));
  message->nlmsg_len = 64;
  memcpy(buf + 32, &(struct nlattr){ .nla_len = 0 }, sizeof(struct nlattr)); /* would not advance */
  assert_null(cc_nl_find(message, header, IFLA_LINKINFO));
  message->nlmsg_len = 8; /* shorter than its own header */
  assert_null(cc_nl_find(message, header, IFLA_LINKINFO));
}

static int
see_lo(const struct nlmsghdr *message, void *context, struct cc_error *err)
{
  const struct ifinfomsg *info = NLMSG_DATA(message);
  const struct nlattr *name = cc_nl_find(message, sizeof(*info), IFLA_IFNAME);

  (void)err;
  if (info->ifi_index == 1 && info->ifi_type == ARPHRD_LOOPBACK && name != NULL
      && strcmp((const char *)name + NLA_HDRLEN, "lo") == 0)
    ++*(int *)context;
  return 0;
}

static int
stop_there(const struct nlmsghdr *message, void *context, struct cc_error *err)
{
  (void)message;
  ++*(int *)context;
  return cc_error_set(err, ECANCELED, "enough");
}

static void
test_dump(void **state)
{
  _Alignas(struct nlmsghdr) uint8_t buf[64];
  struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
  cc_auto_close int fd = cc_nl_open(NETLINK_ROUTE, NULL);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_nl nl;
  int seen = 0;

  (void)state;
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_GETLINK, NLM_F_DUMP, &info, sizeof(info));
  assert_int_equal(cc_nl_exchange(fd, &nl, see_lo, &seen, &err), 0);
  assert_int_equal(seen, 1);
  seen = 0;
  assert_true(cc_nl_exchange(fd, &nl, stop_there, &seen, &err) < 0);
  assert_int_equal(err.errnum, ECANCELED);
  assert_int_equal(seen, 1);
  /* nothing of the one that was stopped is left for the next */
  seen = 0;
  assert_int_equal(cc_nl_exchange(fd, &nl, see_lo, &seen, &err), 0);
  assert_int_equal(seen, 1);
}

static void
test_kernel_error(void **state)
{
  _Alignas(struct nlmsghdr) uint8_t buf[128];
  struct ifinfomsg info = { .ifi_index = 1 }, absent = { .ifi_index = 0x7ffffff0 };
  cc_auto_close int fd = cc_nl_open(NETLINK_ROUTE, NULL);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_nl nl;
  int seen = 0;

  (void)state;
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_GETLINK, NLM_F_ACK, &info, sizeof(info));
  assert_int_equal(cc_nl_exchange(fd, &nl, see_lo, &seen, &err), 0);
  cc_nl_message(&nl, RTM_GETLINK, NLM_F_ACK, &absent, sizeof(absent));
  assert_true(cc_nl_exchange(fd, &nl, NULL, NULL, &err) < 0);
  assert_int_equal(err.errnum, ENODEV);
  assert_non_null(strstr(err.msg, "message 2 of 2"));
}

/* What a kernel without nf_tables answers to a batch: EOPNOTSUPP to its first message, although that asked for nothing.
 * The conntrack subsystem takes no batches on any kernel. */
static void
test_batch_without_subsystem(void **state)
{
  _Alignas(struct nlmsghdr) uint8_t buf[128];
  struct nfgenmsg header = { .version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_CTNETLINK) };
  cc_auto_close int fd = cc_nl_open(NETLINK_NETFILTER, NULL);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_nl nl;

  (void)state;
  assert_true(fd >= 0);
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, NFNL_MSG_BATCH_BEGIN, 0, &header, sizeof(header));
  cc_nl_message(&nl, NFNL_MSG_BATCH_END, 0, &header, sizeof(header));
  assert_true(cc_nl_exchange(fd, &nl, NULL, NULL, &err) < 0);
  assert_int_equal(err.errnum, EOPNOTSUPP);
}

/* "All is well", but not from the kernel. */
static void
test_forged_answer(void **state)
{
  _Alignas(struct nlmsghdr) uint8_t buf[128];
  struct nlmsgerr well = { .error = 0 };
  struct ifinfomsg info = { .ifi_index = 1 };
  cc_auto_close int fd = cc_nl_open(NETLINK_ROUTE, NULL);
  cc_auto_close int forger = cc_nl_open(NETLINK_ROUTE, NULL);
  struct sockaddr_nl address = { .nl_family = AF_NETLINK };
  socklen_t length = sizeof(address);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_nl nl;

  (void)state;
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, NLMSG_ERROR, 0, &well, sizeof(well));
  assert_int_equal(sendto(forger, buf, nl.used, 0, (struct sockaddr *)&address, length), nl.used);
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_GETLINK, 0, &info, sizeof(info));
  assert_true(cc_nl_exchange(fd, &nl, NULL, NULL, &err) < 0);
  assert_int_equal(err.errnum, EPROTO);
}

static void
test_unknown_protocol(void **state)
{
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  assert_true(cc_nl_open(31, &err) < 0);
  assert_int_equal(err.errnum, EPROTONOSUPPORT);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_layout),
    cmocka_unit_test(test_every_size_too_small),
    cmocka_unit_test(test_attribute_length_is_16_bits),
    cmocka_unit_test(test_nothing_to_send),
    cmocka_unit_test(test_find),
    cmocka_unit_test(test_dump),
    cmocka_unit_test(test_kernel_error),
    cmocka_unit_test(test_batch_without_subsystem),
    cmocka_unit_test(test_forged_answer),
    cmocka_unit_test(test_unknown_protocol),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
