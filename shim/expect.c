#include "shim/expect.h"

#include "common/own.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct cc_namespace_name cc_namespace_names[CC_NAMESPACES] = {
  [CC_NS_CGROUP] = { "cgroup", "cgroup" }, [CC_NS_IPC] = { "ipc", "ipc" }, [CC_NS_MOUNT] = { "mount", "mnt" },
  [CC_NS_NETWORK] = { "network", "net" },  [CC_NS_PID] = { "pid", "pid" }, [CC_NS_TIME] = { "time", "time" },
  [CC_NS_USER] = { "user", "user" },       [CC_NS_UTS] = { "uts", "uts" },
};

static void
clear_strings(struct cc_strings *strings)
{
  for (size_t i = 0; i < strings->count; i++)
    free(strings->items[i]);
  free(strings->items);
}

void
cc_expect_clear(struct cc_expect *e)
{
  for (size_t i = 0; i < e->mount_count; i++)
    {
      free(e->mounts[i].destination);
      free(e->mounts[i].place);
      free(e->mounts[i].type);
    }
  for (size_t i = 0; i < e->device_count; i++)
    free(e->devices[i].path);
  clear_strings(&e->masked);
  clear_strings(&e->read_only);
  free(e->mounts);
  free(e->devices);
  free(e->groups);
  free(e->cgroup);
  memset(e, 0, sizeof(*e));
}

/* -- writing: what repeats is written as lists, which are half as long as members with names -- */

static void
add_number(struct cc_json *doc, struct cc_jval *list, uint64_t n)
{
  cc_jappend(list, cc_jnew_uint(doc, n));
}

static void
add_object(struct cc_json *doc, struct cc_jval *list, const struct cc_expect_object *object)
{
  add_number(doc, list, object->major);
  add_number(doc, list, object->minor);
  add_number(doc, list, object->ino);
}

static void
add_mount(struct cc_json *doc, struct cc_jval *list, const struct cc_expect_mount *m)
{
  struct cc_jval *item = cc_jnew(doc, CC_JSON_ARRAY);

  cc_jappend_str(doc, item, m->destination);
  cc_jappend_str(doc, item, m->place);
  cc_jappend_str(doc, item, m->type);
  add_object(doc, item, &m->object);
  add_number(doc, item, m->flags);
  add_number(doc, item, m->size);
  add_number(doc, item, m->below);
  add_number(doc, item, m->below_flags);
  cc_jappend(list, item);
}

static void
add_device(struct cc_json *doc, struct cc_jval *list, const struct cc_expect_device *device)
{
  struct cc_jval *item = cc_jnew(doc, CC_JSON_ARRAY);

  cc_jappend_str(doc, item, device->path);
  add_number(doc, item, device->major);
  add_number(doc, item, device->minor);
  cc_jappend(list, item);
}

static void
set_strings(struct cc_json *doc, struct cc_jval *o, const char *key, const struct cc_strings *strings)
{
  struct cc_jval *list = cc_jneed_array(doc, o, key);

  for (size_t i = 0; i < strings->count; i++)
    cc_jappend_str(doc, list, strings->items[i]);
}

static void
set_numbers(struct cc_json *doc, struct cc_jval *o, const char *key, const uint32_t *numbers, size_t count)
{
  struct cc_jval *list = cc_jneed_array(doc, o, key);

  for (size_t i = 0; i < count; i++)
    add_number(doc, list, numbers[i]);
}

