/* Locking a network namespace, on the real kernel.
 *
 * The tests make namespaces of their own, so they need root, or a kernel that lets a user make user namespaces; without
 * either they fail. What must not pass after the lock is first shown to pass, by the same function on the same kind of
 * link, without it. */
#include "shim/netlock.h"

#include "common/own.h"
#include "netns.h"
#include "shim/netlink.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a packet is waited for: one that ought to come, on a busy machine, and one that ought not. It takes well
 * under a millisecond where it does come. */
#define PATIENCE_MS 5000
#define DOUBT_MS 250

static int patience_ms = PATIENCE_MS;

static void
expect_packets(bool pass)
{
  patience_ms = pass ? PATIENCE_MS : DOUBT_MS;
}

/* -- whether packets pass -- */

union address
{
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

static union address
address_of(const char *text, socklen_t *length)
{
  union address a = { 0 };

  if (strchr(text, ':') != NULL)
    {
      a.v6.sin6_family = AF_INET6;
      assert_int_equal(inet_pton(AF_INET6, text, &a.v6.sin6_addr), 1);
      *length = sizeof(a.v6);
      return a;
    }
  a.v4.sin_family = AF_INET;
  assert_int_equal(inet_pton(AF_INET, text, &a.v4.sin_addr), 1);
  *length = sizeof(a.v4);
  return a;
}

/* A socket of NETNS's, bound to TEXT; *OUT is the whole address. */
static int
bound_socket(const struct netns *netns, const char *text, int type, union address *out, socklen_t *length)
{
  union address a = address_of(text, length);
  int fd = netns_socket(netns, a.any.sa_family, type, 0);

  assert_int_equal(bind(fd, &a.any, *length), 0);
  assert_int_equal(getsockname(fd, &a.any, length), 0);
  if (type == SOCK_STREAM)
    assert_int_equal(listen(fd, 4), 0);
  *out = a;
  return fd;
}

static bool
comes(int fd, short events)
{
  struct pollfd p = { .fd = fd, .events = events };

  return poll(&p, 1, patience_ms) == 1;
}

/* Whether a datagram of CLIENT's gets to SERVER. */
static bool
datagram_passes(int client, int server, const union address *to, socklen_t length)
{
  char byte;

  /* a filter on output lets the call itself fail */
  if (sendto(client, "x", 1, 0, &to->any, length) != 1)
    assert_int_equal(errno, EPERM);
  return comes(server, POLLIN) && recv(server, &byte, 1, 0) == 1;
}

static bool
connection_passes(int client, const union address *to, socklen_t length)
{
  int error = 0;
  socklen_t size = sizeof(error);

  assert_int_equal(fcntl(client, F_SETFL, O_NONBLOCK), 0);
  if (connect(client, &to->any, length) == 0)
    return true;
  if (errno != EINPROGRESS || !comes(client, POLLOUT))
    return false;
  return getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

/* Whether a socket of FROM's reaches the address TEXT of TO's. */
static bool
reaches(const struct netns *from, const struct netns *to, const char *text, int type)
{
  union address address;
  socklen_t length;
  cc_auto_close int server = bound_socket(to, text, type, &address, &length);
  cc_auto_close int client = netns_socket(from, address.any.sa_family, type, 0);

  return type == SOCK_STREAM ? connection_passes(client, &address, length)
                             : datagram_passes(client, server, &address, length);
}

/* Of the eight ways through cable N (two protocols, two families, two directions), how many are open. */
static int
open_ways(const struct netns *outside, const struct netns *box, int n, bool expected)
{
  static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
  cc_auto_free char *out4 = cc_xasprintf("10.77.%d.1", n), *out6 = cc_xasprintf("fd77:%d::1", n);
  cc_auto_free char *in4 = cc_xasprintf("10.77.%d.2", n), *in6 = cc_xasprintf("fd77:%d::2", n);
  int ways = 0;

  expect_packets(expected);
  for (size_t i = 0; i < 2; i++)
    ways += reaches(box, outside, out4, types[i]) + reaches(box, outside, out6, types[i])
            + reaches(outside, box, in4, types[i]) + reaches(outside, box, in6, types[i]);
  return ways;
}

static int
open_loopback_ways(const struct netns *box)
{
  static const char *const addresses[] = { "127.0.0.1", "127.0.0.53", "::1" };
  int ways = 0;

  expect_packets(true);
  for (size_t i = 0; i < 3; i++)
    ways += reaches(box, box, addresses[i], SOCK_DGRAM) + reaches(box, box, addresses[i], SOCK_STREAM);
  return ways;
}

/* -- the kernel's view -- */

/* Lines of the file NAME below /proc/PID/net that hold TEXT. */
static int
count_lines(const struct netns *netns, const char *name, const char *text, bool holding)
{
  cc_auto_free char *path = cc_xasprintf("/proc/%d/net/%s", netns->pid, name);
  cc_auto_file FILE *f = fopen(path, "re");
  char line[512];
  int n = 0;

  assert_non_null(f);
  while (fgets(line, sizeof(line), f) != NULL)
    n += (strstr(line, text) != NULL) == holding;
  return n;
}

static int
count_object(const struct nlmsghdr *message, void *context, struct cc_error *err)
{
  (void)message;
  (void)err;
  ++*(int *)context;
  return 0;
}

static int
count_nft(const struct netns *netns, uint16_t type)
{
  _Alignas(struct nlmsghdr) uint8_t buf[64];
  struct nfgenmsg header = { .nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0 };
  cc_auto_close int fd = netns_socket(netns, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_nl nl;
  int n = 0;

  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), NLM_F_DUMP, &header, sizeof(header));
  if (cc_nl_exchange(fd, &nl, count_object, &n, &err) != 0)
    fail_msg("%s", err.msg);
  return n;
}

static void
lock(const struct netns *netns)
{
  struct cc_error err = CC_ERROR_INIT;

  if (cc_netlock_apply(netns->pid, netns->pidfd, &err) != 0)
    fail_msg("%s", err.msg);
}

static ino_t
own_namespace(void)
{
  struct stat st;

  assert_int_equal(stat("/proc/self/ns/net", &st), 0);
  return st.st_ino;
}

static int
open_descriptors(void)
{
  DIR *dir = opendir("/proc/self/fd");
  int n = 0;

  assert_non_null(dir);
  while (readdir(dir) != NULL)
    n++;
  closedir(dir);
  return n;
}

/* -- tests -- */

static void
test_only_lo_is_left(void **state)
{
  auto_netns box = netns_make();
  ino_t before = own_namespace();
  int descriptors = open_descriptors();

  (void)state;
  netns_connect(&netns_here, &box, 1);
  netns_connect(&netns_here, &box, 2);
  netns_add_bridge(&box, "br0");
  netns_default_route(&box, "10.77.1.1");
  assert_int_equal(count_lines(&box, "dev", ":", true), 4);
  assert_true(count_lines(&box, "route", "eth", true) > 0);
  lock(&box);
  assert_int_equal(own_namespace(), before);
  assert_int_equal(open_descriptors(), descriptors);
  assert_int_equal(count_lines(&box, "dev", ":", true), 1);
  assert_int_equal(count_lines(&box, "dev", "lo:", true), 1);
  assert_int_equal(count_lines(&box, "route", "", true), 1); /* the heading */
  assert_int_equal(count_lines(&box, "ipv6_route", " lo\n", false), 0);
  assert_int_equal(netns_link_index(&netns_here, "veth1"), 0);
  assert_int_equal(open_loopback_ways(&box), 6);
}

static void
test_nothing_passes_through_a_later_link(void **state)
{
  auto_netns box = netns_make();

  (void)state;
  netns_connect(&netns_here, &box, 3);
  assert_int_equal(open_ways(&netns_here, &box, 3, true), 8);
  lock(&box);
  netns_connect(&netns_here, &box, 4);
  assert_int_equal(count_lines(&box, "dev", "eth4:", true), 1);
  assert_int_equal(open_ways(&netns_here, &box, 4, false), 0);
  assert_int_equal(open_loopback_ways(&box), 6);
  lock(&box);
  assert_int_equal(count_lines(&box, "dev", ":", true), 1);
  netns_connect(&netns_here, &box, 5);
  assert_int_equal(open_ways(&netns_here, &box, 5, false), 0);
}

/* A namespace with two links and forwarding switched on. */
static void
test_nothing_is_forwarded(void **state)
{
  auto_netns left = netns_make();
  auto_netns box = netns_make();
  auto_netns right = netns_make();

  (void)state;
  netns_sysctl(&box, "/proc/sys/net/ipv4/ip_forward", "1");
  for (int n = 10; n < 14; n += 2)
    {
      cc_auto_free char *left_gateway = cc_xasprintf("10.77.%d.2", n);
      cc_auto_free char *right_gateway = cc_xasprintf("10.77.%d.1", n + 1);
      cc_auto_free char *target = cc_xasprintf("10.77.%d.2", n + 1);

      netns_connect(&left, &box, n);
      netns_connect(&box, &right, n + 1);
      netns_default_route(&left, left_gateway);
      netns_default_route(&right, right_gateway);
      expect_packets(n == 10);
      assert_int_equal(reaches(&left, &right, target, SOCK_DGRAM), n == 10);
      assert_int_equal(reaches(&left, &right, target, SOCK_STREAM), n == 10);
      lock(&box);
    }
}

/* The engine's resolver has sockets on 127.0.0.11 in the container's namespace. */
static void
test_resolver_is_out_of_reach(void **state)
{
  static const char *const clients[] = { "0.0.0.0", "127.0.0.1", "127.0.0.11", "127.9.9.9" };
  auto_netns box = netns_make();
  union address tcp, udp, from;
  socklen_t length, from_length;
  cc_auto_close int resolver_tcp = -1, resolver_udp = -1;

  (void)state;
  netns_set_up(&box, "lo");
  resolver_tcp = bound_socket(&box, "127.0.0.11", SOCK_STREAM, &tcp, &length);
  resolver_udp = bound_socket(&box, "127.0.0.11", SOCK_DGRAM, &udp, &length);
  for (int locked = 0; locked < 2; locked++)
    {
      expect_packets(!locked);
      for (size_t i = 0; i < 4; i++)
        {
          cc_auto_close int udp_client = bound_socket(&box, clients[i], SOCK_DGRAM, &from, &from_length);
          cc_auto_close int tcp_client = netns_socket(&box, AF_INET, SOCK_STREAM, 0);

          assert_int_equal(datagram_passes(udp_client, resolver_udp, &udp, length), !locked);
          from.v4.sin_port = 0;
          assert_int_equal(bind(tcp_client, &from.any, from_length), 0);
          assert_int_equal(connection_passes(tcp_client, &tcp, length), !locked);
        }
      lock(&box);
    }
}

/* Other names of the same address, and other addresses with the resolver's port. */
static void
test_resolver_by_other_ways(void **state)
{
  static const char *const others[] = { "127.0.0.1", "127.0.0.10", "127.0.1.11", "0.0.0.0", "127.255.255.255" };
  auto_netns box = netns_make();
  union address udp, mapped;
  socklen_t length, mapped_length;
  cc_auto_close int resolver = -1, client = -1;

  (void)state;
  netns_set_up(&box, "lo");
  resolver = bound_socket(&box, "127.0.0.11", SOCK_DGRAM, &udp, &length);
  client = netns_socket(&box, AF_INET6, SOCK_DGRAM, 0);
  mapped = address_of("::ffff:127.0.0.11", &mapped_length);
  mapped.v6.sin6_port = udp.v4.sin_port;
  expect_packets(true);
  assert_true(datagram_passes(client, resolver, &mapped, mapped_length));
  lock(&box);
  expect_packets(false);
  assert_false(datagram_passes(client, resolver, &mapped, mapped_length));
  for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
    {
      cc_auto_close int plain = netns_socket(&box, AF_INET, SOCK_DGRAM, 0);
      union address to = address_of(others[i], &length);
      char byte;

      to.v4.sin_port = udp.v4.sin_port;
      sendto(plain, "x", 1, 0, &to.any, length); /* may fail: 127.255.255.255 is a broadcast address */
      assert_false(comes(resolver, POLLIN) && recv(resolver, &byte, 1, 0) == 1);
    }
}

/* With a loose source route (an IP option that needs no privilege) the destination on output is 127.0.0.1, and becomes
 * 127.0.0.11 on the way in. Three switches of the host's have to be set for that, and containers inherit them. */
static void
test_resolver_by_source_route(void **state)
{
  static const char *const sysctls[]
      = { "/proc/sys/net/ipv4/conf/all/accept_source_route", "/proc/sys/net/ipv4/conf/lo/accept_source_route",
          "/proc/sys/net/ipv4/conf/all/route_localnet", "/proc/sys/net/ipv4/conf/all/accept_local" };
  static const uint8_t option[] = { IPOPT_NOP, IPOPT_LSRR, 7, 4, 127, 0, 0, 1 };
  auto_netns box = netns_make();
  union address udp;
  socklen_t length;
  cc_auto_close int resolver = -1, client = -1;

  (void)state;
  netns_set_up(&box, "lo");
  for (size_t i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++)
    netns_sysctl(&box, sysctls[i], "1");
  resolver = bound_socket(&box, "127.0.0.11", SOCK_DGRAM, &udp, &length);
  client = netns_socket(&box, AF_INET, SOCK_DGRAM, 0);
  assert_int_equal(setsockopt(client, IPPROTO_IP, IP_OPTIONS, option, sizeof(option)), 0);
  expect_packets(true);
  assert_true(datagram_passes(client, resolver, &udp, length));
  lock(&box);
  expect_packets(false);
  assert_false(datagram_passes(client, resolver, &udp, length));
}

/* Docker restarts a container, or start is called twice: the same table again, not a second set of rules. */
static void
test_again_and_again(void **state)
{
  auto_netns box = netns_make();

  (void)state;
  assert_int_equal(count_nft(&box, NFT_MSG_GETCHAIN), 0);
  for (int i = 0; i < 20; i++)
    lock(&box);
  assert_int_equal(count_nft(&box, NFT_MSG_GETTABLE), 1);
  assert_int_equal(count_nft(&box, NFT_MSG_GETCHAIN), 3);
  assert_int_equal(count_nft(&box, NFT_MSG_GETRULE), 4);
  assert_int_equal(count_nft(&netns_here, NFT_MSG_GETTABLE), 0);
  assert_int_equal(open_loopback_ways(&box), 6);
}

static int
look(const struct netns *netns, struct cc_error *err)
{
  cc_error_clear(err);
  return cc_netlock_look(netns->pid, netns->pidfd, err);
}

/* Sends one nf_tables message of TYPE about a chain (or, with NULL, the table) of the lock. */
static void
meddle(const struct netns *netns, uint16_t type, const char *chain, int64_t policy)
{
  _Alignas(struct nlmsghdr) uint8_t buf[512];
  struct nfgenmsg batch = { .version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES) };
  struct nfgenmsg header = { .nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0 };
  cc_auto_close int fd = netns_socket(netns, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_nl nl;

  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, NFNL_MSG_BATCH_BEGIN, 0, &batch, sizeof(batch));
  cc_nl_message(&nl, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), NLM_F_ACK, &header, sizeof(header));
  cc_nl_str(&nl, NFTA_CHAIN_TABLE, "closedclaw"); /* the same number as NFTA_TABLE_NAME and NFTA_RULE_TABLE */
  if (chain != NULL)
    cc_nl_str(&nl, type == NFT_MSG_DELRULE ? NFTA_RULE_CHAIN : NFTA_CHAIN_NAME, chain);
  if (policy >= 0)
    cc_nl_be32(&nl, chain != NULL ? NFTA_CHAIN_POLICY : NFTA_TABLE_FLAGS, (uint32_t)policy);
  cc_nl_message(&nl, NFNL_MSG_BATCH_END, 0, &batch, sizeof(batch));
  if (cc_nl_exchange(fd, &nl, NULL, NULL, &err) != 0)
    fail_msg("%s", err.msg);
}

