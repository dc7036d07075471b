#include "shim/shape.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum shape
{
  S_STRING,
  S_BOOL,
  S_NUMBER,
  S_OBJECT,
  S_STRINGS,
  S_NUMBERS,
  S_OBJECTS,
  S_MAP
};

/* What nobody needs more of. Longer lists make quadratic work here, and longer strings overrun what runtimes put them
 * into: runc 1.0.2 cut a netlink attribute of ids and paths to 16 bits of length (CVE-2021-43784). */
#define STRING_MAX 4095u /* PATH_MAX without its NUL, the longest that anybody can open */
#define STRINGS_MAX 1024u
#define NUMBERS_MAX 65536u /* NGROUPS_MAX */
#define OBJECTS_MAX 4096u
#define FEW 64u
#define MAPPINGS_MAX 340u /* UID_GID_MAP_MAX_EXTENTS */
#define ANY UINT_MAX      /* the kernel, or another module, sets the limit */

struct member
{
  const char *path; /* below the document's root; "[]" stands for each item */
  enum shape shape;
  unsigned most; /* bytes of a string, items of a list; 0: the shape's own. ANY: of a list's strings, too */
};

/* runtime-spec config.md: process */
#define PROCESS_MEMBERS(p)                                                                                             \
  { p "terminal", S_BOOL }, { p "consoleSize", S_OBJECT }, { p "consoleSize.height", S_NUMBER },                       \
      { p "consoleSize.width", S_NUMBER }, { p "user", S_OBJECT }, { p "user.uid", S_NUMBER },                         \
      { p "user.gid", S_NUMBER }, { p "user.umask", S_NUMBER }, { p "user.additionalGids", S_NUMBERS },                \
      { p "user.username", S_STRING }, { p "args", S_STRINGS, ANY }, { p "commandLine", S_STRING, ANY },               \
      { p "env", S_STRINGS, ANY }, { p "cwd", S_STRING }, { p "capabilities", S_OBJECT },                              \
      { p "capabilities.bounding", S_STRINGS }, { p "capabilities.effective", S_STRINGS },                             \
      { p "capabilities.inheritable", S_STRINGS }, { p "capabilities.permitted", S_STRINGS },                          \
      { p "capabilities.ambient", S_STRINGS }, { p "rlimits", S_OBJECTS, FEW }, { p "rlimits[].type", S_STRING },      \
      { p "rlimits[].hard", S_NUMBER }, { p "rlimits[].soft", S_NUMBER }, { p "noNewPrivileges", S_BOOL },             \
      { p "apparmorProfile", S_STRING }, { p "selinuxLabel", S_STRING }, { p "oomScoreAdj", S_NUMBER },                \
      { p "scheduler", S_OBJECT }, { p "ioPriority", S_OBJECT },                                                       \
  {                                                                                                                    \
    p "execCPUAffinity", S_OBJECT                                                                                      \
  }

#define THROTTLE_MEMBERS(p, name)                                                                                      \
  { p "blockIO." name, S_OBJECTS }, { p "blockIO." name "[].major", S_NUMBER },                                        \
      { p "blockIO." name "[].minor", S_NUMBER },                                                                      \
  {                                                                                                                    \
    p "blockIO." name "[].rate", S_NUMBER                                                                              \
  }

