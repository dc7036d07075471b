/* Prints its effective user id. In the test image it belongs to root and has the set-user-id bit. */
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
  return printf("%u\n", (unsigned)geteuid()) < 0;
}
