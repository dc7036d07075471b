/* datagram listen PORT: prints what arrives. datagram send ADDRESS PORT TEXT: sends it once. IPv4. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int
print_arrivals(int fd, const struct sockaddr_in *address)
{
  char buffer[1024];
  ssize_t n;

  if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
    return 1;
  while ((n = recv(fd, buffer, sizeof(buffer), 0)) >= 0)
    if (write(STDOUT_FILENO, buffer, (size_t)n) != n)
      return 1;
  return 1;
}

int
main(int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || argc < 3)
    return 2;
  if (strcmp(argv[1], "listen") == 0)
    {
      address.sin_port = htons((unsigned short)atoi(argv[2]));
      return print_arrivals(fd, &address);
    }
  if (argc < 5 || inet_pton(AF_INET, argv[2], &address.sin_addr) != 1)
    return 2;
  address.sin_port = htons((unsigned short)atoi(argv[3]));
  return sendto(fd, argv[4], strlen(argv[4]), 0, (struct sockaddr *)&address, sizeof(address)) < 0;
}
