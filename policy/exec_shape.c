#include "policy/exec_shape.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define FILE_TOOL "openclaw-sandbox-fs"
#define MARKER "CODEX_SANDBOX_EXEC_ID="

/* The arguments of an operation, a letter for each: R an absolute path, P any relative one, N a name (in one
 * directory), F a flag (0 or 1), D a number that may be left out. */
static const struct
{
  const char *name, *arguments;
  enum cc_exec_kind kind;
} operations[] = {
  { "read", "RPND", CC_EXEC_READ },        { "readdir", "RP", CC_EXEC_READ },     { "write", "RPNF", CC_EXEC_CHANGE },
  { "create", "RPNF", CC_EXEC_CHANGE },    { "mkdirp", "RP", CC_EXEC_CHANGE },    { "remove", "RPNFF", CC_EXEC_CHANGE },
  { "rename", "RPNRPNF", CC_EXEC_CHANGE }, { "copy", "RPNRPNF", CC_EXEC_CHANGE },
};

static bool
is_shell(const char *name)
{
  return strcmp(name, "sh") == 0 || strcmp(name, "/bin/sh") == 0;
}

static bool
is_argument(char letter, const char *text)
{
  switch (letter)
    {
    case 'R':
      return text[0] == '/';
    case 'P':
      return text[0] != '/';
    case 'N':
      return text[0] != '\0' && strchr(text, '/') == NULL;
    case 'F':
      return (text[0] == '0' || text[0] == '1') && text[1] == '\0';
    default:
      return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
    }
}

static bool
are_arguments(const char *letters, const char *const *argv, size_t count)
{
  size_t want = strlen(letters), least = want > 0 && letters[want - 1] == 'D' ? want - 1 : want;

  if (count < least || count > want)
    return false;
  for (size_t i = 0; i < count; i++)
    if (!is_argument(letters[i], argv[i]))
      return false;
  return true;
}

static bool
is_marker(const char *text)
{
  const char *id = text + strlen(MARKER);

  if (strncmp(text, MARKER, strlen(MARKER)) != 0 || *id == '\0' || strlen(id) > 64)
    return false;
  for (; *id != '\0'; id++)
    if (!isalnum((unsigned char)*id) && *id != '-')
      return false;
  return true;
}

/* ARGV is what follows the script's name. */
static struct cc_exec_shape
file_tool(const char *const *argv, size_t count)
{
  static const struct cc_exec_shape unknown = { CC_EXEC_UNKNOWN_FILE, "an unknown file operation" };

  for (size_t i = 0; count > 0 && i < sizeof(operations) / sizeof(operations[0]); i++)
    if (strcmp(argv[0], operations[i].name) == 0)
      return are_arguments(operations[i].arguments, argv + 1, count - 1)
                 ? (struct cc_exec_shape){ operations[i].kind, operations[i].name }
                 : unknown;
  if (count == 1 && is_marker(argv[0]))
    return (struct cc_exec_shape){ CC_EXEC_CLEANUP, "the clean-up" };
  /* Clawdbot's successor before the third argument: `PATH 0` */
  if (are_arguments("RFF", argv, count) || are_arguments("RF", argv, count))
    return (struct cc_exec_shape){ CC_EXEC_READ, "the canonical path" };
  if (are_arguments("RN", argv, count))
    return (struct cc_exec_shape){ CC_EXEC_READ, "stat" };
  return unknown;
}

struct cc_exec_shape
cc_exec_shape(const char *const *argv, size_t count)
{
  if (count >= 4 && is_shell(argv[0]) && strcmp(argv[1], "-c") == 0 && strcmp(argv[3], FILE_TOOL) == 0)
    return count <= CC_EXEC_SHAPE_MAX ? file_tool(argv + 4, count - 4)
                                      : (struct cc_exec_shape){ CC_EXEC_UNKNOWN_FILE, "an unknown file operation" };
  if (count == 3 && is_shell(argv[0]) && strcmp(argv[1], "-lc") == 0)
    return (struct cc_exec_shape){ CC_EXEC_SHELL, "the agent's shell" };
  if (count == 2 && strcmp(argv[0], "cat") == 0 && strcmp(argv[1], "/proc/self/mountinfo") == 0)
    return (struct cc_exec_shape){ CC_EXEC_MOUNTS, "a look at the mounts" };
  return (struct cc_exec_shape){ CC_EXEC_OTHER, count > 0 ? argv[0] : "" };
}
