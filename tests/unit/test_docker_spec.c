/* What is made of arguments, against what Docker 28 wrote for the same ones (tests/golden/samples). */
#include "cli/docker_spec.h"
#include "cli/json_diff.h"
#include "common/fd.h"
#include "common/own.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS_MAX 48
#define SAMPLES CC_SOURCE_DIR "/tests/golden/samples/docker28.jsonl"

/* -- the recordings -- */

static struct cc_json *
load(const char *path)
{
  cc_auto_free char *text = NULL;
  struct cc_error err = CC_ERROR_INIT;
  struct cc_json *doc = NULL;
  size_t length;

  if (cc_read_file_at(AT_FDCWD, path, 8u << 20, &text, &length, NULL, &err) < 0
      || cc_json_parse(text, length, path, &doc, &err) < 0)
    fail_msg("%s", err.msg);
  return doc;
}

/* The configuration of CASE, with its profile in place. */
static struct cc_json *
sample(const char *name)
{
  cc_auto_free char *text = NULL, *mark = cc_xasprintf("{\"case\":\"%s\",\"name\":\"create\"", name);
  struct cc_json *doc = cc_json_new(), *call = NULL;
  size_t length;
  char *state = NULL;

  assert_int_equal(cc_read_file_at(AT_FDCWD, SAMPLES, 8u << 20, &text, &length, NULL, NULL), 0);
  for (char *line = strtok_r(text, "\n", &state); line != NULL && call == NULL; line = strtok_r(NULL, "\n", &state))
    if (strncmp(line, mark, strlen(mark)) == 0)
      assert_int_equal(cc_json_parse(line, strlen(line), name, &call, NULL), 0);
  if (call == NULL)
    fail_msg("no recording of %s", name);
  cc_json_set_root(doc, cc_jcopy(doc, cc_jget(cc_json_root(call), "document")));
  cc_json_free(call);
  struct cc_jval *linux_ = cc_jget(cc_json_root(doc), "linux");
  const char *profile = cc_jget_str(linux_, "seccomp");
  if (profile != NULL)
    {
      cc_auto_free char *path = cc_xasprintf(CC_SOURCE_DIR "/tests/golden/seccomp/%s.json", profile);
      cc_auto_json struct cc_json *file = load(path);

      cc_jset(doc, linux_, "seccomp", cc_jcopy(doc, cc_json_root(file)));
    }
  return doc;
}

/* -- what cannot be known, or is the recorded host's own -- */

static void
forget_mount(struct cc_jval *spec, const char *destination)
{
  struct cc_jval *mounts = cc_jget(spec, "mounts");

  cc_jeach(m, mounts) if (strcmp(cc_jget_str(m, "destination"), destination) == 0) cc_jremove(mounts, m);
}

static void
forget_variable(struct cc_jval *spec, const char *prefix)
{
  struct cc_jval *env = cc_jpath(spec, "process.env");

  cc_jeach(e, env) if (strncmp(e->text, prefix, strlen(prefix)) == 0) cc_jremove(env, e);
}

