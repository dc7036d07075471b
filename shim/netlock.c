#include "shim/netlock.h"

#include "common/own.h"
#include "shim/netlink.h"
#include "shim/netlock_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RULE_NAMESPACE "namespace-network"

/* lo is the first link of every network namespace: it cannot be deleted, moved or numbered anew (the kernel's
 * LOOPBACK_IFINDEX). A name would be weaker: Docker lets users choose those of the links that it attaches. */
#define LO_INDEX 1

/* Docker's embedded resolver (libnetwork/sandbox_dns_unix.go), the same address in every version */
#define RESOLVER 0x7f00000b

/* -- the namespaces -- */

static int
open_netns(const char *process, int *out, struct stat *st, struct cc_error *err)
{
  char path[64];
  cc_auto_close int fd = -1;

  snprintf(path, sizeof(path), "/proc/%s/ns/net", process);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, st) != 0)
    return cc_error_set(err, errno, "open `%s`", path);
  *out = cc_move_fd(&fd);
  return 0;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Opens the namespace of PID, and the caller's own, once it is certain that they differ. */
static int
open_both(pid_t pid, int pidfd, int *target, int *own, struct cc_error *err)
{
  char process[32];
  struct stat st, own_st, init_st;
  cc_auto_close int target_fd = -1, own_fd = -1;

  snprintf(process, sizeof(process), "%d", pid);
  if (open_netns(process, &target_fd, &st, err) != 0 || open_netns("thread-self", &own_fd, &own_st, err) != 0)
    return CC_FAILED;
  /* still alive now, so PID was this process's while its namespace was opened */
  if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) != 0)
    return cc_error_set(err, errno, "process %d, whose network is to be locked", pid);
  if (same_file(&st, &own_st))
    return cc_error_refuse(err, RULE_NAMESPACE,
                           "the container runs in the engine's network namespace: locking that would cut off the host; "
                           "use the default network or none");
  /* Root of a user namespace, or with fewer capabilities than process 1, may not look there; and has the above. */
  if (stat("/proc/1/ns/net", &init_st) != 0)
    {
      if (errno != EACCES && errno != EPERM && errno != ENOENT)
        return cc_error_set(err, errno, "look at `/proc/1/ns/net`");
    }
  else if (same_file(&st, &init_st))
    return cc_error_refuse(err, RULE_NAMESPACE,
                           "the container runs in the host's network namespace: locking that would cut off the host; "
                           "use the default network or none");
  *target = cc_move_fd(&target_fd);
  *own = cc_move_fd(&own_fd);
  return 0;
}

/* The netlink sockets of the namespace TARGET: a socket stays in the namespace it was opened in. */
static int
enter_for_sockets(int target, int own, struct cc_netlock_sockets *out, struct cc_error *err)
{
  int r = 0;

  if (setns(target, CLONE_NEWNET) != 0)
    return cc_error_set(err, errno, "enter the container's network namespace");
  out->route = cc_nl_open(NETLINK_ROUTE, err);
  if (out->route < 0)
    r = CC_FAILED;
  else
    out->nft = cc_nl_open(NETLINK_NETFILTER, err);
  if (setns(own, CLONE_NEWNET) != 0)
    abort();
  if (r == 0 && out->nft < 0)
    r = cc_error_prefix(err,
                        "this kernel has no nf_tables (CONFIG_NF_TABLES), without which there is no network \"none\"");
  return r;
}

int
cc_netlock_sockets(pid_t pid, int pidfd, struct cc_netlock_sockets *out, struct cc_error *err)
{
  cc_auto_close int target = -1, own = -1;
  struct cc_netlock_sockets sockets = { -1, -1 };

  if (open_both(pid, pidfd, &target, &own, err) != 0)
    return CC_FAILED;
  if (enter_for_sockets(target, own, &sockets, err) != 0)
    {
      cc_cleanup_close(&sockets.route);
      cc_cleanup_close(&sockets.nft);
      return CC_FAILED;
    }
  *out = sockets;
  return 0;
}

/* -- the packet filter -- */

/* The kernel's names and numbers: linux/netfilter/nf_tables.h, and `nft --debug=netlink` for the expressions that the
 * same rules give there. */

static void
nft_message(struct cc_nl *nl, uint16_t type, uint16_t flags)
{
  struct nfgenmsg header = { .nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0 };

  cc_nl_message(nl, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags | NLM_F_ACK, &header, sizeof(header));
}

