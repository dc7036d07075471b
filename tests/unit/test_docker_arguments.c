/* The words of `docker run`: which are options, which values, and which the image. */
#include "cli/docker_arguments.h"
#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 32
#define NO_IMAGE "! `docker run` needs an image: every word was read as an option or as the value of one"

/* Splits at single blanks; "''" is an empty word. */
static int
split(char *text, char **words)
{
  char *state = NULL;
  int n = 0;

  for (char *w = strtok_r(text, " ", &state); w != NULL && n < WORDS_MAX; w = strtok_r(NULL, " ", &state))
    words[n++] = strcmp(w, "''") == 0 ? (char *)"" : w;
  return n;
}

/* What was read as text: each "name=value", the image, and the words of its command; or "! " and the error. */
static char *
read_text(const char *line)
{
  cc_auto_free char *copy = cc_xstrdup(line);
  char *words[WORDS_MAX], *text;
  struct cli_docker_call call;
  struct cc_error err = CC_ERROR_INIT;

  if (cli_docker_arguments_read(split(copy, words), words, &call, &err) < 0)
    return cc_xasprintf("! %s", err.msg);
  text = cc_xstrdup(call.podman ? "podman" : "docker");
  for (size_t i = 0; i < call.given_count; i++)
    {
      char *longer = cc_xasprintf("%s %s=%s", text, call.given[i].option->name, call.given[i].value);

      free(text);
      text = longer;
    }
  for (int i = -1; i < call.command_count; i++)
    {
      char *longer = cc_xasprintf("%s%s%s", text, i < 0 ? " : " : " ", i < 0 ? call.image : call.command[i]);

      free(text);
      text = longer;
    }
  cli_docker_call_clear(&call);
  return text;
}

static void
words(void **state)
{
  static const struct
  {
    const char *line, *text;
  } rows[] = {
    { "docker run alpine", "docker : alpine" },
    { "/usr/bin/docker container create alpine sh -c x", "docker : alpine sh -c x" },
    { "sudo docker run alpine", "docker : alpine" },
    { "podman run alpine", "podman : alpine" },
    { "run alpine", "docker : alpine" },
    { "--rm alpine", "docker rm=true : alpine" },
    { "docker -H tcp://x --debug run alpine", "docker host=tcp://x debug=true : alpine" },
    { "podman --root /x run alpine", "podman root=/x : alpine" },
    /* values: the next word, or after the sign */
    { "docker run -v /a:/b --volume=/c:/d -v/e:/f -v=/g:/h i",
      "docker volume=/a:/b volume=/c:/d volume=/e:/f volume=/g:/h : i" },
    { "docker run -e A=b -e=C=d -eE=f i", "docker env=A=b env=C=d env=E=f : i" },
    { "docker run -e --privileged i", "docker env=--privileged : i" },
    { "docker run --entrypoint= i", "docker entrypoint= : i" },
    { "docker run --entrypoint '' i", "docker entrypoint= : i" },
    /* switches: joined, and with a word only after the sign */
    { "docker run -it i", "docker interactive=true tty=true : i" },
    { "docker run -itv /a:/b i", "docker interactive=true tty=true volume=/a:/b : i" },
    { "docker run -it=false i", "docker interactive=true tty=false : i" },
    { "docker run --privileged=false i", "docker privileged=false : i" },
    { "docker run --privileged false", "docker privileged=true : false" },
    { "docker run --privileged=T i", "docker privileged=true : i" },
    /* what follows the image is its own */
    { "docker run i --privileged -v /:/x", "docker : i --privileged -v /:/x" },
    { "docker run -- i --rm", "docker : i --rm" },
    { "docker run --rm -- -x", "docker rm=true : -x" },
    { "docker run -", "docker : -" },
    { "docker run", NO_IMAGE },
    { "", NO_IMAGE },
    { "docker run -e alpine", NO_IMAGE },
    { "docker run --rm --", NO_IMAGE },
    { "docker run --net host --dns-opt x i", "docker net=host dns-opt=x : i" },
    { "podman run --rootfs --uidmap 0:1:2 /", "podman rootfs=true uidmap=0:1:2 : /" },
    /* wrong */
    { "docker run --privileged=maybe i",
      "! `--privileged=maybe` of `docker run`: it is a switch, which is true or false" },
    { "docker run -v", "! option `--volume` of `docker run` needs a value" },
    { "docker run -itv", "! option `--volume` of `docker run` needs a value" },
    { "docker run --volumee x", "! unknown option `--volumee` of `docker run`; did you mean `--volume`?" },
    { "docker run --nothing-like-it x i",
      "! unknown option `--nothing-like-it` of `docker run`: nobody can tell whether the next word is its value" },
    { "docker run -Z i", "! unknown option `-Z` of `docker run`: nobody can tell whether the next word is its value" },
    { "docker exec x sh", "! `exec`: only `run` and `create` make a container; write `-- docker run …`" },
    { "docker", "! `docker`: only `run` and `create` make a container; write `-- docker run …`" },
    { "docker run --", NO_IMAGE },
    /* what is in front is no image */
    { "env A=b docker run --privileged i", "! `env`: write `-- docker run …`, with nothing in front of it but `sudo`" },
    { "sudo -E docker run i", "! `-E`: write `-- docker run …`, with nothing in front of it but `sudo`" },
    { "sudo", "! `sudo`: write `-- docker run …`, with nothing in front of it but `sudo`" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_free char *text = read_text(rows[i].line);

      if (strcmp(text, rows[i].text) != 0)
        fail_msg("%s\n  is read as %s\n  and not as %s", rows[i].line, text, rows[i].text);
    }
}

static void
values(void **state)
{
  char *argv[] = { (char *)"run",          (char *)"--net",       (char *)"a", (char *)"--network=b",
                   (char *)"--init=false", (char *)"--read-only", (char *)"i" };
  struct cli_docker_call call;

  (void)state;
  assert_int_equal(cli_docker_arguments_read(7, argv, &call, NULL), 0);
  assert_string_equal(cli_docker_value(&call, CLI_DOCKER_NETWORK), "b");
  assert_string_equal(cli_docker_value_at(&call, CLI_DOCKER_NETWORK, 0), "a");
  assert_null(cli_docker_value_at(&call, CLI_DOCKER_NETWORK, 2));
  assert_null(cli_docker_value(&call, CLI_DOCKER_VOLUME));
  assert_false(cli_docker_is_on(&call, CLI_DOCKER_INIT));
  assert_true(cli_docker_is_on(&call, CLI_DOCKER_READ_ONLY));
  cli_docker_call_clear(&call);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(words),
    cmocka_unit_test(values),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
