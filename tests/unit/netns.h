/* Network namespaces and the links between them, for tests on the real kernel. What cannot be done fails the test. */
#ifndef CC_TESTS_UNIT_NETNS_H
#define CC_TESTS_UNIT_NETNS_H

#include <sys/types.h>

/* A network namespace: of a process that only keeps it (a container that is created and not started), or the test's own
 * (pid 0). */
struct netns
{
  pid_t pid;
  int pidfd, fd;
};

extern struct netns netns_here;

/* A cmocka setup: a network namespace of the test program's own, as root or in a user namespace. */
int netns_enter_own(void **state);

struct netns netns_make(void);
void netns_end(struct netns *netns);
#define auto_netns __attribute__((cleanup(netns_end))) struct netns

/* A socket of NETNS's; the caller's to close. */
int netns_socket(const struct netns *netns, int family, int type, int protocol);

/* Writes VALUE to PATH below /proc/sys/net, as NETNS has it. */
void netns_sysctl(const struct netns *netns, const char *path, const char *value);

/* 0 when there is no link NAME. */
unsigned netns_link_index(const struct netns *netns, const char *name);
void netns_set_up(const struct netns *netns, const char *name);
void netns_add_bridge(const struct netns *netns, const char *name);
void netns_default_route(const struct netns *netns, const char *gateway);

/* A cable number N, as engines make one: A gets 10.77.N.1 and fd77:N::1 on vethN, B the ones that end in 2 on ethN. */
void netns_connect(const struct netns *a, const struct netns *b, int n);

#endif
