/* unixread PATH: prints what the listener on a socket of the file system says. */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  char text[512];
  ssize_t n;
  int fd;

  if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path))
    return 2;
  strcpy(address.sun_path, argv[1]);
  fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
    {
      perror(argv[1]);
      return 1;
    }
  while ((n = read(fd, text, sizeof(text))) > 0)
    if (write(1, text, (size_t)n) != n)
      return 1;
  return 0;
}
