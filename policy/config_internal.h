/* What the parts of the configuration reader share. Nothing outside policy/ includes it.
 *
 *   schema.c   walks a document along tables of keys: strictness, places, suggestions
 *   tables.c   the tables: which keys there are
 *   value*.c   readers, one for each kind of value
 *   layer.c    what a block of the configuration said, and how blocks are merged
 *   load.c     files and who may write them
 *   resolve.c  the effective policy of an identity */
#ifndef CC_POLICY_CONFIG_INTERNAL_H
#define CC_POLICY_CONFIG_INTERNAL_H

#include "common/error.h"
#include "common/json.h"
#include "policy/config.h"
#include "policy/field.h"
#include "policy/policy.h"
#include "policy/reading.h"
#include "policy/tool_config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* -- layers -- */

#define CC_BIT(field) (UINT64_C(1) << (field))

struct cc_bind_list
{
  struct cc_bind *items;
  size_t count;
};

/* What one block said; the members whose bit is not set mean nothing. */
struct cc_layer
{
  uint64_t set;
  struct cc_policy policy; /* its `origin` has the places of the fields beyond CC_FIELD_POLICY_END too */
  bool browser_enabled, browser_host_control;
  char *browser_network;
  struct cc_bind_list browser_binds;
  struct cc_tool_block *tools; /* NULL when the block has none */
  struct cc_tool_rules *rules; /* while reading: the part of `tools` that is being read */
};

struct cc_agent
{
  char *id;
  struct cc_layer *layer; /* a pointer: a layer is 2 KiB, and the array of agents grows */
  unsigned file;          /* number of the file that wrote it last: twice in one file is an error */
};

struct cc_config
{
  struct cc_layer defaults; /* ours */
  struct cc_layer global;   /* the operator's agents.defaults, runtime and audit */
  struct cc_agent *agents;
  size_t agent_count, agent_room;
  uint32_t *agent_slots; /* a hash table of agents: 1 + index, 0 for a free slot; at most half full */
  size_t agent_slot_count;
  char *main_key;
  struct cc_strings files; /* read so far, the first is number 1 */
};

static inline bool
cc_layer_has(const struct cc_layer *layer, enum cc_field field)
{
  return (layer->set & CC_BIT(field)) != 0;
}

void cc_layer_clear(struct cc_layer *layer);

/* Where FIELD is stored in LAYER; NULL for CC_FIELD_NONE. */
void *cc_layer_slot(struct cc_layer *layer, enum cc_field field);

/* Puts those fields of LAYER that are in MASK over POLICY: binds are appended, env and ulimits go by
 * name, everything else replaces. */
void cc_layer_merge(struct cc_policy *policy, const struct cc_layer *layer, uint64_t mask);

void cc_strings_add(struct cc_strings *list, const char *s);
void cc_strings_clear(struct cc_strings *list);
void cc_set_string(char **slot, const char *s);
/* Adds a bind, in the place of one with the same target. It is copied. */
void cc_binds_add(struct cc_bind_list *list, const struct cc_bind *bind);
void cc_binds_clear(struct cc_bind_list *list);
void cc_env_set(struct cc_policy *policy, const struct cc_env_entry *entry);
void cc_ulimit_set(struct cc_policy *policy, const struct cc_ulimit *ulimit);

/* The tools block of LAYER, made when there is none. */
struct cc_tool_block *cc_layer_tools(struct cc_layer *layer);
void cc_tool_block_free(struct cc_tool_block *block);

/* The agent ID (compared without regard to ASCII case, as gateways do), or NULL. */
const struct cc_agent *cc_config_agent(const struct cc_config *config, const char *id);
/* The same, made when there is none. */
struct cc_agent *cc_config_need_agent(struct cc_config *config, const char *id);

/* -- the walk along the tables -- */

/* One reading of one file. */
struct cc_read
{
  const char *file;
  struct cc_config *config;
  struct cc_reading *reading; /* every error is noted there, and the reading goes on; NULL: the first one ends it */
  struct cc_error *err;
};

/* The way from the root to a value, for messages: a key, or an index when the key is NULL. */
struct cc_where
{
  const struct cc_where *up;
  const char *key;
  size_t index;
};

struct cc_key;

/* Checks V, the value of KEY, and stores it in LAYER. */
typedef int cc_reader(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                      const struct cc_key *key, struct cc_layer *layer);