/* config-linux.md: resources */
#define RESOURCE_MEMBERS(p)                                                                                            \
  { p "devices", S_OBJECTS }, { p "devices[].allow", S_BOOL }, { p "devices[].type", S_STRING },                       \
      { p "devices[].major", S_NUMBER }, { p "devices[].minor", S_NUMBER }, { p "devices[].access", S_STRING },        \
      { p "memory", S_OBJECT }, { p "memory.limit", S_NUMBER }, { p "memory.reservation", S_NUMBER },                  \
      { p "memory.swap", S_NUMBER }, { p "memory.kernel", S_NUMBER }, { p "memory.kernelTCP", S_NUMBER },              \
      { p "memory.swappiness", S_NUMBER }, { p "memory.disableOOMKiller", S_BOOL },                                    \
      { p "memory.useHierarchy", S_BOOL }, { p "memory.checkBeforeUpdate", S_BOOL }, { p "cpu", S_OBJECT },            \
      { p "cpu.shares", S_NUMBER }, { p "cpu.quota", S_NUMBER }, { p "cpu.burst", S_NUMBER },                          \
      { p "cpu.period", S_NUMBER }, { p "cpu.realtimeRuntime", S_NUMBER }, { p "cpu.realtimePeriod", S_NUMBER },       \
      { p "cpu.cpus", S_STRING }, { p "cpu.mems", S_STRING }, { p "cpu.idle", S_NUMBER }, { p "pids", S_OBJECT },      \
      { p "pids.limit", S_NUMBER }, { p "blockIO", S_OBJECT }, { p "blockIO.weight", S_NUMBER },                       \
      { p "blockIO.leafWeight", S_NUMBER }, { p "blockIO.weightDevice", S_OBJECTS },                                   \
      { p "blockIO.weightDevice[].major", S_NUMBER }, { p "blockIO.weightDevice[].minor", S_NUMBER },                  \
      { p "blockIO.weightDevice[].weight", S_NUMBER }, { p "blockIO.weightDevice[].leafWeight", S_NUMBER },            \
      THROTTLE_MEMBERS(p, "throttleReadBpsDevice"), THROTTLE_MEMBERS(p, "throttleWriteBpsDevice"),                     \
      THROTTLE_MEMBERS(p, "throttleReadIOPSDevice"), THROTTLE_MEMBERS(p, "throttleWriteIOPSDevice"),                   \
      { p "hugepageLimits", S_OBJECTS, FEW }, { p "hugepageLimits[].pageSize", S_STRING },                             \
      { p "hugepageLimits[].limit", S_NUMBER }, { p "network", S_OBJECT }, { p "rdma", S_MAP },                        \
  {                                                                                                                    \
    p "unified", S_MAP                                                                                                 \
  }

