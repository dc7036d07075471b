/* Exchanges two names of a directory, without a pause, until it gets SIGTERM; then prints how often it did.
 *
 *     racer UID PAUSE FIRST SECOND
 *
 * Runs as that user and group. With a PAUSE other than 0 it waits a random time, of at most so many microseconds,
 * after each exchange: a runtime may look often enough to notice the fast one, or be slow enough to miss it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
  (void)number;
  stopped = 1;
}

static void
wait_up_to(long microseconds)
{
  struct timespec delay = { 0, random() % (microseconds + 1) * 1000 };

  nanosleep(&delay, NULL);
}

int
main(int argc, char **argv)
{
  struct sigaction action = { .sa_handler = stop };
  unsigned long count = 0;
  long pause;
  unsigned uid;

  if (argc != 5)
    return 2;
  uid = (unsigned)strtoul(argv[1], NULL, 10);
  pause = strtol(argv[2], NULL, 10);
  if (setgroups(0, NULL) < 0 || setgid(uid) < 0 || setuid(uid) < 0 || pause < 0 || pause > 100000)
    {
      perror("racer");
      return 2;
    }
  sigaction(SIGTERM, &action, NULL);
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever raced is gone; after setuid(2), which forgets it */
  for (; !stopped; count++)
    {
      if (renameat2(AT_FDCWD, argv[3], AT_FDCWD, argv[4], RENAME_EXCHANGE) < 0)
        {
          perror("racer: exchange");
          return 1;
        }
      if (pause > 0)
        wait_up_to(pause);
    }
  printf("%lu\n", count);
  return 0;
}
