#include "shim/netlock_internal.h"

#include "common/own.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

#define RULES 2 /* of a chain that passes lo */
#define TRIES 10
#define TYPES 16 /* of attributes in a rule */

/* -- attributes -- */

static const struct nlattr *
next_attribute(const uint8_t *at, const uint8_t *end)
{
  const struct nlattr *a = (const struct nlattr *)(const void *)at;

  return (size_t)(end - at) >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= (size_t)(end - at) ? a : NULL;
}

static const uint8_t *
payload(const struct nlattr *a)
{
  return (const uint8_t *)a + NLA_HDRLEN;
}

static size_t
payload_length(const struct nlattr *a)
{
  return a->nla_len - (size_t)NLA_HDRLEN;
}

/* The N-th attribute of TYPE in A, from 0. */
static const struct nlattr *
find_in(const struct nlattr *a, unsigned type, size_t n)
{
  const uint8_t *at = payload(a), *end = at + payload_length(a);
  const struct nlattr *child;

  for (; (child = next_attribute(at, end)) != NULL; at += NLA_ALIGN(child->nla_len))
    if ((child->nla_type & NLA_TYPE_MASK) == type && n-- == 0)
      return child;
  return NULL;
}

static size_t
count_in(const struct nlattr *a)
{
  const uint8_t *at = payload(a), *end = at + payload_length(a);
  const struct nlattr *child;
  size_t n = 0;

  for (; (child = next_attribute(at, end)) != NULL; at += NLA_ALIGN(child->nla_len))
    n++;
  return n;
}

/* True when THEIRS, as the kernel has it, is OURS, as it was sent. The kernel has attributes in an order of its own,
 * but for the elements of a list, and does not mark each nest as one; nothing may be left over. */
static bool
is_same(const struct nlattr *theirs, const struct nlattr *ours)
{
  const uint8_t *at = payload(ours), *end = at + payload_length(ours);
  const struct nlattr *child;
  size_t seen[TYPES] = { 0 };

  if ((ours->nla_type & NLA_F_NESTED) == 0)
    return theirs->nla_len == ours->nla_len && memcmp(payload(theirs), payload(ours), payload_length(ours)) == 0;
  if (count_in(theirs) != count_in(ours))
    return false;
  for (; (child = next_attribute(at, end)) != NULL; at += NLA_ALIGN(child->nla_len))
    {
      unsigned type = child->nla_type & NLA_TYPE_MASK;
      const struct nlattr *other = type < TYPES ? find_in(theirs, type, seen[type]++) : NULL;

      if (other == NULL || !is_same(other, child))
        return false;
    }
  return true;
}

static bool
is_text(const struct nlattr *a, const char *text)
{
  return a != NULL && payload_length(a) == strlen(text) + 1 && memcmp(payload(a), text, strlen(text) + 1) == 0;
}

static bool
is_number(const struct nlattr *a, uint32_t n)
{
  uint32_t value;

  if (a == NULL || payload_length(a) != sizeof(value))
    return false;
  memcpy(&value, payload(a), sizeof(value));
  return ntohl(value) == n;
}

/* -- what is there -- */

struct look
{
  unsigned tables, chains; /* of ours: a bit for each chain that is as it should be */
  unsigned rules[CC_NETLOCK_CHAINS];
  bool changed; /* something of ours is not as it was laid */
};

static const struct nlattr *
attribute(const struct nlmsghdr *message, uint16_t type)
{
  return cc_nl_find(message, sizeof(struct nfgenmsg), type);
}

static int
look_at_table(const struct nlmsghdr *message, void *context, struct cc_error *err)
{
  struct look *look = context;

  (void)err;
  if (!is_text(attribute(message, NFTA_TABLE_NAME), CC_NETLOCK_TABLE))
    return 0;
  look->tables++;
  look->changed |= !is_number(attribute(message, NFTA_TABLE_FLAGS), 0);
  return 0;
}

static size_t
chain_named(const struct nlattr *name)
{
  size_t i = 0;

  while (i < CC_NETLOCK_CHAINS && !is_text(name, cc_netlock_chains[i].name))
    i++;
  return i;
}

