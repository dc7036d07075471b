#include "common/json.h"

#include "common/arena.h"
#include "common/json_text.h"
#include "common/own.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#define ARENA_PER_BYTE 16 /* of a text; a Docker configuration with its seccomp profile narrowed takes 22 */
#define ARENA_FIRST_MAX (1u << 20)

struct cc_json
{
  struct cc_arena arena;
  struct cc_jval *root;
};

/* -- the document and its arena -- */

struct cc_json *
cc_json_new(void)
{
  return cc_xcalloc(1, sizeof(struct cc_json));
}

/* A document for a text of LENGTH bytes. */
static struct cc_json *
new_for_text(size_t length)
{
  struct cc_json *doc = cc_json_new();

  doc->arena.want = length < ARENA_FIRST_MAX / ARENA_PER_BYTE ? length * ARENA_PER_BYTE : ARENA_FIRST_MAX;
  return doc;
}

void
cc_json_free(struct cc_json *doc)
{
  if (doc == NULL)
    return;
  cc_arena_clear(&doc->arena);
  free(doc);
}

void
cc_cleanup_json(struct cc_json **doc)
{
  cc_json_free(*doc);
  *doc = NULL;
}

void *
cc_json_alloc(struct cc_json *doc, size_t size)
{
  return memset(cc_arena_take(&doc->arena, size), 0, size);
}

struct cc_jval *
cc_json_root(const struct cc_json *doc)
{
  return doc->root;
}

void
cc_json_set_root(struct cc_json *doc, struct cc_jval *root)
{
  doc->root = root;
}

static char *
copy_text(struct cc_json *doc, const char *s, size_t length)
{
  char *p = cc_arena_take(&doc->arena, length + 1);

  memcpy(p, s, length);
  p[length] = '\0';
  return p;
}

/* -- folding -- */

/* The next character of *S under Go's folding of object keys, 0 at the end. */
static unsigned char
fold_next(const unsigned char **s)
{
  const unsigned char *p = *s;

  if (p[0] == 0xc5 && p[1] == 0xbf) /* U+017F */
    {
      *s += 2;
      return 's';
    }
  if (p[0] == 0xe2 && p[1] == 0x84 && p[2] == 0xaa) /* U+212A */
    {
      *s += 3;
      return 'k';
    }
  if (p[0] != 0)
    *s += 1;
  return p[0] >= 'A' && p[0] <= 'Z' ? p[0] + 32 : p[0];
}

static int
fold_compare(const char *a, const char *b)
{
  const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;

  for (;;)
    {
      unsigned char c = fold_next(&x), d = fold_next(&y);

      if (c != d)
        return c < d ? -1 : 1;
      if (c == 0)
        return 0;
    }
}

bool
cc_json_fold_equal(const char *a, const char *b)
{
  return fold_compare(a, b) == 0;
}

uint32_t
cc_json_fold_hash_n(const char *key, size_t length)
{
  const unsigned char *p = (const unsigned char *)key, *end = p + length;
  uint32_t h = 2166136261u;

  while (p < end)
    h = (h ^ fold_next(&p)) * 16777619u;
  return h;
}

static uint32_t
fold_hash(const char *key)
{
  return cc_json_fold_hash_n(key, strlen(key));
}

/* -- making and changing -- */

struct cc_jval *
cc_jnew(struct cc_json *doc, enum cc_json_type type)
{
  struct cc_jval *v = cc_json_alloc(doc, sizeof(*v));

  v->type = type;
  return v;
}

static struct cc_jval *
new_text(struct cc_json *doc, enum cc_json_type type, const char *s, size_t length)
{
  struct cc_jval *v = cc_jnew(doc, type);

  v->text = copy_text(doc, s, length);
  v->length = length;
  return v;
}

struct cc_jval *
cc_jnew_str(struct cc_json *doc, const char *s)
{
  return new_text(doc, CC_JSON_STRING, s, strlen(s));
}

struct cc_jval *
cc_jnew_strn(struct cc_json *doc, const char *s, size_t length)
{
  return new_text(doc, CC_JSON_STRING, s, length);
}

struct cc_jval *
cc_jnew_bool(struct cc_json *doc, bool b)
{
  struct cc_jval *v = cc_jnew(doc, CC_JSON_BOOL);

  v->boolean = b;
  return v;
}

struct cc_jval *
cc_jnew_number(struct cc_json *doc, const char *text)
{
  return new_text(doc, CC_JSON_NUMBER, text, strlen(text));
}

