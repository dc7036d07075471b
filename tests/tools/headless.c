/* A process whose first thread has ended: it looks like a zombie, while another thread goes on. */
#include <pthread.h>
#include <unistd.h>

static void *
go_on(void *nothing)
{
  for (;;)
    pause();
  return nothing;
}

int
main(void)
{
  pthread_t thread;

  if (pthread_create(&thread, NULL, go_on, NULL) != 0)
    return 1;
  pthread_exit(NULL);
}
