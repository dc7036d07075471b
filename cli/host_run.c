/* Asking a program of the host something, without trusting that it answers. */
#include "cli/host.h"

#include "common/own.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 5
#define OUTPUT_MAX 65536

static int64_t
now_ms(void)
{
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads FD until its end, the time's or the room's. */
static size_t
collect(int fd, char *out, size_t room, int64_t until)
{
  size_t used = 0;

  while (used < room)
    {
      struct pollfd p = { fd, POLLIN, 0 };
      int64_t left = until - now_ms();
      ssize_t n;

      if (left <= 0 || poll(&p, 1, (int)left) <= 0)
        break;
      n = read(fd, out + used, room - used);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      used += (size_t)n;
    }
  return used;
}

/* True when PID ended with 0 in time; otherwise it is ended. */
static bool
ended_well(pid_t pid, int64_t until)
{
  const struct timespec pause = { 0, 2000000 };
  int status;
  pid_t n;

  while ((n = waitpid(pid, &status, WNOHANG)) == 0 && now_ms() < until)
    nanosleep(&pause, NULL);
  if (n == pid)
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  return false;
}

char *
cli_host_run(const char *const *argv)
{
  static char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C", NULL };
  posix_spawn_file_actions_t actions;
  cc_auto_free char *out = cc_xcalloc(1, OUTPUT_MAX + 1);
  int64_t until = now_ms() + SECONDS * 1000;
  int pipe[2], failed;
  pid_t pid;

  if (pipe2(pipe, O_CLOEXEC) < 0)
    return NULL;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  failed = posix_spawn(&pid, argv[0], &actions, NULL, (char *const *)argv, environment);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  if (failed == 0)
    out[collect(pipe[0], out, OUTPUT_MAX, until)] = '\0';
  close(pipe[0]);
  return failed == 0 && ended_well(pid, until) ? cc_move_ptr(out) : NULL;
}