struct cc_jval *
cc_jnew_int(struct cc_json *doc, int64_t n)
{
  char text[24];

  snprintf(text, sizeof(text), "%" PRId64, n);
  return cc_jnew_number(doc, text);
}

struct cc_jval *
cc_jnew_uint(struct cc_json *doc, uint64_t n)
{
  char text[24];

  snprintf(text, sizeof(text), "%" PRIu64, n);
  return cc_jnew_number(doc, text);
}

struct cc_jval *
cc_jcopy(struct cc_json *doc, const struct cc_jval *v)
{
  struct cc_jval *copy = cc_jnew(doc, v->type);

  copy->boolean = v->boolean;
  if (v->text != NULL)
    {
      copy->text = copy_text(doc, v->text, v->length);
      copy->length = v->length;
    }
  cc_jeach(c, v)
  {
    struct cc_jval *child = cc_jcopy(doc, c);

    if (c->key != NULL)
      {
        child->key = copy_text(doc, c->key, strlen(c->key));
        child->fold = c->fold;
      }
    cc_jappend(copy, child);
  }
  return copy;
}

void
cc_jappend(struct cc_jval *parent, struct cc_jval *v)
{
  v->next = NULL;
  if (parent->last != NULL)
    parent->last->next = v;
  else
    parent->first = v;
  parent->last = v;
  parent->count++;
}

void
cc_jprepend(struct cc_jval *parent, struct cc_jval *v)
{
  v->next = parent->first;
  parent->first = v;
  if (parent->last == NULL)
    parent->last = v;
  parent->count++;
}

void
cc_jappend_str(struct cc_json *doc, struct cc_jval *arr, const char *s)
{
  cc_jappend(arr, cc_jnew_str(doc, s));
}

void
cc_jremove(struct cc_jval *parent, struct cc_jval *child)
{
  struct cc_jval *before = NULL;

  for (struct cc_jval *c = parent->first; c != NULL; before = c, c = c->next)
    {
      if (c != child)
        continue;
      if (before != NULL)
        before->next = c->next;
      else
        parent->first = c->next;
      if (parent->last == c)
        parent->last = before;
      parent->count--;
      return;
    }
}

bool
cc_jdel(struct cc_jval *obj, const char *key)
{
  struct cc_jval *v = cc_jget(obj, key);

  if (v == NULL)
    return false;
  cc_jremove(obj, v);
  return true;
}

void
cc_jset(struct cc_json *doc, struct cc_jval *obj, const char *key, struct cc_jval *v)
{
  struct cc_jval *old = cc_jget(obj, key);

  v->key = copy_text(doc, key, strlen(key));
  v->fold = fold_hash(key);
  if (old == NULL)
    {
      cc_jappend(obj, v);
      return;
    }
  for (struct cc_jval **link = &obj->first; *link != NULL; link = &(*link)->next)
    if (*link == old)
      {
        *link = v;
        break;
      }
  v->next = old->next;
  if (obj->last == old)
    obj->last = v;
}

void
cc_jset_str(struct cc_json *doc, struct cc_jval *obj, const char *key, const char *s)
{
  cc_jset(doc, obj, key, cc_jnew_str(doc, s));
}

void
cc_jset_int(struct cc_json *doc, struct cc_jval *obj, const char *key, int64_t n)
{
  cc_jset(doc, obj, key, cc_jnew_int(doc, n));
}

void
cc_jset_bool(struct cc_json *doc, struct cc_jval *obj, const char *key, bool b)
{
  cc_jset(doc, obj, key, cc_jnew_bool(doc, b));
}

static struct cc_jval *
need(struct cc_json *doc, struct cc_jval *obj, const char *key, enum cc_json_type type)
{
  struct cc_jval *v = cc_jget(obj, key);

  if (!cc_jis(v, type))
    {
      v = cc_jnew(doc, type);
      cc_jset(doc, obj, key, v);
    }
  return v;
}

struct cc_jval *
cc_jneed_object(struct cc_json *doc, struct cc_jval *obj, const char *key)
{
  return need(doc, obj, key, CC_JSON_OBJECT);
}

struct cc_jval *
cc_jneed_array(struct cc_json *doc, struct cc_jval *obj, const char *key)
{
  return need(doc, obj, key, CC_JSON_ARRAY);
}

/* -- reading values -- */