/* What a value looks like, for those who describe the tables: the schema, and the import of a gateway's file. */
enum cc_shape
{
  CC_SHAPE_BY_READER, /* as the reader says (cc_shape_of) */
  CC_SHAPE_ANY,       /* the gateway's own */
  CC_SHAPE_REFUSED,
  CC_SHAPE_BOOL,
  CC_SHAPE_STRING,
  CC_SHAPE_WORD, /* one of KEY->arg */
  CC_SHAPE_INTEGER,
  CC_SHAPE_NUMBER,
  CC_SHAPE_SIZE,
  CC_SHAPE_PATH,
  CC_SHAPE_PATH_OR_EMPTY,
  CC_SHAPE_PATHS,
  CC_SHAPE_STRINGS,
  CC_SHAPE_SCALARS,
  CC_SHAPE_TEXT,
  CC_SHAPE_USER,
  CC_SHAPE_NETWORK,
  CC_SHAPE_ENV,
  CC_SHAPE_ULIMITS,
  CC_SHAPE_BINDS,
  CC_SHAPE_RUNTIMES,
  CC_SHAPE_LAST_WORD, /* of a session's key */
  CC_SHAPE_OBJECT,    /* KEY->arg is a struct cc_object */
  CC_SHAPE_MAP,       /* KEY->arg is the struct cc_key of every value */
  CC_SHAPE_AGENTS,    /* an array of agents, KEY->arg is an agent's struct cc_object */
};

struct cc_key
{
  const char *name; /* NULL ends a table */
  cc_reader *read;
  enum cc_field field;
  const char *twin;    /* another spelling of the same key; both together are an error */
  const void *arg;     /* const struct cc_object * for an object, const char *const * for words */
  int64_t min, max;    /* for numbers and sizes */
  enum cc_shape shape; /* where the reader does not say */
};

struct cc_object
{
  const struct cc_key *keys;
  bool shared; /* with the gateway: unknown keys are its own, unless they differ from one of ours by a slip */
};

/* What the values of KEY look like. */
enum cc_shape cc_shape_of(const struct cc_key *key);

extern const struct cc_object cc_table_root, cc_table_tools;

/* Reads V along the table KEY->arg. */
cc_reader cc_read_object;

/* A `tools` block: reads it into the layer's, and holds its lists to each other (policy/tables_tools.c). */
cc_reader cc_read_tools;
/* An object that is a map: each of its values is read by the key KEY->arg. */
cc_reader cc_read_map;
/* An array of strings or numbers. */
cc_reader cc_read_scalars;

/* Reads all of DOC's root into READ->config. */
int cc_read_root(const struct cc_read *read, const struct cc_jval *root);

/* Checks what only the whole file shows, after cc_read_root. */
int cc_check_root(const struct cc_read *read, const struct cc_jval *root);

/* Reads a text over what CONFIG holds. With READING (may be NULL) every error is noted there and the text is kept; what
 * is wrong counts as not written. Without it, after a failure CONFIG is good for nothing but cc_config_free. */
int cc_config_add_text(struct cc_config *config, const char *text, size_t length, const char *name,
                       struct cc_reading *reading, struct cc_error *err);

/* Reads the host's files over CONFIG: cc_config_load, with READING as above. */
int cc_config_load_files(struct cc_config *config, const char *path, struct cc_reading *reading, struct cc_error *err);

/* Notes a problem at a place of FILE ("" for none), line 0 for the whole file. */
void cc_reading_note(struct cc_reading *reading, const char *rule, const char *file, uint32_t line, uint32_t column,
                     const char *text);
/* Keeps a text, and DOC (may be NULL), which is taken over. */
void cc_reading_keep(struct cc_reading *reading, const char *path, const char *text, size_t length,
                     struct cc_json *doc);

/* Where V was written, for a value of LAYER. */
struct cc_origin cc_origin_of(const struct cc_read *read, const struct cc_layer *layer, const struct cc_jval *v);

/* What a loop over values does after one failed: true to go on with the next. */
static inline bool
cc_goes_on(const struct cc_read *read)
{
  return read->reading != NULL;
}

/* "FILE:LINE:COLUMN: `where` is V: FMT", a refusal by "config". */
int cc_bad(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const char *fmt, ...)
    CC_PRINTF(4, 5);
/* "FILE:LINE:COLUMN: FMT" at the key of MEMBER. */
int cc_bad_key(const struct cc_read *read, const struct cc_jval *member, const char *fmt, ...) CC_PRINTF(3, 4);
/* WHERE as "agents.list[0].sandbox" in OUT. */
void cc_where_text(const struct cc_where *where, char *out, size_t size);

/* -- readers of values -- */

cc_reader cc_read_any, cc_read_bool, cc_read_string, cc_read_word, cc_read_integer, cc_read_number, cc_read_size,
    cc_read_path, cc_read_path_or_empty, cc_read_paths, cc_read_strings, cc_read_text, cc_read_user, cc_read_network,
    cc_read_caps, cc_read_env, cc_read_ulimits, cc_read_binds, cc_read_tmpfs, cc_read_devices, cc_read_seccomp,
    cc_read_apparmor, cc_read_low_level;

/* True when S has no control character. */
bool cc_is_plain(const char *s);
/* "container:…", which needs dangerouslyAllowContainerNamespaceJoin. */
bool cc_network_joins(const char *network);
/* True when TARGET is a place that the sandbox itself fills: /workspace or /agent. */
bool cc_target_is_reserved(const char *target);

#endif
