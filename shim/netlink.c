#include "shim/netlink.h"

#include "common/own.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel fills a dump's packets up to 32 KiB when the reader offers as much (netlink_recvmsg). */
#define ANSWER_SIZE 32768

void
cc_nl_init(struct cc_nl *nl, void *data, size_t size)
{
  *nl = (struct cc_nl){ .data = data, .size = size };
}

/* LENGTH zeroed bytes, padded to 4, at the end of the message; NULL when they do not fit. */
static uint8_t *
reserve(struct cc_nl *nl, size_t length)
{
  uint8_t *at = nl->data + nl->used;
  size_t padded;

  if (nl->broken || length > nl->size || NLMSG_ALIGN(length) > nl->size - nl->used)
    {
      nl->broken = true;
      return NULL;
    }
  padded = NLMSG_ALIGN(length);
  memset(at, 0, padded);
  nl->used += padded;
  if (nl->count > 0)
    {
      struct nlmsghdr *header = (struct nlmsghdr *)(nl->data + nl->message);

      header->nlmsg_len = (uint32_t)(nl->used - nl->message);
    }
  return at;
}

void
cc_nl_message(struct cc_nl *nl, uint16_t type, uint16_t flags, const void *header, size_t length)
{
  size_t start = nl->used;
  struct nlmsghdr *message;

  nl->message = start;
  message = (struct nlmsghdr *)reserve(nl, sizeof(*message));
  if (message == NULL)
    return;
  nl->count++;
  nl->acks += (flags & NLM_F_ACK) != 0;
  message->nlmsg_len = sizeof(*message);
  message->nlmsg_type = type;
  message->nlmsg_flags = flags | NLM_F_REQUEST;
  message->nlmsg_seq = nl->count;
  cc_nl_raw(nl, header, length);
}

void
cc_nl_raw(struct cc_nl *nl, const void *data, size_t length)
{
  uint8_t *at = reserve(nl, length);

  if (at != NULL && length > 0)
    memcpy(at, data, length);
}

void
cc_nl_attr(struct cc_nl *nl, uint16_t type, const void *data, size_t length)
{
  struct nlattr attr = { .nla_type = type };
  uint8_t *at;

  if (length > UINT16_MAX - NLA_HDRLEN)
    {
      nl->broken = true;
      return;
    }
  attr.nla_len = (uint16_t)(NLA_HDRLEN + length);
  at = reserve(nl, attr.nla_len);
  if (at == NULL)
    return;
  memcpy(at, &attr, sizeof(attr));
  if (length > 0)
    memcpy(at + NLA_HDRLEN, data, length);
}

void
cc_nl_str(struct cc_nl *nl, uint16_t type, const char *s)
{
  cc_nl_attr(nl, type, s, strlen(s) + 1);
}

void
cc_nl_u32(struct cc_nl *nl, uint16_t type, uint32_t value)
{
  cc_nl_attr(nl, type, &value, sizeof(value));
}

void
cc_nl_be32(struct cc_nl *nl, uint16_t type, uint32_t value)
{
  cc_nl_u32(nl, type, htonl(value));
}

size_t
cc_nl_nest(struct cc_nl *nl, uint16_t type)
{
  size_t start = nl->used;

  cc_nl_attr(nl, type | NLA_F_NESTED, NULL, 0);
  return start;
}

void
cc_nl_nest_end(struct cc_nl *nl, size_t nest)
{
  size_t length = nl->used - nest;

  if (length > UINT16_MAX)
    nl->broken = true;
  if (!nl->broken)
    ((struct nlattr *)(nl->data + nest))->nla_len = (uint16_t)length;
}

int
cc_nl_open(int protocol, struct cc_error *err)
{
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

  return fd >= 0 ? fd : cc_error_set(err, errno, "open a netlink socket of protocol %d", protocol);
}

struct exchange
{
  const struct cc_nl *nl;
  cc_nl_fn each;
  void *context;
  unsigned acks;
  bool dump, done;
};

static int
take(struct exchange *x, const struct nlmsghdr *message, struct cc_error *err)
{
  const struct nlmsgerr *answer = NLMSG_DATA(message);

  if (message->nlmsg_flags & NLM_F_DUMP_INTR)
    return cc_error_set(err, EINTR, "a netlink dump was overtaken by a change");
  if (message->nlmsg_type == NLMSG_NOOP)
    return 0;
  if (message->nlmsg_type == NLMSG_DONE)
    {
      int code = 0;

      if (message->nlmsg_len >= NLMSG_LENGTH(sizeof(code)))
        memcpy(&code, NLMSG_DATA(message), sizeof(code));
      x->done = true;
      return code < 0 ? cc_error_set(err, -code, "a netlink dump") : 0;
    }
  if (message->nlmsg_type != NLMSG_ERROR)
    return x->each != NULL ? x->each(message, x->context, err) : 0;
  if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*answer)))
    return cc_error_set(err, EPROTO, "a netlink answer is too short");
  if (answer->error != 0)
    return cc_error_set(err, -answer->error, "the kernel refused netlink message %u of %u", message->nlmsg_seq,
                        x->nl->count);
  x->acks++;
  return 0;
}