/* What doctor asks: whether the lock is as it was laid. */
static void
test_changes_are_seen(void **state)
{
  static const struct
  {
    uint16_t type;
    const char *chain;
    int64_t policy;
    const char *says;
  } changes[] = {
    { NFT_MSG_DELTABLE, NULL, -1, "has no lock any more" },
    { NFT_MSG_NEWTABLE, NULL, NFT_TABLE_F_DORMANT, "was changed" },
    { NFT_MSG_NEWCHAIN, "output", NF_ACCEPT, "was changed" },
    { NFT_MSG_NEWCHAIN, "forward", NF_ACCEPT, "was changed" },
    { NFT_MSG_DELRULE, "input", -1, "was changed" },
  };
  auto_netns box = netns_make();
  struct cc_error err;

  (void)state;
  assert_true(look(&box, &err) < 0);
  assert_string_equal(err.rule, "attest");
  for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
    {
      lock(&box);
      if (look(&box, &err) != 0)
        fail_msg("%s", err.msg);
      meddle(&box, changes[i].type, changes[i].chain, changes[i].policy);
      assert_true(look(&box, &err) < 0);
      assert_string_equal(err.rule, "attest");
      assert_non_null(strstr(err.msg, changes[i].says));
    }
  /* links that come later are what the lock is for */
  lock(&box);
  netns_connect(&netns_here, &box, 7);
  assert_int_equal(look(&box, &err), 0);
}