static void
generalise(struct cc_json *doc, const char *set_by_host)
{
  struct cc_jval *spec = cc_json_root(doc), *linux_ = cc_jget(spec, "linux");

  forget_mount(spec, "/etc/hosts");
  forget_mount(spec, "/etc/hostname");
  forget_mount(spec, "/etc/resolv.conf");
  forget_variable(spec, "HOSTNAME=");
  cc_jdel(cc_jget(spec, "root"), "path");
  cc_jdel(spec, "hostname");
  cc_jdel(cc_jget(spec, "process"), "apparmorProfile");
  cc_jdel(linux_, "cgroupsPath");
  if (strcmp(set_by_host, "devices") == 0)
    {
      cc_jdel(linux_, "devices");
      /* the recorded host's own bounding set did not have it */
      cc_jeach(set, cc_jpath(spec, "process.capabilities"))
          cc_jeach(c, set) if (strcmp(c->text, "CAP_SYS_RESOURCE") == 0) cc_jremove(set, c);
    }
  cc_jeach(node, cc_jget(linux_, "devices")) /* /dev of a container of the recorded host, or of this one */
  {
    cc_jdel(node, "uid");
    cc_jdel(node, "gid");
  }
  cc_jeach(m, cc_jget(spec, "mounts"))
  {
    const char *volume = strstr(cc_jget_str(m, "source"), "/volumes/");
    cc_auto_free char *source = volume == NULL ? NULL
                                : strcmp(cc_jget_str(m, "destination"), "/anon") == 0
                                    ? cc_xstrdup("VOLUMES/anonymous/_data")
                                    : cc_xasprintf("VOLUMES/%s", volume + 9);

    if (source != NULL)
      cc_jset_str(doc, m, "source", source);
    if (strcmp(cc_jget_str(m, "destination"), "/sbin/docker-init") == 0)
      cc_jset_str(doc, m, "source", "docker-init");
  }
  cc_jeach(ns, cc_jget(linux_, "namespaces"))
  {
    const char *path = cc_jget_str(ns, "path");

    if (path != NULL)
      cc_jset_str(doc, ns, "path", path[0] == '/' ? strrchr(path, '/') : path);
    /* cgroup v1 and v2 have different defaults; the recordings are of v1 */
    if (strcmp(cc_jget_str(ns, "type"), "cgroup") == 0 && strcmp(set_by_host, "cgroup") != 0)
      cc_jremove(cc_jget(linux_, "namespaces"), ns);
  }
  cc_jeach(hook, cc_jpath(spec, "hooks.prestart"))
  {
    cc_jset_str(doc, hook, "path", strrchr(cc_jget_str(hook, "path"), '/'));
    cc_jdel(hook, "env");
  }
}

/* -- comparing -- */

static const struct row
{
  const char *name, *arguments, *set_by_host;
} rows[] = {
  { "01run", "run busybox echo hi", "" },
  { "02runit", "-it busybox ls -la /proc/self/fd", "" },
  { "03rund", "-d --name x --hostname hh -e FOO=bar busybox sleep 1000", "" },
  { "14restart", "-d --hostname hh -e FOO=bar -m 200m --memory-swap 200m --pids-limit 55 --cpus 0.5 busybox sleep 1000",
    "" },
  { "20init", "--init busybox ps", "" },
  { "21priv", "--privileged busybox id", "devices" },
  { "22nonet", "--network none busybox ip a", "" },
  { "23hostnet", "--network host busybox ip a", "" },
  { "24customnet", "--net mine busybox ip a", "" },
  { "25ctnet", "--network container:other busybox ip a", "" },
  { "26pidhost", "--pid=host busybox ps", "" },
  { "27pidct", "--pid container:other busybox ps", "" },
  { "28ipchost", "--ipc host --uts host busybox id", "" },
  { "29binds",
    "-v vol1:/vol -v /srv/engines/w:/mnt:ro --mount type=bind,source=/srv/engines,target=/rs,bind-propagation=rshared "
    "--mount type=volume,src=vol2,dst=/v2 -v /anon --mount type=bind,source=/etc/hosts,target=/h2,readonly "
    "--tmpfs /tt:size=1m --mount type=tmpfs,target=/tm busybox cat /proc/self/mountinfo",
    "" },
  { "30volopt", "-v volbind:/e busybox ls /e", "" },
  { "32device", "--device /dev/null:/dev/mynull:r busybox ls -la /dev", "" },
  { "33gpus", "--gpus all busybox id", "" },
  { "34gpus2", "--gpus device=0 busybox id", "" },
  { "35seccomp", "--security-opt seccomp=unconfined --security-opt no-new-privileges busybox id", "" },
  { "36ro",
    "--read-only --cap-drop ALL --cap-add net_raw -u 1000:1000 -m 100m --memory-swap 200m --cpus 1 --pids-limit 20 "
    "--ulimit nofile=100:200 --shm-size 5m --oom-score-adj 100 --sysctl net.ipv4.ip_forward=1 busybox id",
    "" },
  { "37fail", "run busybox nosuchcmd", "" },
  { "38annot", "--annotation foo=bar --annotation com.example/x=y busybox id", "" },
  { "39mask", "--security-opt systempaths=unconfined busybox id", "" },
  { "40sock", "-v /var/run/docker.sock:/var/run/docker.sock busybox id", "" },
  { "41cgroupns", "--cgroupns private --cgroup-parent /foo busybox id", "cgroup" },
  { "42stdin", "-i busybox cat", "" },
  { "44publish", "-p 8080:80 --dns 1.1.1.1 --add-host a:1.2.3.4 busybox cat /etc/hosts /etc/resolv.conf", "" },
  { "49health", "--health-cmd true --health-interval 1s --restart no --log-driver none busybox sleep 4", "" },
};