static const struct member process_members[] = { PROCESS_MEMBERS("") };
static const struct member resource_members[] = { RESOURCE_MEMBERS("") };
static const struct member config_members[] = {
  { "ociVersion", S_STRING },
  { "root", S_OBJECT },
  { "root.path", S_STRING },
  { "root.readonly", S_BOOL },
  { "mounts", S_OBJECTS },
  { "mounts[].destination", S_STRING },
  { "mounts[].source", S_STRING },
  { "mounts[].type", S_STRING },
  { "mounts[].options", S_STRINGS },
  { "mounts[].uidMappings", S_OBJECTS, MAPPINGS_MAX },
  { "mounts[].gidMappings", S_OBJECTS, MAPPINGS_MAX },
  { "process", S_OBJECT },
  PROCESS_MEMBERS("process."),
  { "hostname", S_STRING },
  { "domainname", S_STRING },
  { "hooks", S_OBJECT },
  { "hooks.prestart", S_OBJECTS, FEW },
  { "hooks.prestart[].path", S_STRING },
  { "hooks.prestart[].args", S_STRINGS, ANY },
  { "hooks.prestart[].env", S_STRINGS, ANY },
  { "hooks.prestart[].timeout", S_NUMBER },
  { "hooks.createRuntime", S_OBJECTS, FEW },
  { "hooks.createRuntime[].path", S_STRING },
  { "hooks.createRuntime[].args", S_STRINGS, ANY },
  { "hooks.createRuntime[].env", S_STRINGS, ANY },
  { "hooks.createRuntime[].timeout", S_NUMBER },
  { "hooks.createContainer", S_OBJECTS, FEW },
  { "hooks.createContainer[].path", S_STRING },
  { "hooks.createContainer[].args", S_STRINGS, ANY },
  { "hooks.createContainer[].env", S_STRINGS, ANY },
  { "hooks.createContainer[].timeout", S_NUMBER },
  { "hooks.startContainer", S_OBJECTS, FEW },
  { "hooks.startContainer[].path", S_STRING },
  { "hooks.startContainer[].args", S_STRINGS, ANY },
  { "hooks.startContainer[].env", S_STRINGS, ANY },
  { "hooks.startContainer[].timeout", S_NUMBER },
  { "hooks.poststart", S_OBJECTS, FEW },
  { "hooks.poststart[].path", S_STRING },
  { "hooks.poststart[].args", S_STRINGS, ANY },
  { "hooks.poststart[].env", S_STRINGS, ANY },
  { "hooks.poststart[].timeout", S_NUMBER },
  { "hooks.poststop", S_OBJECTS, FEW },
  { "hooks.poststop[].path", S_STRING },
  { "hooks.poststop[].args", S_STRINGS, ANY },
  { "hooks.poststop[].env", S_STRINGS, ANY },
  { "hooks.poststop[].timeout", S_NUMBER },
  { "annotations", S_MAP },
  { "linux", S_OBJECT },
  { "linux.namespaces", S_OBJECTS, FEW },
  { "linux.namespaces[].type", S_STRING },
  { "linux.namespaces[].path", S_STRING },
  { "linux.uidMappings", S_OBJECTS, MAPPINGS_MAX },
  { "linux.uidMappings[].containerID", S_NUMBER },
  { "linux.uidMappings[].hostID", S_NUMBER },
  { "linux.uidMappings[].size", S_NUMBER },
  { "linux.gidMappings", S_OBJECTS, MAPPINGS_MAX },
  { "linux.gidMappings[].containerID", S_NUMBER },
  { "linux.gidMappings[].hostID", S_NUMBER },
  { "linux.gidMappings[].size", S_NUMBER },
  { "linux.timeOffsets", S_MAP },
  { "linux.devices", S_OBJECTS },
  { "linux.devices[].type", S_STRING },
  { "linux.devices[].path", S_STRING },
  { "linux.devices[].major", S_NUMBER },
  { "linux.devices[].minor", S_NUMBER },
  { "linux.devices[].fileMode", S_NUMBER },
  { "linux.devices[].uid", S_NUMBER },
  { "linux.devices[].gid", S_NUMBER },
  { "linux.netDevices", S_MAP },
  { "linux.cgroupsPath", S_STRING },
  { "linux.rootfsPropagation", S_STRING },
  { "linux.maskedPaths", S_STRINGS },
  { "linux.readonlyPaths", S_STRINGS },
  { "linux.mountLabel", S_STRING },
  { "linux.personality", S_OBJECT },
  { "linux.personality.domain", S_STRING },
  { "linux.personality.flags", S_STRINGS },
  { "linux.intelRdt", S_OBJECT },
  { "linux.sysctl", S_MAP },
  { "linux.seccomp", S_OBJECT },
  { "linux.seccomp.defaultAction", S_STRING },
  { "linux.seccomp.defaultErrnoRet", S_NUMBER },
  { "linux.seccomp.flags", S_STRINGS, ANY },
  { "linux.seccomp.listenerPath", S_STRING },
  { "linux.seccomp.listenerMetadata", S_STRING },
  { "linux.seccomp.architectures", S_STRINGS, ANY },
  { "linux.seccomp.syscalls", S_OBJECTS, ANY },
  { "linux.seccomp.syscalls[].names", S_STRINGS, ANY },
  { "linux.seccomp.syscalls[].action", S_STRING },
  { "linux.seccomp.syscalls[].errnoRet", S_NUMBER },
  { "linux.seccomp.syscalls[].args", S_OBJECTS, ANY },
  { "linux.seccomp.syscalls[].args[].index", S_NUMBER },
  { "linux.seccomp.syscalls[].args[].value", S_NUMBER },
  { "linux.seccomp.syscalls[].args[].valueTwo", S_NUMBER },
  { "linux.seccomp.syscalls[].args[].op", S_STRING },
  { "linux.resources", S_OBJECT },
  RESOURCE_MEMBERS("linux.resources."),
};

/* Further names of the specification, known only so that a variant of them by case is seen. */
static const char *const more_names[] = {
  "policy",    "nice",      "priority",     "class",         "runtime",     "deadline", "period",
  "initial",   "final",     "closID",       "l3CacheSchema", "memBwSchema", "schemata", "enableMonitoring",
  "enableCMT", "enableMBM", "classID",      "priorities",    "name",        "secs",     "nanosecs",
  "boottime",  "monotonic", "memoryPolicy", "solaris",       "windows",     "vm",       "zos",
  "freebsd",
};