/* Rules that only look like the lock's: another address, another verdict, one more. */
static void
test_other_rules_are_seen(void **state)
{
  static const char *const scripts[] = {
    "nft add rule inet closedclaw forward accept",
    "nft insert rule inet closedclaw output accept",
    "nft add rule inet closedclaw input counter",
    "nft flush chain inet closedclaw output; nft add rule inet closedclaw output ip daddr 127.0.0.12 drop; "
    "nft add rule inet closedclaw output oif lo accept",
    "nft flush chain inet closedclaw output; nft add rule inet closedclaw output ip daddr 127.0.0.11 drop; "
    "nft add rule inet closedclaw output oif != lo accept",
  };
  auto_netns box = netns_make();
  struct cc_error err;

  (void)state;
  for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
    {
      cc_auto_free char *command = cc_xasprintf("nsenter --net=/proc/%d/ns/net sh -c '%s'", box.pid, scripts[i]);

      lock(&box);
      assert_int_equal(look(&box, &err), 0);
      assert_int_equal(system(command), 0);
      if (look(&box, &err) == 0)
        fail_msg("not seen: %s", scripts[i]);
    }
  lock(&box);
  /* the same rules by another hand are the same lock */
  cc_auto_free char *same = cc_xasprintf("nsenter --net=/proc/%d/ns/net sh -c 'nft flush chain inet closedclaw output; "
                                         "nft add rule inet closedclaw output ip daddr 127.0.0.11 drop; nft add rule "
                                         "inet closedclaw output oif lo accept'",
                                         box.pid);
  assert_int_equal(system(same), 0);
  if (look(&box, &err) != 0)
    fail_msg("%s", err.msg);
}

