/* The low-level runtime that does nothing: what remains of a call is the wrapper's own time. */
int
main(void)
{
  return 0;
}
