/* Runs a program and kills it with SIGKILL at one point of its way.
 *
 *     killat -n CALL PROGRAM [ARGUMENT]...     before its system call of that number, from 1, is done
 *     killat -u MICROSECONDS PROGRAM …         after that time
 *
 * Ends with 137 when it was killed, else as the program did. Says which program it was by then. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int
end(int status)
{
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* CHILD, which stands still. */
static void
kill_stopped(pid_t child)
{
  char link[40], program[256];
  ssize_t n;
  int status;

  snprintf(link, sizeof(link), "/proc/%d/exe", (int)child);
  n = readlink(link, program, sizeof(program));
  if (n > 0)
    printf("killed %.*s\n", (int)n, program);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
}

static int
at_call(pid_t child, long n)
{
  int status;
  long stops = 0; /* two for each call */

  if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status)
      || ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
    return 2;
  for (;;)
    {
      if (ptrace(PTRACE_SYSCALL, child, 0, 0) < 0 || waitpid(child, &status, 0) < 0)
        return 2;
      if (!WIFSTOPPED(status))
        return end(status);
      /* the first stop is the return from execve(2) */
      if (WSTOPSIG(status) == (SIGTRAP | 0x80) && stops++ == 2 * n - 1)
        {
          kill_stopped(child);
          return 137;
        }
    }
}

static int
after(pid_t child, long microseconds)
{
  struct timespec delay = { microseconds / 1000000, microseconds % 1000000 * 1000 };
  int status;

  nanosleep(&delay, NULL);
  kill(child, SIGSTOP);
  if (waitpid(child, &status, WUNTRACED) < 0)
    return 2;
  if (!WIFSTOPPED(status))
    return end(status);
  kill_stopped(child);
  return 137;
}

int
main(int argc, char **argv)
{
  int option = getopt(argc, argv, "+n:u:");
  long number = option != -1 && optarg != NULL ? strtol(optarg, NULL, 10) : -1;
  pid_t child;

  if (number < 0 || optind >= argc)
    return 2;
  child = fork();
  if (child == 0)
    {
      if (option == 'n')
        ptrace(PTRACE_TRACEME, 0, 0, 0);
      execv(argv[optind], argv + optind);
      _exit(127);
    }
  return child < 0 ? 2 : option == 'n' ? at_call(child, number) : after(child, number);
}