/* A table of that name that lets everything pass is not taken for the lock. */
static void
test_other_table_is_replaced(void **state)
{
  _Alignas(struct nlmsghdr) uint8_t buf[256];
  struct nfgenmsg batch = { .version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES) };
  struct nfgenmsg header = { .nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0 };
  auto_netns box = netns_make();
  cc_auto_close int fd = netns_socket(&box, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  struct cc_nl nl;

  (void)state;
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, NFNL_MSG_BATCH_BEGIN, 0, &batch, sizeof(batch));
  cc_nl_message(&nl, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_ACK, &header, sizeof(header));
  cc_nl_str(&nl, NFTA_TABLE_NAME, "closedclaw");
  cc_nl_be32(&nl, NFTA_TABLE_FLAGS, NFT_TABLE_F_DORMANT);
  cc_nl_message(&nl, NFNL_MSG_BATCH_END, 0, &batch, sizeof(batch));
  assert_int_equal(cc_nl_exchange(fd, &nl, NULL, NULL, NULL), 0);
  assert_int_equal(count_nft(&box, NFT_MSG_GETTABLE), 1);
  lock(&box);
  assert_int_equal(count_nft(&box, NFT_MSG_GETTABLE), 1);
  assert_int_equal(count_nft(&box, NFT_MSG_GETCHAIN), 3);
  netns_connect(&netns_here, &box, 6);
  assert_int_equal(open_ways(&netns_here, &box, 6, false), 0);
}