static int
look_at_chain(const struct nlmsghdr *message, void *context, struct cc_error *err)
{
  const struct nlattr *hook = attribute(message, NFTA_CHAIN_HOOK);
  size_t i = chain_named(attribute(message, NFTA_CHAIN_NAME));
  struct look *look = context;

  (void)err;
  if (!is_text(attribute(message, NFTA_CHAIN_TABLE), CC_NETLOCK_TABLE))
    return 0;
  if (i < CC_NETLOCK_CHAINS && hook != NULL && is_text(attribute(message, NFTA_CHAIN_TYPE), "filter")
      && is_number(attribute(message, NFTA_CHAIN_POLICY), NF_DROP)
      && is_number(find_in(hook, NFTA_HOOK_HOOKNUM, 0), cc_netlock_chains[i].hook)
      && is_number(find_in(hook, NFTA_HOOK_PRIORITY, 0), (uint32_t)CC_NETLOCK_PRIORITY))
    look->chains |= 1u << i;
  else
    look->changed = true;
  return 0;
}

/* The expressions of rule N of CHAIN as they are sent; in BUFFER. */
static const struct nlattr *
sent_rule(const struct cc_netlock_chain *chain, unsigned n, void *buffer, size_t size)
{
  struct cc_nl nl;

  cc_nl_init(&nl, buffer, size);
  if (n == 0)
    cc_netlock_rule_resolver(&nl, chain);
  else
    cc_netlock_rule_lo(&nl, chain);
  return attribute((const struct nlmsghdr *)buffer, NFTA_RULE_EXPRESSIONS);
}

static int
look_at_rule(const struct nlmsghdr *message, void *context, struct cc_error *err)
{
  _Alignas(struct nlmsghdr) uint8_t buffer[1024];
  const struct nlattr *theirs = attribute(message, NFTA_RULE_EXPRESSIONS), *ours;
  size_t i = chain_named(attribute(message, NFTA_RULE_CHAIN));
  struct look *look = context;
  unsigned n;

  (void)err;
  if (!is_text(attribute(message, NFTA_RULE_TABLE), CC_NETLOCK_TABLE))
    return 0;
  n = i < CC_NETLOCK_CHAINS ? look->rules[i]++ : RULES;
  if (n >= RULES || !cc_netlock_chains[i].passes_lo)
    {
      look->changed = true;
      return 0;
    }
  ours = sent_rule(&cc_netlock_chains[i], n, buffer, sizeof(buffer));
  look->changed |= theirs == NULL || ours == NULL || !is_same(theirs, ours);
  return 0;
}

static bool
is_whole(const struct look *look)
{
  if (look->changed || look->tables != 1 || look->chains != (1u << CC_NETLOCK_CHAINS) - 1)
    return false;
  for (size_t i = 0; i < CC_NETLOCK_CHAINS; i++)
    if (look->rules[i] != (cc_netlock_chains[i].passes_lo ? RULES : 0))
      return false;
  return true;
}

/* All objects of a kind in the namespace. EINTR: they changed meanwhile, and what was told is worth nothing. */
static int
dump(int nft, uint16_t type, cc_nl_fn each, struct look *look, struct cc_error *err)
{
  const struct nfgenmsg header = { .nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0 };
  _Alignas(struct nlmsghdr) uint8_t buffer[128];
  struct cc_nl nl;

  cc_nl_init(&nl, buffer, sizeof(buffer));
  cc_nl_message(&nl, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), NLM_F_DUMP, &header, sizeof(header));
  for (int tries = 0;; tries++)
    {
      const struct look before = *look;
      struct cc_error why = CC_ERROR_INIT;

      if (cc_nl_exchange(nft, &nl, each, look, &why) == 0)
        return 0;
      *look = before;
      if (why.errnum == EINTR && tries < TRIES)
        continue;
      if (err != NULL)
        *err = why;
      return CC_FAILED;
    }
}

int
cc_netlock_look(pid_t pid, int pidfd, struct cc_error *err)
{
  cc_auto_close int route = -1, nft = -1;
  struct cc_netlock_sockets sockets;
  struct look look = { 0 };

  if (cc_netlock_sockets(pid, pidfd, &sockets, err) < 0)
    return CC_FAILED;
  route = sockets.route;
  nft = sockets.nft;
  if (dump(nft, NFT_MSG_GETTABLE, look_at_table, &look, err) < 0
      || dump(nft, NFT_MSG_GETCHAIN, look_at_chain, &look, err) < 0
      || dump(nft, NFT_MSG_GETRULE, look_at_rule, &look, err) < 0)
    return cc_error_prefix(err, "look at the lock of the network");
  if (look.tables == 0)
    return cc_error_refuse(err, "attest",
                           "its network namespace has no lock any more: what is attached to it passes; recreate the "
                           "container");
  return is_whole(&look) ? 0
                         : cc_error_refuse(err, "attest",
                                           "the lock of its network namespace was changed: what is attached to it may "
                                           "pass; recreate the container");
}
