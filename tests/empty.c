/* Lets a static library exist that has no other source yet. */
typedef int cc_tests_empty;