static int
split(char *text, char **words)
{
  char *state = NULL;
  int n = 0;

  for (char *w = strtok_r(text, " ", &state); w != NULL && n < WORDS_MAX; w = strtok_r(NULL, " ", &state))
    words[n++] = w;
  return n;
}

static int
translate(int argc, char **argv, struct cli_docker_spec *out, struct cc_error *err)
{
  struct cli_docker_call call;
  int result;

  if (cli_docker_arguments_read(argc, argv, &call, err) < 0)
    return CC_FAILED;
  result = cli_docker_spec(&call, out, err);
  cli_docker_call_clear(&call);
  return result;
}

static int
translate_text(const char *arguments, struct cli_docker_spec *out, struct cc_error *err)
{
  cc_auto_free char *text = cc_xstrdup(arguments);
  char *words[WORDS_MAX];

  return translate(split(text, words), words, out, err);
}

static void
as_docker_writes_it(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_json struct cc_json *real = sample(rows[i].name);
      struct cli_docker_spec made;
      struct cli_changes changes;
      struct cc_error err = CC_ERROR_INIT;

      if (translate_text(rows[i].arguments, &made, &err) < 0)
        fail_msg("%s: %s", rows[i].name, err.msg);
      generalise(real, rows[i].set_by_host);
      generalise(made.doc, rows[i].set_by_host);
      cli_json_diff(cc_json_root(real), cc_json_root(made.doc), true, &changes);
      for (size_t k = 0; k < changes.count; k++)
        print_message("%s: %c %s: %s -> %s\n", rows[i].name, (char)changes.items[k].kind, changes.items[k].path,
                      changes.items[k].was != NULL ? changes.items[k].was : "",
                      changes.items[k].now != NULL ? changes.items[k].now : "");
      assert_int_equal(changes.count, 0);
      cli_changes_clear(&changes);
      cli_docker_spec_clear(&made);
    }
}