static struct cc_jval *
to_json(struct cc_json *doc, const struct cc_expect *e)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *list;

  list = cc_jneed_array(doc, o, "capabilities");
  for (size_t i = 0; i < CC_CAP_SETS; i++)
    add_number(doc, list, e->capabilities[i]);
  cc_jset_bool(doc, o, "noNewPrivs", e->no_new_privs);
  cc_jset_bool(doc, o, "seccomp", e->seccomp);
  cc_jset_bool(doc, o, "networkNone", e->network_none);
  cc_jset_bool(doc, o, "terminal", e->terminal);
  cc_jset_bool(doc, o, "hooks", e->hooks);
  cc_jset_int(doc, o, "uid", e->uid);
  cc_jset_int(doc, o, "gid", e->gid);
  set_numbers(doc, o, "groups", e->groups, e->group_count);
  list = cc_jneed_array(doc, o, "namespaces");
  for (size_t i = 0; i < CC_NAMESPACES; i++)
    {
      add_number(doc, list, e->namespaces[i].kind);
      add_number(doc, list, e->namespaces[i].ino);
    }
  add_object(doc, cc_jneed_array(doc, o, "root"), &e->root);
  cc_jset_bool(doc, o, "rootReadOnly", e->root_read_only);
  cc_jset_bool(doc, o, "belowRoot", e->below_root);
  list = cc_jneed_array(doc, o, "mounts");
  for (size_t i = 0; i < e->mount_count; i++)
    add_mount(doc, list, &e->mounts[i]);
  set_strings(doc, o, "masked", &e->masked);
  set_strings(doc, o, "readOnly", &e->read_only);
  list = cc_jneed_array(doc, o, "devices");
  for (size_t i = 0; i < e->device_count; i++)
    add_device(doc, list, &e->devices[i]);
  cc_jset_str(doc, o, "cgroup", e->cgroup);
  return o;
}

int
cc_expect_write(const struct cc_expect *expect, char **out, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  size_t length;

  return cc_json_write(to_json(doc, expect), out, &length, err);
}

/* -- reading -- */

/* The values of a list, one after the other. What is missing, too large or of another type makes the whole bad. */
struct reader
{
  const struct cc_jval *next;
  bool *bad;
};

static struct reader
read_list(const struct cc_jval *list, bool *bad)
{
  if (!cc_jis(list, CC_JSON_ARRAY))
    *bad = true;
  return (struct reader){ list != NULL ? list->first : NULL, bad };
}

static uint64_t
take_number(struct reader *r, uint64_t max)
{
  uint64_t n = 0;

  if (cc_juint64(r->next, &n) < 0 || n > max)
    {
      *r->bad = true;
      n = 0;
    }
  r->next = r->next != NULL ? r->next->next : NULL;
  return n;
}

static char *
take_string(struct reader *r)
{
  const char *s = cc_jstr(r->next);

  if (s == NULL)
    *r->bad = true;
  r->next = r->next != NULL ? r->next->next : NULL;
  return cc_xstrdup(s != NULL ? s : "");
}

static struct cc_expect_object
take_object(struct reader *r)
{
  struct cc_expect_object object;

  object.major = (uint32_t)take_number(r, UINT32_MAX);
  object.minor = (uint32_t)take_number(r, UINT32_MAX);
  object.ino = take_number(r, UINT64_MAX);
  return object;
}

static void
read_mounts(const struct cc_jval *list, struct cc_expect *e, bool *bad)
{
  size_t count = cc_jis(list, CC_JSON_ARRAY) ? list->count : 0;

  if (!cc_jis(list, CC_JSON_ARRAY))
    *bad = true;
  e->mounts = cc_xcalloc(count + 1, sizeof(*e->mounts));
  cc_jeach(item, list)
  {
    struct reader r = read_list(item, bad);
    struct cc_expect_mount *m = &e->mounts[e->mount_count++];

    m->destination = take_string(&r);
    m->place = take_string(&r);
    m->type = take_string(&r);
    m->object = take_object(&r);
    m->flags = (unsigned)take_number(&r, 15);
    m->size = take_number(&r, UINT64_MAX);
    m->below = take_number(&r, 1) != 0;
    m->below_flags = (unsigned)take_number(&r, 15);
  }
}

static void
read_devices(const struct cc_jval *list, struct cc_expect *e, bool *bad)
{
  size_t count = cc_jis(list, CC_JSON_ARRAY) ? list->count : 0;

  if (!cc_jis(list, CC_JSON_ARRAY))
    *bad = true;
  e->devices = cc_xcalloc(count + 1, sizeof(*e->devices));
  cc_jeach(item, list)
  {
    struct reader r = read_list(item, bad);
    struct cc_expect_device *d = &e->devices[e->device_count++];

    d->path = take_string(&r);
    d->major = (uint32_t)take_number(&r, UINT32_MAX);
    d->minor = (uint32_t)take_number(&r, UINT32_MAX);
  }
}

