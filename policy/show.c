#include "policy/show.h"

#include "common/own.h"

#include <inttypes.h>
#include <stdio.h>

/* -- words and texts -- */

const char *
cc_mode_word(enum cc_mode mode)
{
  static const char *const words[] = { "off", "non-main", "all" };

  return words[mode];
}

const char *
cc_scope_word(enum cc_scope scope)
{
  static const char *const words[] = { "session", "agent", "shared" };

  return words[scope];
}

const char *
cc_access_word(enum cc_workspace_access access)
{
  static const char *const words[] = { "none", "ro", "rw" };

  return words[access];
}

const char *
cc_enforcement_word(enum cc_enforcement enforcement)
{
  static const char *const words[] = { "enforce", "report" };

  return words[enforcement];
}

char *
cc_size_text(uint64_t bytes)
{
  static const char units[] = "kmgtp";
  char unit = '\0';

  for (const char *u = units; *u != '\0' && bytes != 0 && bytes % 1024 == 0; u++)
    {
      bytes /= 1024;
      unit = *u;
    }
  return cc_xasprintf("%" PRIu64 "%.1s", bytes, (const char[]){ unit, '\0' });
}

/* -- values -- */

static struct cc_jval *
words_of(struct cc_json *doc, const struct cc_strings *list)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < list->count; i++)
    cc_jappend_str(doc, array, list->items[i]);
  return array;
}

static struct cc_jval *
size_of(struct cc_json *doc, uint64_t bytes)
{
  cc_auto_free char *text = cc_size_text(bytes);

  return cc_jnew_str(doc, text);
}

static struct cc_jval *
caps_of(struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *array = words_of(doc, &p->cap_drop);

  if (p->drop_all_capabilities)
    cc_jappend_str(doc, array, "ALL");
  return array;
}

static struct cc_jval *
user_of(struct cc_json *doc, const struct cc_policy *p)
{
  cc_auto_free char *text = p->user_auto ? cc_xstrdup("auto") : cc_xasprintf("%" PRIu32 ":%" PRIu32, p->uid, p->gid);

  return cc_jnew_str(doc, text);
}

static struct cc_jval *
cpus_of(struct cc_json *doc, const struct cc_policy *p)
{
  cc_auto_free char *text = cc_xasprintf("%.10g", p->cpus);

  return cc_jnew_number(doc, text);
}

static struct cc_jval *
limit_of(struct cc_json *doc, uint64_t n)
{
  return n == UINT64_MAX ? cc_jnew_int(doc, -1) : cc_jnew_uint(doc, n);
}

static struct cc_jval *
ulimits_of(struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

  for (size_t i = 0; i < p->ulimit_count; i++)
    {
      struct cc_jval *one = cc_jneed_object(doc, o, p->ulimits[i].name);

      cc_jset(doc, one, "soft", limit_of(doc, p->ulimits[i].soft));
      cc_jset(doc, one, "hard", limit_of(doc, p->ulimits[i].hard));
    }
  return o;
}

static struct cc_jval *
binds_of(struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < p->bind_count; i++)
    {
      cc_auto_free char *text
          = cc_xasprintf("%s:%s:%s", p->binds[i].source, p->binds[i].target, p->binds[i].read_only ? "ro" : "rw");

      cc_jappend_str(doc, array, text);
    }
  return array;
}

static struct cc_jval *
env_of(struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < p->env_count; i++)
    cc_jappend_str(doc, array, p->env[i].name);
  return array;
}

struct cc_jval *
cc_policy_value(struct cc_json *doc, const struct cc_policy *p, enum cc_field field)
{
  switch (field)
    {
    case CC_FIELD_MODE:
      return cc_jnew_str(doc, cc_mode_word(p->mode));
    case CC_FIELD_SCOPE:
      return cc_jnew_str(doc, cc_scope_word(p->scope));
    case CC_FIELD_WORKSPACE_ACCESS:
      return cc_jnew_str(doc, cc_access_word(p->workspace_access));
    case CC_FIELD_WORKSPACE_ROOT:
      return cc_jnew_str(doc, p->workspace_root);
    case CC_FIELD_READ_ONLY_ROOT:
      return cc_jnew_bool(doc, p->read_only_root);
    case CC_FIELD_NETWORK:
      return cc_jnew_str(doc, p->network);
    case CC_FIELD_CAP_DROP:
      return caps_of(doc, p);
    case CC_FIELD_TMPFS:
      return words_of(doc, &p->tmpfs);
    case CC_FIELD_TMPFS_SIZE:
      return size_of(doc, p->tmpfs_size);
    case CC_FIELD_USER:
      return user_of(doc, p);
    case CC_FIELD_PIDS_LIMIT:
      return cc_jnew_int(doc, p->pids_limit);
    case CC_FIELD_MEMORY:
      return size_of(doc, p->memory);
    case CC_FIELD_MEMORY_SWAP:
      return size_of(doc, p->memory_swap);
    case CC_FIELD_CPUS:
      return cpus_of(doc, p);
    case CC_FIELD_ULIMITS:
      return ulimits_of(doc, p);
    case CC_FIELD_BINDS:
      return binds_of(doc, p);
    case CC_FIELD_ENV:
      return env_of(doc, p);
    case CC_FIELD_SETUP_COMMAND:
      return cc_jnew_bool(doc, p->setup_command[0] != '\0'); /* a command can have a secret in it */
    case CC_FIELD_SECCOMP_PROFILE:
      return cc_jnew_str(doc, p->seccomp_profile);
    case CC_FIELD_APPARMOR_PROFILE:
      return cc_jnew_str(doc, p->apparmor_profile);
    case CC_FIELD_DEVICES:
      return words_of(doc, &p->devices);
    case CC_FIELD_GPUS:
      return cc_jnew_str(doc, p->gpus);
    case CC_FIELD_NAMESPACE_JOIN:
      return cc_jnew_bool(doc, p->allow_namespace_join);
    case CC_FIELD_RESERVED_TARGETS:
      return cc_jnew_bool(doc, p->allow_reserved_targets);
    case CC_FIELD_EXTERNAL_BINDS:
      return cc_jnew_bool(doc, p->allow_external_binds);
    case CC_FIELD_ENFORCEMENT:
      return cc_jnew_str(doc, cc_enforcement_word(p->enforcement));
    case CC_FIELD_LOW_LEVEL:
      return words_of(doc, &p->low_level);
    case CC_FIELD_AUDIT_FILE:
      return cc_jnew_str(doc, p->audit_file);
    case CC_FIELD_AUDIT_JOURNALD:
      return cc_jnew_bool(doc, p->audit_journald);
    case CC_FIELD_AUDIT_RETENTION:
      return cc_jnew_int(doc, p->audit_retention_days);
    default:
      return NULL;
    }
}
