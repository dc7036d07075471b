#include "policy/mountinfo.h"

#include "common/fd.h"
#include "common/own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOUNTINFO "/proc/self/mountinfo"

/* The kernel writes blank, tab, newline and backslash as \ooo (fs/proc_namespace.c, mangle). */
static void
unescape(char *s)
{
  char *out = strchr(s, '\\');

  if (out == NULL)
    return;
  s = out;
  for (; *s != '\0'; s++)
    if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7')
      {
        *out++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
        s += 3;
      }
    else
      *out++ = *s;
  *out = '\0';
}

/* The next blank-separated word of *LINE, which moves on; NULL at the end. */
static char *
next_word(char **line)
{
  char *word = *line, *end;

  if (word == NULL || *word == '\0')
    return NULL;
  end = strchr(word, ' ');
  if (end != NULL)
    *end++ = '\0';
  *line = end;
  return word;
}

/* WORD is a number that END ends; sscanf would take most of the time of a whole table. */
static bool
parse_number(const char *word, char end, uint64_t *out, const char **rest)
{
  char *stop;

  if (word[0] < '0' || word[0] > '9')
    return false;
  *out = strtoull(word, &stop, 10);
  *rest = stop + 1;
  return *stop == end;
}

/* 36 35 98:0 /root /point opts tag:1 … - type source superopts */
static bool
parse_line(char *line, struct cc_mount *m)
{
  char *id = next_word(&line), *parent = next_word(&line), *device = next_word(&line);
  char *root = next_word(&line), *point = next_word(&line), *options = next_word(&line), *word;
  uint64_t major, minor;
  const char *rest;

  m->shared = false;
  if (parent == NULL || options == NULL || !parse_number(id, '\0', &m->id, &rest)
      || !parse_number(parent, '\0', &m->parent, &rest) || !parse_number(device, ':', &major, &rest)
      || !parse_number(rest, '\0', &minor, &rest))
    return false;
  while ((word = next_word(&line)) != NULL && strcmp(word, "-") != 0)
    m->shared = m->shared || strncmp(word, "shared:", 7) == 0;
  m->type = next_word(&line);
  if (word == NULL || m->type == NULL)
    return false;
  next_word(&line); /* the source, which means nothing to the kernel and may be empty */
  word = next_word(&line);
  m->super = word != NULL ? word : "";
  m->options = options;
  unescape(root);
  unescape(point);
  m->major = (uint32_t)major;
  m->minor = (uint32_t)minor;
  m->root = root;
  m->point = point;
  return true;
}

int
cc_mountinfo_parse(char *text, struct cc_mountinfo *out, struct cc_error *err)
{
  struct cc_mountinfo table = CC_MOUNTINFO_INIT;
  size_t room = 0;
  char *next;

  for (char *line = text; *line != '\0'; line = next)
    {
      next = line + strcspn(line, "\n");
      if (*next == '\n')
        *next++ = '\0';
      if (table.count == room)
        {
          room = room == 0 ? 64 : room * 2;
          table.items = cc_xrealloc(table.items, room * sizeof(*table.items));
        }
      if (!parse_line(line, &table.items[table.count]))
        {
          free(table.items);
          return cc_error_set(err, 0, "`" MOUNTINFO "` has a line that is not understood");
        }
      table.count++;
    }
  table.text = text;
  *out = table;
  return 0;
}

int
cc_mountinfo_load(struct cc_mountinfo *out, struct cc_error *err)
{
  cc_auto_close int fd = open(MOUNTINFO, O_RDONLY | O_CLOEXEC);
  cc_auto_free char *text = NULL;
  size_t length;

  if (fd < 0)
    return cc_error_set(err, errno, "open `" MOUNTINFO "`");
  if (cc_read_all(fd, CC_MOUNTINFO_MAX, MOUNTINFO, &text, &length, err) < 0 || cc_mountinfo_parse(text, out, err) < 0)
    return CC_FAILED;
  text = NULL;
  return 0;
}

bool
cc_mountinfo_has(const char *options, const char *word)
{
  size_t n = strlen(word);

  for (const char *p = options; p != NULL; p = strchr(p, ',') != NULL ? strchr(p, ',') + 1 : NULL)
    if (strncmp(p, word, n) == 0 && (p[n] == ',' || p[n] == '\0'))
      return true;
  return false;
}

const struct cc_mount *
cc_mountinfo_find(const struct cc_mountinfo *table, uint64_t id)
{
  for (size_t i = 0; i < table->count; i++)
    if (table->items[i].id == id)
      return &table->items[i];
  return NULL;
}

/* linux/mount.h of 6.8, which is newer than the headers of Debian 12 */
struct request
{
  uint32_t size, spare;
  uint64_t mount, after;
};

#define UNIQUE_ID 0x4000u /* STATX_MNT_ID_UNIQUE */
#define LISTMOUNT 458     /* the same number on every architecture */

int
cc_mount_has_children(int fd)
{
  struct request request = { .size = sizeof(request) };
  struct statx stx;
  uint64_t child;
  long n;

  if (statx(fd, "", AT_EMPTY_PATH, UNIQUE_ID, &stx) < 0 || (stx.stx_mask & UNIQUE_ID) == 0
      || (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0)
    return -1;
  request.mount = stx.stx_mnt_id;
  n = syscall(LISTMOUNT, &request, &child, 1, 0);
  return n < 0 ? -1 : n > 0;
}

void
cc_mountinfo_clear(struct cc_mountinfo *table)
{
  free(table->items);
  free(table->text);
  *table = (struct cc_mountinfo)CC_MOUNTINFO_INIT;
}
