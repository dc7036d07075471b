/* Netlink, as little of it as locking a network namespace needs: building messages, and one exchange with the kernel.
 *
 * Own code, because the alternative is dear: Debian has no static libmnl, and loading libmnl and libnftnl costs
 * every create and exec 0.26 ms (over a quarter of what this program may add), although only `start` needs them. */
#ifndef CC_SHIM_NETLINK_H
#define CC_SHIM_NETLINK_H

#include "common/error.h"

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Messages under construction in memory of the caller's. What does not fit is not written, and makes the whole
 * unsendable (`broken`), so that no builder needs a return value. */
struct cc_nl
{
  uint8_t *data;
  size_t size, used;
  size_t message; /* where the message that is being built begins */
  unsigned count; /* messages */
  unsigned acks;  /* messages that ask for an acknowledgement */
  bool broken;
};

/* DATA must be aligned as struct nlmsghdr is, and outlive NL. */
void cc_nl_init(struct cc_nl *nl, void *data, size_t size);

/* Begins a message (and so ends the one before): TYPE and FLAGS of struct nlmsghdr, NLM_F_REQUEST added, and the LENGTH
 * bytes of its family's HEADER. The first message has sequence number 1, the next 2, and so on. */
void cc_nl_message(struct cc_nl *nl, uint16_t type, uint16_t flags, const void *header, size_t length);

/* Appends to the message: bytes without an attribute header (padded to 4), or one attribute. */
void cc_nl_raw(struct cc_nl *nl, const void *data, size_t length);
void cc_nl_attr(struct cc_nl *nl, uint16_t type, const void *data, size_t length);
void cc_nl_str(struct cc_nl *nl, uint16_t type, const char *s); /* with its NUL */
void cc_nl_u32(struct cc_nl *nl, uint16_t type, uint32_t value);
void cc_nl_be32(struct cc_nl *nl, uint16_t type, uint32_t value); /* network order, as nf_tables has its numbers */

/* Begins an attribute that holds attributes; returns what cc_nl_nest_end() needs. */
size_t cc_nl_nest(struct cc_nl *nl, uint16_t type);
void cc_nl_nest_end(struct cc_nl *nl, size_t nest);

/* A netlink socket of PROTOCOL (NETLINK_ROUTE, …) in the current network namespace, to which it stays bound wherever
 * the caller goes. Returns it or a negative number. */
int cc_nl_open(int protocol, struct cc_error *err);

/* Given each message of an answer that is neither an acknowledgement nor an end. Negative ends the exchange with that.
 */
typedef int (*cc_nl_fn)(const struct nlmsghdr *message, void *context, struct cc_error *err);

/* Sends all messages at once and reads every answer. Fails with the first error that the kernel reports (its errno in
 * ERR), when one of the acknowledgements that were asked for does not come, when a dump (NLM_F_DUMP, alone in NL) was
 * interrupted, and when NL is broken. EACH may be NULL. */
int cc_nl_exchange(int fd, const struct cc_nl *nl, cc_nl_fn each, void *context, struct cc_error *err);

/* The attribute TYPE among those that follow HEADER bytes of MESSAGE's payload, or NULL. */
const struct nlattr *cc_nl_find(const struct nlmsghdr *message, size_t header, uint16_t type);

#endif