/* What the recordings do not have: arguments, and a place of the configuration that then says so. */
static void
further_options(void **state)
{
  static const struct
  {
    const char *arguments, *path, *text; /* TEXT is part of it; "" absent */
  } more[] = {
    { "-u 0 i", "process.user", "\"uid\":0" },
    { "-u root:5 i", "process.user", "\"gid\":5" },
    { "-u 4294967296 i", "process.user", "\"uid\":4294967296" }, /* not wrapped to 0 here */
    { "-u nobody i", "process.user", "\"uid\":1000" },
    { "-u 7 --group-add 0 i", "process.user.additionalGids", "[0,0]" },
    { "--cap-add ALL --cap-drop sys_admin i", "process.capabilities.bounding", "CAP_SYS_MODULE" },
    { "--cap-drop all i", "process.capabilities.bounding", "[]" },
    { "--cap-add=CAP_SYS_PTRACE i", "process.capabilities.effective", "CAP_SYS_PTRACE" },
    { "-w /proc/self/fd/9 i", "process.cwd", "/proc/self/fd/9" },
    { "--memory 1g i", "linux.resources.memory", "\"swap\":2147483648" },
    { "--memory-swap -1 i", "linux.resources.memory", "\"swap\":-1" },
    { "--cpu-quota 5 --cpu-period 7 i", "linux.resources.cpu", "\"quota\":5,\"period\":7" },
    { "--ulimit core=-1 i", "process.rlimits", "18446744073709551615" },
    { "--userns host --uidmap 0:0:10 i", "linux.uidMappings", "\"hostID\":0" },
    { "--security-opt apparmor=unconfined i", "process.apparmorProfile", "unconfined" },
    { "--security-opt apparmor:unconfined i", "process.apparmorProfile", "unconfined" },
    { "--security-opt seccomp:unconfined i", "linux.seccomp", "" },
    { "--security-opt writable-cgroups=true i", "mounts", "[\"nosuid\",\"noexec\",\"nodev\"]" },
    { "--device-cgroup-rule b_*:*_m i", "", "!must look like" },
    { "--mount type=bind,target=/x i", "", "!needs `source=`" },
    { "--mount source=/x i", "", "!needs `target=`" },
    { "--mount \"type=tmpfs\",target=/x,tmpfs-size=1k i", "mounts", "size=1024" },
    { "--mount type=volume,target=/x,volume-opt=device=/etc,volume-opt=o=bind i", "mounts", "\"source\":\"/etc\"" },
    { "--mount type=volume,target=/x,\"Volume-Opt=device=/etc\",volume-opt=o=bind i", "mounts", "\"source\":\"/etc\"" },
    /* of two fields the clients take the last, whatever they are called */
    { "--mount type=bind,source=/srv,target=/x,src=/etc i", "mounts", "\"source\":\"/etc\"" },
    { "--mount type=tmpfs,type=bind,source=/etc,target=/x i", "mounts", "\"source\":\"/etc\"" },
    { "--mount type=bind,source=/s,dst=/x,ro,readonly=F i", "mounts", "!rro" },
    { "--network name=bridge,name=host i", "linux.namespaces", "!network" },
    { "--rdt-class x i", "linux.intelRdt", "x" },
    { "--group-add keep-groups i", "annotations", "run.oci.keep_original_groups" },
    { "-m nan i", "", "!no size" },
    { "-v /a:/b:shared i", "linux.rootfsPropagation", "shared" },
    { "-v relative:x i", "", "!absolute path" },
    { "-v /x:/dev/shm i", "mounts", "\"destination\":\"/dev/shm\",\"type\":\"bind\"" },
    { "--tmpfs /x:exec i", "mounts", "\"nosuid\",\"nodev\",\"rprivate\",\"exec\"" },
    { "--use-api-socket i", "mounts", "docker.sock" },
    { "--cpus x i", "", "!no number" },
    { "-m 1q i", "", "!no size" },
    { "-m 1kk i", "", "!no size" },
    { "--ulimit x i", "", "!must look like" },
    { "--security-opt seccomp=/nonexistent i", "", "!No such file" },
    { "--network name=host,alias=x i", "linux.namespaces", "!network" },
    { "--network ns:/run/netns/x i", "linux.namespaces", "/run/netns/x" },
    { "--ipc none i", "mounts", "!/dev/shm" },
    { "--personality LINUX32 i", "linux.personality", "LINUX32" },
    { "--entrypoint /x i y", "process.args", "[\"/x\",\"y\"]" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
    {
      struct cli_docker_spec made;
      struct cc_error err = CC_ERROR_INIT;
      cc_auto_free char *text = NULL;
      size_t length;
      bool without = more[i].text[0] == '!';

      if (translate_text(more[i].arguments, &made, &err) < 0)
        {
          if (!without || more[i].path[0] != '\0' || strstr(err.msg, more[i].text + 1) == NULL)
            fail_msg("%s: %s", more[i].arguments, err.msg);
          continue;
        }
      if (more[i].path[0] == '\0')
        fail_msg("%s is taken", more[i].arguments);
      const struct cc_jval *v = cc_jpath(cc_json_root(made.doc), more[i].path);
      if (more[i].text[0] == '\0')
        assert_null(v);
      else
        {
          assert_non_null(v);
          assert_int_equal(cc_json_write(v, &text, &length, NULL), 0);
          if ((strstr(text, more[i].text + without) == NULL) != without)
            fail_msg("%s: %s is %s", more[i].arguments, more[i].path, text);
        }
      cli_docker_spec_clear(&made);
    }
}

/* What decides and cannot be known is said to be so. */
static void
unknown(void **state)
{
  static const char *const rows_[] = { "--volumes-from x i",
                                       "--pod x i",
                                       "podman --hooks-dir /x run i",
                                       "--mount type=image,source=x,target=/x i",
                                       "--device vendor/x=y i",
                                       "--mount type=volume,target=/x,volume-driver=nfs i",
                                       "--volume-driver nfs i",
                                       "--label-file /nonexistent i",
                                       "-v /x:/y:O i" };

  (void)state;
  for (size_t i = 0; i < sizeof(rows_) / sizeof(rows_[0]); i++)
    {
      struct cli_docker_spec made;

      assert_int_equal(translate_text(rows_[i], &made, NULL), 0);
      if (!made.unknown)
        fail_msg("%s is known", rows_[i]);
      cli_docker_spec_clear(&made);
    }
}

/* Of a label that is given twice the last value counts, and of the command line before a file's. */
static void
repeated_labels(void **state)
{
  char path[] = "/tmp/closedclaw-labels.XXXXXX";
  int fd = mkstemp(path);
  static const char text[] = "# none\n  closedclaw.agent=file\nopenclaw.sandboxBrowser=1\nnothing\n";
  cc_auto_free char *line = NULL;
  struct cli_docker_spec made;

  (void)state;
  assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
  assert_int_equal(translate_text("-l openclaw.sessionKey=agent:a:x -l openclaw.sessionKey=agent:a:main "
                                  "-l clawdbot.sessionKey=agent:a:y -l closedclaw.session= i",
                                  &made, NULL),
                   0);
  assert_string_equal(made.session, "agent:a:main");
  cli_docker_spec_clear(&made);
  line = cc_xasprintf("--label-file %s i", path);
  assert_int_equal(translate_text(line, &made, NULL), 0);
  assert_string_equal(made.agent, "file");
  assert_true(made.browser && !made.unknown);
  cli_docker_spec_clear(&made);
  free(line);
  line = cc_xasprintf("-l closedclaw.agent=line -l openclaw.sandboxBrowser --label-file %s i", path);
  assert_int_equal(translate_text(line, &made, NULL), 0);
  assert_string_equal(made.agent, "line");
  assert_false(made.browser);
  cli_docker_spec_clear(&made);
  unlink(path);
}

static void
identity(void **state)
{
  struct cli_docker_spec made;

  (void)state;
  assert_int_equal(translate_text("-l openclaw.sessionKey=agent:a:x --label closedclaw.agent=a --runtime runc "
                                  "--label openclaw.sandboxBrowser=1 --preserve-fds 3 --cgroups disabled -v v:/v i",
                                  &made, NULL),
                   0);
  assert_string_equal(made.agent, "a");
  assert_string_equal(made.session, "agent:a:x");
  assert_true(made.browser && made.preserve_fds && made.no_cgroup);
  assert_string_equal(made.foreign_runtime, "runc");
  assert_int_equal(made.pending.count, 1);
  cli_docker_spec_clear(&made);
  assert_int_equal(
      translate_text("--runtime closedclaw -l closedclaw.session=s -l openclaw.sessionKey=t i", &made, NULL), 0);
  assert_null(made.foreign_runtime);
  assert_string_equal(made.session, "s");
  cli_docker_spec_clear(&made);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_docker_writes_it), cmocka_unit_test(further_options), cmocka_unit_test(unknown),
    cmocka_unit_test(repeated_labels),     cmocka_unit_test(identity),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
