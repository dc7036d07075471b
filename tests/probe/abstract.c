/* abstract NAME: connects to the abstract socket of that name, and prints what it says. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  size_t length = argc > 1 ? strlen(argv[1]) : 0;
  char buffer[1024];
  ssize_t n;

  if (fd < 0 || length == 0 || length >= sizeof(address.sun_path))
    return 2;
  memcpy(address.sun_path + 1, argv[1], length);
  if (connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)) < 0)
    return 1;
  while ((n = read(fd, buffer, sizeof(buffer))) > 0)
    if (write(STDOUT_FILENO, buffer, (size_t)n) != n)
      return 1;
  return n < 0;
}
