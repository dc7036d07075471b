/* What laying the lock (shim/netlock.c) and looking at it (shim/netlock_look.c) share. */
#ifndef CC_SHIM_NETLOCK_INTERNAL_H
#define CC_SHIM_NETLOCK_INTERNAL_H

#include "shim/netlink.h"
#include "shim/netlock.h"

#include <linux/netfilter/nf_tables.h>
#include <stdbool.h>
#include <stdint.h>

#define CC_NETLOCK_TABLE "closedclaw"

/* Before everything that rewrites or accepts: conntrack is at -200, Docker's DNAT of its resolver at -100. Only the
 * reassembly of fragments has the same place, and the rules need no more than the network header. */
#define CC_NETLOCK_PRIORITY (-400)

struct cc_netlock_chain
{
  const char *name;
  uint32_t hook;
  enum nft_meta_keys device; /* the side of the packet's way where lo is let pass */
  bool passes_lo;            /* it has the two rules below; the others have none */
};

#define CC_NETLOCK_CHAINS 3
extern const struct cc_netlock_chain cc_netlock_chains[CC_NETLOCK_CHAINS];

/* Adds the message that makes the first (second) rule of CHAIN. */
void cc_netlock_rule_resolver(struct cc_nl *nl, const struct cc_netlock_chain *chain);
void cc_netlock_rule_lo(struct cc_nl *nl, const struct cc_netlock_chain *chain);

/* Netlink sockets in the network namespace of a container's process; the caller's to close. */
struct cc_netlock_sockets
{
  int route, nft;
};

/* Opens them. Refuses and fails as cc_netlock_apply() says. */
int cc_netlock_sockets(pid_t pid, int pidfd, struct cc_netlock_sockets *out, struct cc_error *err);

#endif