/* Objects whose member names are free: nothing in them is a name of the specification. */
static const char *const free_maps[] = { "annotations", "sysctl", "unified", "rdma", "netDevices", NULL };

static const struct
{
  enum cc_json_type type, item;
  unsigned most;
  const char *text;
} shapes[] = {
  [S_STRING] = { CC_JSON_STRING, CC_JSON_NULL, STRING_MAX, "a string" },
  [S_BOOL] = { CC_JSON_BOOL, CC_JSON_NULL, ANY, "true or false" },
  [S_NUMBER] = { CC_JSON_NUMBER, CC_JSON_NULL, ANY, "a number" },
  [S_OBJECT] = { CC_JSON_OBJECT, CC_JSON_NULL, ANY, "an object" },
  [S_MAP] = { CC_JSON_OBJECT, CC_JSON_NULL, ANY, "an object" },
  [S_STRINGS] = { CC_JSON_ARRAY, CC_JSON_STRING, STRINGS_MAX, "a list of strings" },
  [S_NUMBERS] = { CC_JSON_ARRAY, CC_JSON_NUMBER, NUMBERS_MAX, "a list of numbers" },
  [S_OBJECTS] = { CC_JSON_ARRAY, CC_JSON_OBJECT, OBJECTS_MAX, "a list of objects" },
};

/* -- types -- */

static bool
has_shape(const struct cc_jval *v, enum shape shape)
{
  if (v->type != shapes[shape].type)
    return false;
  if (v->type != CC_JSON_ARRAY)
    return true;
  cc_jeach(item, v) if (item->type != shapes[shape].item) return false;
  return true;
}

/* Bytes of a string, items of a list. */
static bool
is_too_long(const struct cc_jval *v, const struct member *m)
{
  unsigned most = m->most != 0 ? m->most : shapes[m->shape].most;

  if (most == ANY || (v->type != CC_JSON_STRING && v->type != CC_JSON_ARRAY))
    return false;
  if (v->type == CC_JSON_STRING)
    return v->length > most;
  cc_jeach(item, v) if (item->type == CC_JSON_STRING && item->length > STRING_MAX) return true;
  return v->count > most;
}

static int
check_value(const struct cc_jval *v, const struct member *m, struct cc_error *err)
{
  if (!has_shape(v, m->shape))
    return cc_error_refuse(err, "config", "`%s`: it must be %s; correct it", m->path, shapes[m->shape].text);
  if (is_too_long(v, m))
    return cc_error_refuse(err, "config", "`%s`: longer than anybody needs, or has an item that is; shorten it",
                           m->path);
  return 0;
}

/* Checks the member that PATH names below V; PATH's "[]" goes over items. */
static int
check_member(struct cc_jval *v, const char *path, const struct member *m, struct cc_error *err)
{
  size_t length = strcspn(path, ".[");
  struct cc_jval *child = NULL;

  if (!cc_jis(v, CC_JSON_OBJECT))
    return 0;
  cc_jeach(c, v) if (c->key[0] == path[0] && strncmp(c->key, path, length) == 0 && c->key[length] == '\0') child = c;
  if (child == NULL)
    return 0;
  if (path[length] == '\0')
    {
      if (child->type != CC_JSON_NULL)
        return check_value(child, m, err);
      cc_jremove(v, child);
      return 0;
    }
  if (path[length] == '.')
    return check_member(child, path + length + 1, m, err);
  cc_jeach(item, child) if (check_member(item, path + length + 3, m, err) < 0) return CC_FAILED;
  return 0;
}

static int
check_types(struct cc_jval *root, const struct member *members, size_t count, struct cc_error *err)
{
  for (size_t i = 0; i < count; i++)
    if (check_member(root, members[i].path, &members[i], err) < 0)
      return CC_FAILED;
  return 0;
}

/* -- names that differ by case -- */