static struct cc_jval *
get_n(const struct cc_jval *obj, const char *key, size_t length)
{
  if (obj == NULL || obj->type != CC_JSON_OBJECT)
    return NULL;
  cc_jeach(c, obj) if (c->key[0] == key[0] && strncmp(c->key, key, length) == 0 && c->key[length] == '\0') return c;
  return NULL;
}

struct cc_jval *
cc_jget(const struct cc_jval *obj, const char *key)
{
  return get_n(obj, key, strlen(key));
}

struct cc_jval *
cc_jpath(const struct cc_jval *obj, const char *path)
{
  const struct cc_jval *v = obj;

  for (;;)
    {
      size_t length = strcspn(path, ".");

      v = get_n(v, path, length);
      if (v == NULL || path[length] == '\0')
        return (struct cc_jval *)v;
      path += length + 1;
    }
}

bool
cc_jis(const struct cc_jval *v, enum cc_json_type type)
{
  return v != NULL && v->type == type;
}

const char *
cc_jstr(const struct cc_jval *v)
{
  return cc_jis(v, CC_JSON_STRING) ? v->text : NULL;
}

const char *
cc_jget_str(const struct cc_jval *obj, const char *key)
{
  return cc_jstr(cc_jget(obj, key));
}

bool
cc_jbool(const struct cc_jval *v, bool fallback)
{
  return cc_jis(v, CC_JSON_BOOL) ? v->boolean : fallback;
}

int
cc_jint64(const struct cc_jval *v, int64_t *out)
{
  char *end;
  long long n;

  if (!cc_jis(v, CC_JSON_NUMBER) || v->text[strspn(v->text, "-0123456789")] != '\0')
    return -1;
  errno = 0;
  n = strtoll(v->text, &end, 10);
  if (errno != 0 || *end != '\0')
    return -1;
  *out = n;
  return 0;
}

int
cc_juint64(const struct cc_jval *v, uint64_t *out)
{
  char *end;
  unsigned long long n;

  if (!cc_jis(v, CC_JSON_NUMBER) || v->text[strspn(v->text, "0123456789")] != '\0')
    return -1;
  errno = 0;
  n = strtoull(v->text, &end, 10);
  if (errno != 0 || *end != '\0')
    return -1;
  *out = n;
  return 0;
}

bool
cc_jarray_has(const struct cc_jval *v, const char *s)
{
  if (!cc_jis(v, CC_JSON_ARRAY))
    return false;
  cc_jeach(c, v) if (c->type == CC_JSON_STRING && strcmp(c->text, s) == 0) return true;
  return false;
}

/* -- parsing -- */

struct parse
{
  struct cc_json *doc;
  struct cc_jval *stack[CC_JSON_MAX_DEPTH];
  unsigned depth;
  const char *key; /* of the member whose value comes next */
  uint32_t fold;
  const char *what;
  struct cc_error *err;
};

static int
put(struct parse *p, struct cc_jval *v)
{
  struct cc_jval *parent = p->depth > 0 ? p->stack[p->depth - 1] : NULL;

  if (parent == NULL)
    p->doc->root = v;
  else
    {
      if (parent->type == CC_JSON_OBJECT)
        {
          v->key = p->key;
          v->fold = p->fold;
        }
      cc_jappend(parent, v);
    }
  return 1;
}

static int
on_null(void *ctx)
{
  struct parse *p = ctx;

  return put(p, cc_jnew(p->doc, CC_JSON_NULL));
}

static int
on_boolean(void *ctx, int b)
{
  struct parse *p = ctx;

  return put(p, cc_jnew_bool(p->doc, b != 0));
}

static int
on_number(void *ctx, const char *text, size_t length)
{
  struct parse *p = ctx;

  return put(p, new_text(p->doc, CC_JSON_NUMBER, text, length));
}

static int
on_string(void *ctx, const unsigned char *text, size_t length)
{
  struct parse *p = ctx;

  return put(p, new_text(p->doc, CC_JSON_STRING, (const char *)text, length));
}

static int
on_key(void *ctx, const unsigned char *text, size_t length)
{
  struct parse *p = ctx;

  p->key = copy_text(p->doc, (const char *)text, length);
  p->fold = fold_hash(p->key);
  return 1;
}

static int
open_container(struct parse *p, enum cc_json_type type)
{
  struct cc_jval *v;

  if (p->depth == CC_JSON_MAX_DEPTH)
    {
      cc_error_refuse(p->err, "json", "%s: nested deeper than %d levels: no runtime needs that; flatten it", p->what,
                      CC_JSON_MAX_DEPTH);
      return 0;
    }
  v = cc_jnew(p->doc, type);
  put(p, v);
  p->stack[p->depth++] = v;
  return 1;
}

