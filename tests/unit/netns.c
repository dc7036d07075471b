#include "netns.h"

#include "common/own.h"
#include "shim/netlink.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct netns netns_here = { 0, -1, -1 };

static int
open_netns(pid_t pid)
{
  cc_auto_free char *path = pid == 0 ? cc_xstrdup("/proc/self/ns/net") : cc_xasprintf("/proc/%d/ns/net", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);

  assert_true(fd >= 0);
  return fd;
}

struct netns
netns_make(void)
{
  struct netns netns;
  int ready[2];
  char byte;

  assert_int_equal(pipe(ready), 0);
  netns.pid = fork();
  assert_true(netns.pid >= 0);
  if (netns.pid == 0)
    {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (unshare(CLONE_NEWNET) != 0 || write(ready[1], "x", 1) != 1)
        _exit(1);
      for (;;)
        pause();
    }
  close(ready[1]);
  assert_int_equal(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  netns.pidfd = (int)syscall(SYS_pidfd_open, netns.pid, 0);
  assert_true(netns.pidfd >= 0);
  netns.fd = open_netns(netns.pid);
  return netns;
}

void
netns_end(struct netns *netns)
{
  kill(netns->pid, SIGKILL);
  waitpid(netns->pid, NULL, 0);
  close(netns->pidfd);
  close(netns->fd);
}

int
netns_socket(const struct netns *netns, int family, int type, int protocol)
{
  int fd;

  assert_int_equal(setns(netns->fd, CLONE_NEWNET), 0);
  fd = socket(family, type | SOCK_CLOEXEC, protocol);
  assert_int_equal(setns(netns_here.fd, CLONE_NEWNET), 0);
  assert_true(fd >= 0);
  return fd;
}

void
netns_sysctl(const struct netns *netns, const char *path, const char *value)
{
  int fd;

  assert_int_equal(setns(netns->fd, CLONE_NEWNET), 0);
  fd = open(path, O_WRONLY | O_CLOEXEC);
  assert_int_equal(setns(netns_here.fd, CLONE_NEWNET), 0);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, value, strlen(value)), strlen(value));
  close(fd);
}

int
netns_enter_own(void **state)
{
  (void)state;
  if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    fail_msg("a network namespace is needed: %s", strerror(errno));
  netns_here.fd = open_netns(0);
  return 0;
}

/* -- links -- */

static void
route_request(const struct netns *netns, const struct cc_nl *nl)
{
  cc_auto_close int fd = netns_socket(netns, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  struct cc_error err = CC_ERROR_INIT;

  if (cc_nl_exchange(fd, nl, NULL, NULL, &err) != 0)
    fail_msg("%s", err.msg);
}

unsigned
netns_link_index(const struct netns *netns, const char *name)
{
  unsigned index;

  assert_int_equal(setns(netns->fd, CLONE_NEWNET), 0);
  index = if_nametoindex(name);
  assert_int_equal(setns(netns_here.fd, CLONE_NEWNET), 0);
  return index;
}

void
netns_set_up(const struct netns *netns, const char *name)
{
  _Alignas(struct nlmsghdr) uint8_t buf[128];
  struct ifinfomsg info
      = { .ifi_index = (int)netns_link_index(netns, name), .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
  struct cc_nl nl;

  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
  route_request(netns, &nl);
}

static void
add_address(const struct netns *netns, const char *link, const char *text)
{
  _Alignas(struct nlmsghdr) uint8_t buf[128];
  bool v6 = strchr(text, ':') != NULL;
  struct ifaddrmsg info = { .ifa_family = v6 ? AF_INET6 : AF_INET,
                            .ifa_prefixlen = v6 ? 64 : 24,
                            .ifa_flags = IFA_F_NODAD,
                            .ifa_index = netns_link_index(netns, link) };
  uint8_t address[16];
  struct cc_nl nl;

  assert_int_equal(inet_pton(info.ifa_family, text, address), 1);
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE, &info, sizeof(info));
  cc_nl_attr(&nl, IFA_LOCAL, address, v6 ? 16 : 4);
  cc_nl_attr(&nl, IFA_ADDRESS, address, v6 ? 16 : 4);
  route_request(netns, &nl);
}

void
netns_default_route(const struct netns *netns, const char *gateway)
{
  _Alignas(struct nlmsghdr) uint8_t buf[128];
  struct rtmsg info
      = { .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST };
  uint8_t address[4];
  struct cc_nl nl;

  assert_int_equal(inet_pton(AF_INET, gateway, address), 1);
  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE, &info, sizeof(info));
  cc_nl_attr(&nl, RTA_GATEWAY, address, sizeof(address));
  route_request(netns, &nl);
}

void
netns_add_bridge(const struct netns *netns, const char *name)
{
  _Alignas(struct nlmsghdr) uint8_t buf[256];
  struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
  struct cc_nl nl;
  size_t nest;

  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
  cc_nl_str(&nl, IFLA_IFNAME, name);
  nest = cc_nl_nest(&nl, IFLA_LINKINFO);
  cc_nl_str(&nl, IFLA_INFO_KIND, "bridge");
  cc_nl_nest_end(&nl, nest);
  route_request(netns, &nl);
  netns_set_up(netns, name);
}

/* Until the carrier has been noticed IPv6 does not speak: up to a second. */
static void
wait_until_running(const struct netns *netns, const char *name)
{
  cc_auto_close int fd = netns_socket(netns, AF_INET, SOCK_DGRAM, 0);
  struct ifreq request = { 0 };

  memcpy(request.ifr_name, name, strlen(name));
  for (int i = 0; i < 500; i++)
    {
      assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
      if (request.ifr_flags & IFF_RUNNING)
        return;
      usleep(10000);
    }
  fail_msg("`%s` has no carrier", name);
}

void
netns_connect(const struct netns *a, const struct netns *b, int n)
{
  _Alignas(struct nlmsghdr) uint8_t buf[512];
  struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
  struct cc_nl nl;
  size_t linkinfo, data, peer;

  cc_auto_free char *a_name = cc_xasprintf("veth%d", n), *b_name = cc_xasprintf("eth%d", n);
  cc_auto_free char *a4 = cc_xasprintf("10.77.%d.1", n), *a6 = cc_xasprintf("fd77:%d::1", n);
  cc_auto_free char *b4 = cc_xasprintf("10.77.%d.2", n), *b6 = cc_xasprintf("fd77:%d::2", n);

  cc_nl_init(&nl, buf, sizeof(buf));
  cc_nl_message(&nl, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
  cc_nl_str(&nl, IFLA_IFNAME, a_name);
  linkinfo = cc_nl_nest(&nl, IFLA_LINKINFO);
  cc_nl_str(&nl, IFLA_INFO_KIND, "veth");
  data = cc_nl_nest(&nl, IFLA_INFO_DATA);
  peer = cc_nl_nest(&nl, VETH_INFO_PEER);
  cc_nl_raw(&nl, &info, sizeof(info));
  cc_nl_str(&nl, IFLA_IFNAME, b_name);
  cc_nl_u32(&nl, IFLA_NET_NS_FD, (uint32_t)b->fd);
  cc_nl_nest_end(&nl, peer);
  cc_nl_nest_end(&nl, data);
  cc_nl_nest_end(&nl, linkinfo);
  route_request(a, &nl);
  netns_set_up(a, a_name);
  netns_set_up(b, b_name);
  add_address(a, a_name, a4);
  add_address(a, a_name, a6);
  add_address(b, b_name, b4);
  add_address(b, b_name, b6);
  wait_until_running(a, a_name);
  wait_until_running(b, b_name);
}