static void
read_strings(const struct cc_jval *list, struct cc_strings *out, bool *bad)
{
  struct reader r = read_list(list, bad);

  out->items = cc_xcalloc(cc_jis(list, CC_JSON_ARRAY) ? list->count + 1 : 1, sizeof(*out->items));
  while (r.next != NULL)
    out->items[out->count++] = take_string(&r);
}

static void
read_groups(const struct cc_jval *list, struct cc_expect *e, bool *bad)
{
  struct reader r = read_list(list, bad);

  e->groups = cc_xcalloc(cc_jis(list, CC_JSON_ARRAY) ? list->count + 1 : 1, sizeof(*e->groups));
  while (r.next != NULL)
    e->groups[e->group_count++] = (uint32_t)take_number(&r, UINT32_MAX);
}

static bool
read_bool(const struct cc_jval *o, const char *key, bool *bad)
{
  const struct cc_jval *v = cc_jget(o, key);

  if (!cc_jis(v, CC_JSON_BOOL))
    *bad = true;
  return cc_jbool(v, false);
}

static uint32_t
read_id(const struct cc_jval *o, const char *key, bool *bad)
{
  struct reader r = { cc_jget(o, key), bad };

  return (uint32_t)take_number(&r, UINT32_MAX);
}

/* False when something is missing. E is to be cleared in any case. */
static bool
from_json(const struct cc_jval *o, struct cc_expect *e)
{
  bool bad = !cc_jis(o, CC_JSON_OBJECT);
  struct reader r = read_list(cc_jget(o, "capabilities"), &bad), name = { cc_jget(o, "cgroup"), &bad };

  for (size_t i = 0; i < CC_CAP_SETS; i++)
    e->capabilities[i] = take_number(&r, UINT64_MAX);
  e->no_new_privs = read_bool(o, "noNewPrivs", &bad);
  e->seccomp = read_bool(o, "seccomp", &bad);
  e->network_none = read_bool(o, "networkNone", &bad);
  e->terminal = read_bool(o, "terminal", &bad);
  e->hooks = read_bool(o, "hooks", &bad);
  e->uid = read_id(o, "uid", &bad);
  e->gid = read_id(o, "gid", &bad);
  read_groups(cc_jget(o, "groups"), e, &bad);
  r = read_list(cc_jget(o, "namespaces"), &bad);
  for (size_t i = 0; i < CC_NAMESPACES; i++)
    {
      e->namespaces[i].kind = (enum cc_namespace_kind)take_number(&r, CC_NS_JOINED);
      e->namespaces[i].ino = take_number(&r, UINT64_MAX);
    }
  r = read_list(cc_jget(o, "root"), &bad);
  e->root = take_object(&r);
  e->root_read_only = read_bool(o, "rootReadOnly", &bad);
  e->below_root = read_bool(o, "belowRoot", &bad);
  read_mounts(cc_jget(o, "mounts"), e, &bad);
  read_strings(cc_jget(o, "masked"), &e->masked, &bad);
  read_strings(cc_jget(o, "readOnly"), &e->read_only, &bad);
  read_devices(cc_jget(o, "devices"), e, &bad);
  e->cgroup = take_string(&name);
  return !bad;
}

int
cc_expect_read(const char *text, struct cc_expect *out, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = NULL;
  struct cc_expect e = { .mounts = NULL };

  if (cc_json_parse(text, strlen(text), "what the container must look like", &doc, err) < 0)
    return CC_FAILED;
  if (!from_json(cc_json_root(doc), &e))
    {
      cc_expect_clear(&e);
      return cc_error_set(err, 0, "what the container must look like is not complete");
    }
  *out = e;
  return 0;
}