static void
expect_refusal(pid_t pid, int pidfd)
{
  struct cc_error err = CC_ERROR_INIT;

  assert_true(cc_netlock_apply(pid, pidfd, &err) < 0);
  assert_string_equal(err.rule, "namespace-network");
}

static void
test_own_namespace_is_refused(void **state)
{
  cc_auto_close int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

  (void)state;
  expect_refusal(getpid(), pidfd);
  assert_int_equal(count_nft(&netns_here, NFT_MSG_GETTABLE), 0);
}

/* In a PID namespace and with a /proc of its own, so that process 1 is one that the test may look at. */
static int
refuse_process_1(void)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_close int pidfd = -1;
  pid_t pid;
  int r;

  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount("proc", "/proc", "proc", 0, NULL) != 0)
    return 10;
  pid = fork(); /* shares the network namespace of process 1 */
  if (pid == 0)
    for (;;)
      pause();
  pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  /* now the caller has another one than process 1 has */
  r = fork();
  if (r == 0)
    {
      if (unshare(CLONE_NEWNET) != 0)
        _exit(11);
      r = cc_netlock_apply(pid, pidfd, &err);
      _exit(r < 0 && strcmp(err.rule, "namespace-network") == 0 && strstr(err.msg, "host") != NULL ? 0 : 12);
    }
  return waitpid(r, &r, 0) > 0 && WIFEXITED(r) ? WEXITSTATUS(r) : 13;
}