/* Every name of the specification, in a hash table under folding. */
struct name_table
{
  const char *names[512];
  uint32_t hashes[512];
  bool ready;
};

static void
add_name(struct name_table *t, const char *name, size_t length)
{
  static char pool[8192];
  static size_t used;
  uint32_t hash = cc_json_fold_hash_n(name, length);
  size_t slot = hash % 512;

  while (t->names[slot] != NULL)
    {
      if (strncmp(t->names[slot], name, length) == 0 && t->names[slot][length] == '\0')
        return;
      slot = (slot + 1) % 512;
    }
  if (used + length + 1 > sizeof(pool))
    abort();
  memcpy(pool + used, name, length);
  t->names[slot] = pool + used;
  t->hashes[slot] = hash;
  used += length + 1;
}

/* The last name of each path: those before it have paths of their own. */
static void
add_members(struct name_table *t, const struct member *members, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      const char *dot = strrchr(members[i].path, '.'), *name = dot != NULL ? dot + 1 : members[i].path;

      add_name(t, name, strlen(name));
    }
}

static const struct name_table *
name_table(void)
{
  static struct name_table table;

  if (!table.ready)
    {
      add_members(&table, config_members, sizeof(config_members) / sizeof(config_members[0]));
      for (size_t i = 0; i < sizeof(more_names) / sizeof(more_names[0]); i++)
        add_name(&table, more_names[i], strlen(more_names[i]));
      table.ready = true;
    }
  return &table;
}

/* The known name that KEY equals but for case, or NULL. */
static const char *
near_name(const struct cc_jval *member)
{
  const struct name_table *t = name_table();
  const char *near = NULL;

  for (size_t slot = member->fold % 512; t->names[slot] != NULL; slot = (slot + 1) % 512)
    if (t->hashes[slot] == member->fold && cc_json_fold_equal(t->names[slot], member->key))
      {
        if (strcmp(t->names[slot], member->key) == 0)
          return NULL;
        near = t->names[slot];
      }
  return near;
}

static bool
is_free_map(const struct cc_jval *v)
{
  for (size_t i = 0; v->key != NULL && free_maps[i] != NULL; i++)
    if (strcmp(free_maps[i], v->key) == 0)
      return true;
  return false;
}

static int
check_names(const struct cc_jval *v, struct cc_error *err)
{
  if (is_free_map(v))
    return 0;
  cc_jeach(c, v)
  {
    const char *near = c->key != NULL && v->type == CC_JSON_OBJECT ? near_name(c) : NULL;

    if (near != NULL)
      return cc_error_refuse(err, "config", "member `%s`: some parsers read it as `%s` and some do not; write `%s`",
                             c->key, near, near);
    if (c->first != NULL && check_names(c, err) < 0)
      return CC_FAILED;
  }
  return 0;
}

static int
check(struct cc_jval *root, const char *what, const struct member *members, size_t count, struct cc_error *err)
{
  if (!cc_jis(root, CC_JSON_OBJECT))
    return cc_error_refuse(err, "config", "%s: it must be a JSON object; correct it", what);
  if (check_names(root, err) < 0)
    return CC_FAILED;
  return check_types(root, members, count, err);
}

int
cc_shape_config(struct cc_jval *spec, struct cc_error *err)
{
  if (check(spec, "config.json", config_members, sizeof(config_members) / sizeof(config_members[0]), err) < 0)
    return CC_FAILED;
  if (cc_jget(spec, "process") == NULL || cc_jget(spec, "linux") == NULL || cc_jpath(spec, "root.path") == NULL)
    return cc_error_refuse(err, "config",
                           "config.json: `process`, `linux` or `root.path` is missing; a sandbox needs all");
  return 0;
}

int
cc_shape_process(struct cc_jval *process, struct cc_error *err)
{
  return check(process, "the process file", process_members, sizeof(process_members) / sizeof(process_members[0]), err);
}

int
cc_shape_resources(struct cc_jval *resources, struct cc_error *err)
{
  return check(resources, "the resources", resource_members, sizeof(resource_members) / sizeof(resource_members[0]),
               err);
}
