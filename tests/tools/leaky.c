/* Starts a program as a careless engine would: with descriptors that are none of its business, without close-on-exec.
 *
 *     leaky [-c DIGITS] [-b] PROGRAM [ARGUMENT]...
 *
 * -c closes these standard descriptors; -b blocks every signal and ignores SIGCHLD. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Numbers: right after the standard ones, scattered, and as high as the default limit lets them be. */
static const int numbers[] = { 3,   4,   5,   6,   7,   8,   9,   10,  11,   12,   20,   33,   47,  64,  65,
                               99,  100, 127, 128, 200, 255, 256, 257, 300,  333,  400,  444,  500, 511, 512,
                               513, 600, 700, 800, 888, 900, 950, 999, 1000, 1020, 1021, 1022, 1023 };

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static int
make(size_t kind)
{
  int pair[2];

  switch (kind % 10)
    {
    case 0:
      return open("/", O_RDONLY | O_DIRECTORY);
    case 1:
      return open("/", O_PATH | O_DIRECTORY);
    case 2:
      return open("/etc/passwd", O_RDONLY);
    case 3:
      return socket(AF_UNIX, SOCK_STREAM, 0);
    case 4:
      return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0 ? pair[0] : -1;
    case 5:
      return pipe(pair) == 0 ? pair[1] : -1;
    case 6:
      return memfd_create("leaked", 0);
    case 7:
      return epoll_create1(0);
    case 8:
      return eventfd(0, 0);
    default:
      return open("/proc/self/ns/mnt", O_RDONLY);
    }
}

static int
leak(void)
{
  for (size_t i = 0; i < N_ELEMENTS(numbers); i++)
    {
      int fd = make(i);

      if (fd < 0 || (fd != numbers[i] && dup2(fd, numbers[i]) < 0))
        return -1;
    }
  return 0;
}

int
main(int argc, char **argv)
{
  const char *closed = "";
  sigset_t all;
  int option;

  while ((option = getopt(argc, argv, "+c:b")) != -1)
    if (option == 'c')
      closed = optarg;
    else if (option == 'b')
      {
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        signal(SIGCHLD, SIG_IGN);
      }
    else
      return 2;
  if (optind >= argc || leak() < 0)
    {
      perror("leaky");
      return 2;
    }
  for (; *closed != '\0'; closed++)
    close(*closed - '0');
  execv(argv[optind], argv + optind);
  return 127;
}