static void
test_process_1_is_refused(void **state)
{
  int status;
  pid_t pid;

  (void)state;
  pid = fork();
  if (pid == 0)
    {
      pid = unshare(CLONE_NEWPID) == 0 ? fork() : -1;
      if (pid == 0)
        _exit(refuse_process_1());
      _exit(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 20);
    }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

static void
test_process_that_is_gone(void **state)
{
  auto_netns gone = netns_make();
  auto_netns other = netns_make();
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  kill(gone.pid, SIGKILL);
  waitpid(gone.pid, NULL, 0);
  assert_true(cc_netlock_apply(gone.pid, gone.pidfd, &err) < 0);
  assert_int_equal(err.errnum, ENOENT);
  /* the number is another process's by now */
  assert_true(cc_netlock_apply(other.pid, gone.pidfd, &err) < 0);
  assert_int_equal(err.errnum, ESRCH);
  assert_int_equal(count_nft(&other, NFT_MSG_GETTABLE), 0);
}

static void
drop_capability(cap_value_t value)
{
  cap_t caps = cap_get_proc();

  cap_set_flag(caps, CAP_EFFECTIVE, 1, &value, CAP_CLEAR);
  cap_set_flag(caps, CAP_PERMITTED, 1, &value, CAP_CLEAR);
  if (caps == NULL || cap_set_proc(caps) != 0)
    _exit(30);
  cap_free(caps);
}

/* Without the privilege to lock, the call fails, in the namespace that it began in. */
static void
test_failure_is_closed(void **state)
{
  static const cap_value_t needed[] = { CAP_NET_ADMIN, CAP_SYS_ADMIN };
  auto_netns box = netns_make();

  (void)state;
  for (size_t i = 0; i < 2; i++)
    {
      pid_t pid = fork();
      int status;

      if (pid == 0)
        {
          struct cc_error err = CC_ERROR_INIT;
          ino_t before = own_namespace();

          drop_capability(needed[i]);
          _exit(cc_netlock_apply(box.pid, box.pidfd, &err) < 0 && err.errnum == EPERM && own_namespace() == before
                    ? 0
                    : 31);
        }
      assert_int_equal(waitpid(pid, &status, 0), pid);
      assert_true(WIFEXITED(status));
      assert_int_equal(WEXITSTATUS(status), 0);
      assert_int_equal(count_nft(&box, NFT_MSG_GETTABLE), 0);
    }
}

/* The descriptor of the caller's own namespace is the second that the call opens: going back to it is made to fail. */
static void
test_no_way_back_aborts(void **state)
{
  auto_netns box = netns_make();
  pid_t pid = fork();
  int status;

  (void)state;
  if (pid == 0)
    {
      int first = dup(box.fd), own = dup(box.fd);
      scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

      close(first);
      close(own);
      if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setns), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)own))
              != 0
          || seccomp_load(filter) != 0)
        _exit(40);
      seccomp_release(filter);
      cc_netlock_apply(box.pid, box.pidfd, NULL);
      _exit(41);
    }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFSIGNALED(status));
  assert_int_equal(WTERMSIG(status), SIGABRT);
  assert_int_equal(count_nft(&box, NFT_MSG_GETTABLE), 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_only_lo_is_left),          cmocka_unit_test(test_nothing_passes_through_a_later_link),
    cmocka_unit_test(test_nothing_is_forwarded),     cmocka_unit_test(test_resolver_is_out_of_reach),
    cmocka_unit_test(test_resolver_by_other_ways),   cmocka_unit_test(test_resolver_by_source_route),
    cmocka_unit_test(test_again_and_again),          cmocka_unit_test(test_changes_are_seen),
    cmocka_unit_test(test_other_rules_are_seen),     cmocka_unit_test(test_other_table_is_replaced),
    cmocka_unit_test(test_own_namespace_is_refused), cmocka_unit_test(test_process_1_is_refused),
    cmocka_unit_test(test_process_that_is_gone),     cmocka_unit_test(test_failure_is_closed),
    cmocka_unit_test(test_no_way_back_aborts),
  };

  return cmocka_run_group_tests(tests, netns_enter_own, NULL);
}