static int
take_all(struct exchange *x, const uint8_t *packet, size_t length, struct cc_error *err)
{
  for (size_t at = 0; at + NLMSG_HDRLEN <= length;)
    {
      const struct nlmsghdr *message = (const struct nlmsghdr *)(packet + at);

      if (message->nlmsg_len < NLMSG_HDRLEN || message->nlmsg_len > length - at)
        return cc_error_set(err, EPROTO, "a netlink answer has a wrong length");
      if (take(x, message, err) != 0)
        return CC_FAILED;
      at += NLMSG_ALIGN(message->nlmsg_len);
    }
  return 0;
}

/* One packet of answers. Returns its length, 0 when there is none. */
static ssize_t
receive(int fd, void *buf, size_t size, int flags, struct cc_error *err)
{
  struct sockaddr_nl from = { 0 };
  struct iovec iov = { .iov_base = buf, .iov_len = size };
  struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1 };
  ssize_t n;

  do
    n = recvmsg(fd, &msg, flags);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN)
    return 0;
  if (n < 0)
    return cc_error_set(err, errno, "receive a netlink answer");
  if (n == 0 || (msg.msg_flags & MSG_TRUNC))
    return cc_error_set(err, EPROTO, "a netlink answer was cut");
  if (from.nl_pid != 0)
    return cc_error_set(err, EPROTO, "a netlink answer came from port %u, not from the kernel", from.nl_pid);
  return n;
}

static int
send_all(int fd, const struct cc_nl *nl, struct cc_error *err)
{
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
  ssize_t n;

  if (nl->broken || nl->count == 0)
    return cc_error_set(err, EMSGSIZE, "the netlink messages do not fit their buffer");
  do
    n = sendto(fd, nl->data, nl->used, 0, (struct sockaddr *)&kernel, sizeof(kernel));
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return cc_error_set(err, errno, "send netlink messages");
  if ((size_t)n != nl->used)
    return cc_error_set(err, EPROTO, "the kernel took %zd of %zu bytes of netlink messages", n, nl->used);
  return 0;
}

/* Reads to the end even after a failure, so that no answer of this exchange is left for the next one. */
static int
read_answers(int fd, struct exchange *x, struct cc_error *err)
{
  _Alignas(struct nlmsghdr) uint8_t buf[ANSWER_SIZE];
  int result = 0;

  for (;;)
    {
      /* the kernel works inside sendto(): whatever it has to say is there by now, without waiting */
      ssize_t n = receive(fd, buf, sizeof(buf), MSG_DONTWAIT, result == 0 ? err : NULL);

      if (n <= 0)
        return result != 0 ? result : (int)n;
      if (result == 0)
        result = take_all(x, buf, (size_t)n, err);
    }
}

int
cc_nl_exchange(int fd, const struct cc_nl *nl, cc_nl_fn each, void *context, struct cc_error *err)
{
  struct exchange x = { .nl = nl, .each = each, .context = context };
  int r = send_all(fd, nl, err);

  if (r == 0)
    {
      const struct nlmsghdr *first = (const struct nlmsghdr *)nl->data;

      x.dump = (first->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
      r = read_answers(fd, &x, err);
    }
  if (r != 0)
    return r;
  if (x.dump ? !x.done : x.acks != nl->acks)
    return cc_error_set(err, EPROTO, "the kernel acknowledged %u of %u netlink messages", x.acks, nl->acks);
  return 0;
}

const struct nlattr *
cc_nl_find(const struct nlmsghdr *message, size_t header, uint16_t type)
{
  size_t at = NLMSG_LENGTH(NLMSG_ALIGN(header));

  while (at + NLA_HDRLEN <= message->nlmsg_len)
    {
      const struct nlattr *attr = (const struct nlattr *)((const uint8_t *)message + at);

      if (attr->nla_len < NLA_HDRLEN || attr->nla_len > message->nlmsg_len - at)
        return NULL;
      if ((attr->nla_type & NLA_TYPE_MASK) == type)
        return attr;
      at += NLA_ALIGN(attr->nla_len);
    }
  return NULL;
}
