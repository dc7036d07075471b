#include "shim/mount_options.h"

#include "common/own.h"

#include <string.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* Harmless on every mount. What is not listed is refused, because a runtime may give it a meaning: crun's
 * `copy-symlink` and `src-nofollow` mount another object than the one that was judged, `idmap` changes its owner,
 * and a word that a runtime does not know becomes data of the filesystem. */
static const char *const common_words[]
    = { "bind",         "rbind",      "ro",       "rro",        "rw",          "nosuid",        "nodev",
        "noexec",       "exec",       "rnosuid",  "rnodev",     "rnoexec",     "atime",         "noatime",
        "diratime",     "nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime", "lazytime",
        "nolazytime",   "sync",       "async",    "dirsync",    "silent",      "loud",          "nosymfollow",
        "rnosymfollow", "defaults",   "acl",      "noacl",      "iversion",    "noiversion",    "nomand" };

static const char *const propagation_words[] = { "private", "rprivate", "slave", "rslave" };
static const char *const outward_words[] = { "shared", "rshared", "unbindable", "runbindable" };

/* Podman's own, about filling a new volume from the image, which it leaves behind in a mount's options; "" is what is
 * left of an empty list. runc ignores them, so they mean nothing. */
static const char *const ignored_words[] = { "copy", "nocopy", "" };

/* Options that only one type has. A final '=' stands for any value. */
static const struct
{
  const char *type, *word;
} typed_words[] = {
  { "tmpfs", "size=" },
  { "tmpfs", "mode=" },
  { "tmpfs", "uid=" },
  { "tmpfs", "gid=" },
  { "tmpfs", "nr_inodes=" },
  { "tmpfs", "nr_blocks=" },
  { "tmpfs", "huge=" },
  { "tmpfs", "mpol=" },
  { "tmpfs", "inode32" },
  { "tmpfs", "inode64" },
  { "tmpfs", "noswap" },
  { "tmpfs", "tmpcopyup" },
  { "tmpfs", "notmpcopyup" },
  { "devpts", "newinstance" },
  { "devpts", "ptmxmode=" },
  { "devpts", "mode=" },
  { "devpts", "uid=" },
  { "devpts", "gid=" },
  { "devpts", "max=" },
  { "cgroup2", "nsdelegate" },
  { "cgroup", "nsdelegate" },
  { "cgroup2", "memory_recursiveprot" },
  { "cgroup", "memory_recursiveprot" },
};

/* SELinux: engines add them to what has no labels of its own. A bind's labels are its source's. */
static const char *const label_words[] = { "context=", "fscontext=", "defcontext=", "rootcontext=" };

static bool
is_word(const char *option, const char *word)
{
  size_t n = strlen(word);

  return n > 0 && word[n - 1] == '=' ? strncmp(option, word, n) == 0 : strcmp(option, word) == 0;
}

static bool
is_one_of(const char *option, const char *const *words, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (is_word(option, words[i]))
      return true;
  return false;
}

bool
cc_mount_is_bind(const struct cc_jval *m)
{
  const char *type = cc_jget_str(m, "type");
  const struct cc_jval *options = cc_jget(m, "options");

  return (type != NULL && strcmp(type, "bind") == 0) || cc_jarray_has(options, "bind")
         || cc_jarray_has(options, "rbind");
}

const char *
cc_mount_last_of(const struct cc_jval *options, const char *a, const char *b)
{
  const char *last = NULL;

  cc_jeach(o, options)
  {
    const char *s = cc_jstr(o);

    if (s != NULL && (strcmp(s, a) == 0 || strcmp(s, b) == 0))
      last = s;
  }
  return last;
}

const char *
cc_mount_value(const struct cc_jval *options, const char *key)
{
  const char *value = NULL;

  cc_jeach(o, options)
  {
    const char *s = cc_jstr(o);

    if (s != NULL && is_word(s, key))
      value = s + strlen(key);
  }
  return value;
}

void
cc_mount_remove(struct cc_jval *options, const char *word)
{
  cc_jeach(o, options) if (cc_jstr(o) != NULL && is_word(cc_jstr(o), word)) cc_jremove(options, o);
}

void
cc_mount_remove_ignored(struct cc_jval *options)
{
  for (size_t i = 0; i < N_ELEMENTS(ignored_words); i++)
    cc_mount_remove(options, ignored_words[i]);
}

static bool
is_typed(const char *option, const char *type)
{
  for (size_t i = 0; i < N_ELEMENTS(typed_words); i++)
    if (strcmp(typed_words[i].type, type) == 0 && is_word(option, typed_words[i].word))
      return true;
  return strcmp(type, "bind") != 0 && is_one_of(option, label_words, N_ELEMENTS(label_words));
}

const char *
cc_mount_refused_option(const struct cc_jval *options, const char *type)
{
  cc_jeach(o, options)
  {
    const char *s = cc_jstr(o);

    /* a comma would be two options to the kernel */
    if (s == NULL || s[0] == '\0')
      return "";
    if (strchr(s, ',') != NULL && strstr(s, "context=") == NULL)
      return s;
    if (!is_one_of(s, common_words, N_ELEMENTS(common_words))
        && !is_one_of(s, propagation_words, N_ELEMENTS(propagation_words))
        && !is_one_of(s, outward_words, N_ELEMENTS(outward_words)) && !is_typed(s, type))
      return s;
  }
  return NULL;
}

const char *
cc_mount_refused_propagation(const struct cc_jval *options, bool *any)
{
  *any = false;
  cc_jeach(o, options)
  {
    const char *s = cc_jstr(o);

    if (s == NULL)
      continue;
    if (is_one_of(s, outward_words, N_ELEMENTS(outward_words)))
      return s;
    if (is_one_of(s, propagation_words, N_ELEMENTS(propagation_words)))
      *any = true;
  }
  return NULL;
}

char *
cc_mount_options_text(const struct cc_jval *options)
{
  char *text = cc_xstrdup("");

  cc_jeach(o, options)
  {
    char *more = cc_xasprintf("%s%s%s", text, text[0] != '\0' ? "," : "", cc_jstr(o) != NULL ? cc_jstr(o) : "?");

    free(text);
    text = more;
  }
  return text;
}

int
cc_mount_size(const char *text, uint64_t *out)
{
  static const char units[] = "kmgtpe";
  uint64_t n = 0;
  const char *p = text;

  /* the kernel takes a leading 0 for octal, and 0x for hexadecimal (memparse) */
  if (*p < '0' || *p > '9' || (p[0] == '0' && p[1] >= '0' && p[1] <= '9'))
    return -1;
  for (; *p >= '0' && *p <= '9'; p++)
    if (__builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
      return -1;
  if (*p != '\0')
    {
      const char *unit = strchr(units, *p | 0x20);

      if (unit == NULL || p[1] != '\0')
        return -1;
      for (const char *u = units; u <= unit; u++)
        if (__builtin_mul_overflow(n, 1024u, &n))
          return -1;
    }
  *out = n;
  return 0;
}