static int
on_map_start(void *ctx)
{
  return open_container(ctx, CC_JSON_OBJECT);
}

static int
on_array_start(void *ctx)
{
  return open_container(ctx, CC_JSON_ARRAY);
}

static int
on_array_end(void *ctx)
{
  ((struct parse *)ctx)->depth--;
  return 1;
}

static int
compare_keys(const void *a, const void *b)
{
  const struct cc_jval *const *x = a, *const *y = b;

  return fold_compare((*x)->key, (*y)->key);
}

/* Two members of OBJ whose keys fold to the same, or false. Sorted when there are many, so that a
 * huge object costs n log n. */
static bool
find_twins(const struct cc_jval *obj, const char **one, const char **other)
{
  struct cc_jval **all;
  uint32_t n = 0;
  bool found = false;

  if (obj->count <= 32)
    {
      cc_jeach(a, obj) for (const struct cc_jval *b = a->next; b != NULL;
                            b = b->next) if (a->fold == b->fold && fold_compare(a->key, b->key) == 0)
      {
        *one = a->key;
        *other = b->key;
        return true;
      }
      return false;
    }
  all = cc_xcalloc(obj->count, sizeof(struct cc_jval *));
  cc_jeach(a, obj) all[n++] = a;
  qsort(all, n, sizeof(struct cc_jval *), compare_keys);
  for (uint32_t i = 1; i < n && !found; i++)
    if (fold_compare(all[i - 1]->key, all[i]->key) == 0)
      {
        *one = all[i - 1]->key;
        *other = all[i]->key;
        found = true;
      }
  free(all);
  return found;
}

static int
on_map_end(void *ctx)
{
  struct parse *p = ctx;
  const char *one, *other;

  if (find_twins(p->stack[--p->depth], &one, &other))
    {
      cc_error_refuse(p->err, "json",
                      "%s: members `%s` and `%s` of one object: parsers disagree on which one counts; keep one",
                      p->what, one, other);
      return 0;
    }
  return 1;
}

static const yajl_callbacks callbacks = {
  .yajl_null = on_null,
  .yajl_boolean = on_boolean,
  .yajl_number = on_number,
  .yajl_string = on_string,
  .yajl_start_map = on_map_start,
  .yajl_map_key = on_key,
  .yajl_end_map = on_map_end,
  .yajl_start_array = on_array_start,
  .yajl_end_array = on_array_end,
};

static int
parse_failed(struct parse *p, yajl_handle handle, const char *text, size_t length)
{
  unsigned char *why;

  if (cc_error_is_refusal(p->err))
    return CC_FAILED;
  why = yajl_get_error(handle, 0, (const unsigned char *)text, length);
  if (why != NULL)
    why[strcspn((char *)why, "\n")] = '\0';
  cc_error_refuse(p->err, "json", "%s: byte %zu: %.200s: not one JSON value; write strict JSON", p->what,
                  yajl_get_bytes_consumed(handle), why != NULL ? (const char *)why : "broken");
  if (why != NULL)
    yajl_free_error(handle, why);
  return CC_FAILED;
}

int
cc_json_parse(const char *text, size_t length, const char *what, struct cc_json **out, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = new_for_text(length);
  struct cc_error own = CC_ERROR_INIT;
  struct parse p = { .doc = doc, .what = what, .err = &own };
  yajl_handle handle;
  int failed = 0;

  if (length > CC_JSON_MAX_SIZE)
    return cc_error_refuse(err, "json", "%s: %zu bytes: more than %u; make it smaller", what, length, CC_JSON_MAX_SIZE);
  if (cc_json_check_text(text, length, what, err) < 0)
    return CC_FAILED;

  handle = yajl_alloc(&callbacks, NULL, &p);
  if (handle == NULL)
    abort();
  if (yajl_parse(handle, (const unsigned char *)text, length) != yajl_status_ok
      || yajl_complete_parse(handle) != yajl_status_ok)
    failed = parse_failed(&p, handle, text, length);
  else if (doc->root == NULL)
    failed = cc_error_refuse(&own, "json", "%s: empty: not one JSON value; write strict JSON", what);
  yajl_free(handle);
  if (failed < 0)
    {
      if (err != NULL)
        *err = own;
      return CC_FAILED;
    }
  *out = cc_move_ptr(doc);
  return 0;
}