static void
nft_batch(struct cc_nl *nl, uint16_t type)
{
  struct nfgenmsg header
      = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES) };

  cc_nl_message(nl, type, 0, &header, sizeof(header));
}

static void
nft_table(struct cc_nl *nl, uint16_t type, uint16_t flags)
{
  nft_message(nl, type, flags);
  cc_nl_str(nl, NFTA_TABLE_NAME, CC_NETLOCK_TABLE);
}

const struct cc_netlock_chain cc_netlock_chains[CC_NETLOCK_CHAINS] = {
  { "output", NF_INET_LOCAL_OUT, NFT_META_OIF, true },
  /* The resolver's address is dropped here as well: the destination of a packet may change in between, by another DNAT,
   * or by a source route (an option any process may set; tests/unit/test_netlock.c shows it pass with only the rule on
   * output). */
  { "input", NF_INET_LOCAL_IN, NFT_META_IIF, true },
  { "forward", NF_INET_FORWARD, NFT_META_IIF, false },
};

static void
nft_chain(struct cc_nl *nl, const struct cc_netlock_chain *chain)
{
  size_t hook;

  nft_message(nl, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
  cc_nl_str(nl, NFTA_CHAIN_TABLE, CC_NETLOCK_TABLE);
  cc_nl_str(nl, NFTA_CHAIN_NAME, chain->name);
  cc_nl_str(nl, NFTA_CHAIN_TYPE, "filter");
  cc_nl_be32(nl, NFTA_CHAIN_POLICY, NF_DROP);
  hook = cc_nl_nest(nl, NFTA_CHAIN_HOOK);
  cc_nl_be32(nl, NFTA_HOOK_HOOKNUM, chain->hook);
  cc_nl_be32(nl, NFTA_HOOK_PRIORITY, (uint32_t)CC_NETLOCK_PRIORITY);
  cc_nl_nest_end(nl, hook);
}

/* Where the nests of the expression that is being built begin. */
struct expression
{
  size_t element, data;
};

static struct expression
begin_expression(struct cc_nl *nl, const char *name)
{
  struct expression e = { .element = cc_nl_nest(nl, NFTA_LIST_ELEM) };

  cc_nl_str(nl, NFTA_EXPR_NAME, name);
  e.data = cc_nl_nest(nl, NFTA_EXPR_DATA);
  return e;
}

static void
end_expression(struct cc_nl *nl, struct expression e)
{
  cc_nl_nest_end(nl, e.data);
  cc_nl_nest_end(nl, e.element);
}

/* The packet's KEY into register 1. */
static void
load_meta(struct cc_nl *nl, enum nft_meta_keys key)
{
  struct expression e = begin_expression(nl, "meta");

  cc_nl_be32(nl, NFTA_META_DREG, NFT_REG_1);
  cc_nl_be32(nl, NFTA_META_KEY, key);
  end_expression(nl, e);
}

/* The LENGTH bytes at OFFSET of the network header into register 1. */
static void
load_network(struct cc_nl *nl, uint32_t offset, uint32_t length)
{
  struct expression e = begin_expression(nl, "payload");

  cc_nl_be32(nl, NFTA_PAYLOAD_DREG, NFT_REG_1);
  cc_nl_be32(nl, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
  cc_nl_be32(nl, NFTA_PAYLOAD_OFFSET, offset);
  cc_nl_be32(nl, NFTA_PAYLOAD_LEN, length);
  end_expression(nl, e);
}

/* The rule ends here unless register 1 holds these bytes. */
static void
compare(struct cc_nl *nl, const void *bytes, size_t length)
{
  struct expression e = begin_expression(nl, "cmp");
  size_t data;

  cc_nl_be32(nl, NFTA_CMP_SREG, NFT_REG_1);
  cc_nl_be32(nl, NFTA_CMP_OP, NFT_CMP_EQ);
  data = cc_nl_nest(nl, NFTA_CMP_DATA);
  cc_nl_attr(nl, NFTA_DATA_VALUE, bytes, length);
  cc_nl_nest_end(nl, data);
  end_expression(nl, e);
}

static void
verdict(struct cc_nl *nl, uint32_t code)
{
  struct expression e = begin_expression(nl, "immediate");
  size_t data, inner;

  cc_nl_be32(nl, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
  data = cc_nl_nest(nl, NFTA_IMMEDIATE_DATA);
  inner = cc_nl_nest(nl, NFTA_DATA_VERDICT);
  cc_nl_be32(nl, NFTA_VERDICT_CODE, code);
  cc_nl_nest_end(nl, inner);
  cc_nl_nest_end(nl, data);
  end_expression(nl, e);
}

static size_t
begin_rule(struct cc_nl *nl, const struct cc_netlock_chain *chain)
{
  nft_message(nl, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
  cc_nl_str(nl, NFTA_RULE_TABLE, CC_NETLOCK_TABLE);
  cc_nl_str(nl, NFTA_RULE_CHAIN, chain->name);
  return cc_nl_nest(nl, NFTA_RULE_EXPRESSIONS);
}

/* ip daddr 127.0.0.11 drop */
void
cc_netlock_rule_resolver(struct cc_nl *nl, const struct cc_netlock_chain *chain)
{
  uint8_t family = NFPROTO_IPV4;
  uint32_t address = htonl(RESOLVER);
  size_t rule = begin_rule(nl, chain);

  load_meta(nl, NFT_META_NFPROTO);
  compare(nl, &family, sizeof(family));
  load_network(nl, offsetof(struct iphdr, daddr), sizeof(address));
  compare(nl, &address, sizeof(address));
  verdict(nl, NF_DROP);
  cc_nl_nest_end(nl, rule);
}

/* oif lo accept */
void
cc_netlock_rule_lo(struct cc_nl *nl, const struct cc_netlock_chain *chain)
{
  uint32_t lo = LO_INDEX;
  size_t rule = begin_rule(nl, chain);

  load_meta(nl, chain->device);
  compare(nl, &lo, sizeof(lo));
  verdict(nl, NF_ACCEPT);
  cc_nl_nest_end(nl, rule);
}

/* One transaction: all of it or nothing. */
static int
send_filter(int nft, bool replace, struct cc_error *err)
{
  _Alignas(struct nlmsghdr) uint8_t buf[4096];
  struct cc_nl nl;

  cc_nl_init(&nl, buf, sizeof(buf));
  nft_batch(&nl, NFNL_MSG_BATCH_BEGIN);
  if (replace)
    {
      /* making it first lets the deletion succeed when it went in the meantime */
      nft_table(&nl, NFT_MSG_NEWTABLE, NLM_F_CREATE);
      nft_table(&nl, NFT_MSG_DELTABLE, 0);
    }
  nft_table(&nl, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
  for (size_t i = 0; i < CC_NETLOCK_CHAINS; i++)
    {
      nft_chain(&nl, &cc_netlock_chains[i]);
      if (!cc_netlock_chains[i].passes_lo)
        continue;
      cc_netlock_rule_resolver(&nl, &cc_netlock_chains[i]);
      cc_netlock_rule_lo(&nl, &cc_netlock_chains[i]);
    }
  nft_batch(&nl, NFNL_MSG_BATCH_END);
  return cc_nl_exchange(nft, &nl, NULL, NULL, err);
}

static int
load_filter(int nft, struct cc_error *err)
{
  struct cc_error own = CC_ERROR_INIT;
  int r = send_filter(nft, false, &own);

  /* Only a namespace that had a container before has the table. Replacing it always would be simpler, and 14 ms slower:
   * closing the socket then waits for RCU to be done with what was deleted (nft_rcv_nl_event). */
  if (r != 0 && own.errnum == EEXIST)
    r = send_filter(nft, true, &own);
  if (r == 0)
    return 0;
  if (err != NULL)
    *err = own;
  if (own.errnum == EOPNOTSUPP || own.errnum == EAFNOSUPPORT)
    return cc_error_prefix(err, "this kernel has no nf_tables for inet (modules nf_tables and nf_tables_inet), "
                                "without which there is no network \"none\"");
  return cc_error_prefix(err, "load the packet filter into the container's network namespace");
}

/* -- the links -- */

struct link
{
  int index;
  bool loopback, up;
  char name[IFNAMSIZ];
};

/* More links than any engine gives one container; a namespace with more is refused. */
#define LINK_LIMIT 256

struct links
{
  size_t count;
  struct link items[LINK_LIMIT];
};

static int
note_link(const struct nlmsghdr *message, void *context, struct cc_error *err)
{
  struct links *links = context;
  const struct ifinfomsg *info = NLMSG_DATA(message);
  const struct nlattr *name;
  struct link *link;

  if (message->nlmsg_type != RTM_NEWLINK || message->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
    return cc_error_set(err, EPROTO, "an answer to a dump of links");
  if (links->count == LINK_LIMIT)
    return cc_error_set(err, E2BIG, "the container's network namespace has more than %d links", LINK_LIMIT);
  link = &links->items[links->count++];
  link->index = info->ifi_index;
  link->loopback = info->ifi_index == LO_INDEX && info->ifi_type == ARPHRD_LOOPBACK;
  link->up = (info->ifi_flags & IFF_UP) != 0;
  name = cc_nl_find(message, sizeof(*info), IFLA_IFNAME);
  snprintf(link->name, sizeof(link->name), "%.*s", name != NULL ? (int)(name->nla_len - NLA_HDRLEN) : 1,
           name != NULL ? (const char *)name + NLA_HDRLEN : "?");
  return 0;
}

static int
dump_links(int route, struct links *links, struct cc_error *err)
{
  _Alignas(struct nlmsghdr) uint8_t buf[128];
  struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
  struct cc_nl nl;
  int r = CC_FAILED;

  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_GETLINK, NLM_F_DUMP, &info, sizeof(info));
  cc_nl_u32(&nl, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  /* EINTR: links came or went meanwhile */
  for (int tries = 0; tries < 10; tries++)
    {
      links->count = 0;
      r = cc_nl_exchange(route, &nl, note_link, links, err);
      if (r == 0 || (err != NULL && err->errnum != EINTR))
        break;
    }
  return r == 0 ? 0 : cc_error_prefix(err, "list the container's links");
}

static int
change_link(int route, const struct link *link, uint16_t type, unsigned flags, struct cc_error *err)
{
  _Alignas(struct nlmsghdr) uint8_t buf[64];
  struct ifinfomsg info = { .ifi_index = link->index, .ifi_flags = flags };
  struct cc_nl nl;

  if (type != RTM_DELLINK)
    info.ifi_change = IFF_UP;
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, type, NLM_F_ACK, &info, sizeof(info));
  return cc_nl_exchange(route, &nl, NULL, NULL, err);
}

/* What is to happen to each link on a pass over all of them. Negative is a failure, 1: another pass is needed. */
typedef int (*pass_fn)(int route, const struct link *link, struct cc_error *err);

/* What cannot be deleted says so, or (tunl0 and its like) says nothing and stays: the next pass sees it either way. */
static int
pass_delete(int route, const struct link *link, struct cc_error *err)
{
  (void)err;
  if (link->loopback)
    return link->up ? 0 : change_link(route, link, RTM_NEWLINK, IFF_UP, err);
  change_link(route, link, RTM_DELLINK, 0, NULL);
  return 1;
}

static int
pass_down(int route, const struct link *link, struct cc_error *err)
{
  struct cc_error own = CC_ERROR_INIT;

  if (link->loopback || !link->up)
    return 0;
  /* ENODEV: it went together with another one, as a vlan goes with its device */
  if (change_link(route, link, RTM_NEWLINK, 0, &own) != 0 && own.errnum != ENODEV)
    return cc_error_set(err, own.errnum, "take down the link `%s` of the container", link->name);
  return 1;
}

static int
pass_verify(int route, const struct link *link, struct cc_error *err)
{
  (void)route;
  if (link->loopback == link->up)
    return 0;
  return cc_error_set(err, 0, "the link `%s` of the container is still %s", link->name, link->up ? "up" : "down");
}

static int
strip_links(int route, struct cc_error *err)
{
  static const pass_fn passes[] = { pass_delete, pass_down, pass_verify };
  struct links links;
  int again = 1;

  for (size_t pass = 0; again != 0 && pass < sizeof(passes) / sizeof(passes[0]); pass++)
    {
      bool loopback = false;

      if (dump_links(route, &links, err) != 0)
        return CC_FAILED;
      again = 0;
      for (size_t i = 0; i < links.count; i++)
        {
          int r = passes[pass](route, &links.items[i], err);

          if (r < 0)
            return cc_error_prefix(err, "lock the network");
          again |= r;
          loopback |= links.items[i].loopback;
        }
      if (!loopback)
        return cc_error_set(err, 0, "lock the network: the container's network namespace has no loopback link");
    }
  return 0;
}

int
cc_netlock_apply(pid_t pid, int pidfd, struct cc_error *err)
{
  cc_auto_close int route = -1, nft = -1;
  struct cc_netlock_sockets sockets;

  if (cc_netlock_sockets(pid, pidfd, &sockets, err) < 0)
    return CC_FAILED;
  route = sockets.route;
  nft = sockets.nft;
  /* The filter first: what is attached while the links are looked at is already behind it. */
  if (load_filter(nft, err) != 0)
    return CC_FAILED;
  return strip_links(route, err);
}
