/* The lossless JSON document. yajl stays inside common/json.c.
 *
 * A document owns all of its values in one arena: a value lives until the document
 * is freed, also after it was removed from its parent. What is not touched is
 * written back as it was read: member order, unknown members and the text of
 * numbers (18446744073709551615, 1.0e3) survive.
 *
 * Reading is strict, because the same bytes mean different things to Go's and to C's
 * parsers (measured: CONTRIBUTING.md, "Two parsers"): refused are duplicate
 * keys, keys that are equal but for case under Go's folding, a NUL anywhere, comments,
 * lone surrogates, invalid UTF-8, trailing bytes, and more depth or size than the limits. */
#ifndef CC_COMMON_JSON_H
#define CC_COMMON_JSON_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cc_json_type
{
  CC_JSON_NULL,
  CC_JSON_BOOL,
  CC_JSON_NUMBER,
  CC_JSON_STRING,
  CC_JSON_ARRAY,
  CC_JSON_OBJECT,
};

/* One value. Fields are for reading; change them through the functions below. */
struct cc_jval
{
  enum cc_json_type type;
  bool boolean;          /* CC_JSON_BOOL */
  uint32_t line, column; /* 1-based place in a JSON5 text; 0 where nobody asked for places */
  uint32_t count;        /* members or items */
  uint32_t fold;         /* hash of key under folding */
  const char *key;       /* member name (NUL-terminated) when the parent is an object */
  const char *text;      /* CC_JSON_STRING: UTF-8; CC_JSON_NUMBER: its text as written. NUL-terminated */
  size_t length;         /* bytes in text */
  struct cc_jval *first, *last, *next;
};

struct cc_json;

#define CC_JSON_MAX_DEPTH 64
#define CC_JSON_MAX_SIZE (8u << 20)

/* An empty document without a root. The caller owns it. */
struct cc_json *cc_json_new(void);
void cc_json_free(struct cc_json *doc);
void cc_cleanup_json(struct cc_json **doc);
#define cc_auto_json __attribute__((cleanup(cc_cleanup_json)))

/* Reads LENGTH bytes strictly (see above) into a new document in *OUT, which the caller
 * owns. WHAT names the text in errors. Refusals carry the rule "json". */
int cc_json_parse(const char *text, size_t length, const char *what, struct cc_json **out, struct cc_error *err);

/* Serialises VALUE compactly, one line, without a trailing newline. *OUT is malloc'd
 * and the caller's; *LENGTH excludes its final NUL. Bytes that are no UTF-8 become `?`, so that it can be
 * read again. Fails when nested too deep. */
int cc_json_write(const struct cc_jval *value, char **out, size_t *length, struct cc_error *err);

/* The same over several lines, two spaces for each level, with a final newline. */
int cc_json_write_pretty(const struct cc_jval *value, char **out, size_t *length, struct cc_error *err);

/* The root value, NULL for a new document. */
struct cc_jval *cc_json_root(const struct cc_json *doc);
void cc_json_set_root(struct cc_json *doc, struct cc_jval *root);

/* Arena memory of the document, zeroed, aligned for any type; freed with it. */
void *cc_json_alloc(struct cc_json *doc, size_t size);

/* -- reading: all accept NULL, and answer "absent" for a value of another type -- */

/* The member KEY of OBJ or NULL. Exact comparison. */
struct cc_jval *cc_jget(const struct cc_jval *obj, const char *key);
/* The value at PATH, member names joined by '.' ("linux.resources.memory"), or NULL. */
struct cc_jval *cc_jpath(const struct cc_jval *obj, const char *path);
/* The string, or NULL when it is not one. Valid while the document lives. */
const char *cc_jstr(const struct cc_jval *v);
/* The string member KEY, or NULL. */
const char *cc_jget_str(const struct cc_jval *obj, const char *key);
/* The boolean, or FALLBACK. */
bool cc_jbool(const struct cc_jval *v, bool fallback);
bool cc_jis(const struct cc_jval *v, enum cc_json_type type);
/* Whole numbers only, in range, written without fraction or exponent: 0, or -1 with *OUT untouched. */
int cc_jint64(const struct cc_jval *v, int64_t *out);
int cc_juint64(const struct cc_jval *v, uint64_t *out);
/* True when the array V has the string S among its items. */
bool cc_jarray_has(const struct cc_jval *v, const char *s);

#define cc_jeach(c, v) for (struct cc_jval *c = ((v) != NULL ? (v)->first : NULL); c != NULL; c = c->next)

/* -- making: the strings are copied into the document -- */

struct cc_jval *cc_jnew(struct cc_json *doc, enum cc_json_type type); /* null, false, empty array or object */
struct cc_jval *cc_jnew_str(struct cc_json *doc, const char *s);
struct cc_jval *cc_jnew_strn(struct cc_json *doc, const char *s, size_t length);
struct cc_jval *cc_jnew_bool(struct cc_json *doc, bool b);
struct cc_jval *cc_jnew_int(struct cc_json *doc, int64_t n);
struct cc_jval *cc_jnew_uint(struct cc_json *doc, uint64_t n);
struct cc_jval *cc_jnew_number(struct cc_json *doc, const char *text); /* the text is trusted to be a JSON number */
/* A deep copy of V, which may belong to another document. */
struct cc_jval *cc_jcopy(struct cc_json *doc, const struct cc_jval *v);

/* -- changing -- */

/* Sets member KEY of OBJ to V: in its old place when it is there, else at the end. */
void cc_jset(struct cc_json *doc, struct cc_jval *obj, const char *key, struct cc_jval *v);
void cc_jset_str(struct cc_json *doc, struct cc_jval *obj, const char *key, const char *s);
void cc_jset_int(struct cc_json *doc, struct cc_jval *obj, const char *key, int64_t n);
void cc_jset_bool(struct cc_json *doc, struct cc_jval *obj, const char *key, bool b);
/* The object (array) member KEY of OBJ, made empty when absent or of another type. */
struct cc_jval *cc_jneed_object(struct cc_json *doc, struct cc_jval *obj, const char *key);
struct cc_jval *cc_jneed_array(struct cc_json *doc, struct cc_jval *obj, const char *key);
/* Adds V at the end of the array ARR (or, having a key, of an object). */
void cc_jappend(struct cc_jval *arr, struct cc_jval *v);
void cc_jappend_str(struct cc_json *doc, struct cc_jval *arr, const char *s);
/* Adds V as the first item. */
void cc_jprepend(struct cc_jval *arr, struct cc_jval *v);
/* Takes CHILD out of PARENT; it stays readable, its `next` still leads on. */
void cc_jremove(struct cc_jval *parent, struct cc_jval *child);
/* Takes out member KEY; true when it was there. */
bool cc_jdel(struct cc_jval *obj, const char *key);

/* True when A and B are the same under the folding of Go's encoding/json: ASCII case, and
 * U+017F and U+212A, which fold to 's' and 'k' (golang/go#14750). */
bool cc_json_fold_equal(const char *a, const char *b);

/* The hash of a key of LENGTH bytes under that folding, as in cc_jval.fold. */
uint32_t cc_json_fold_hash_n(const char *key, size_t length);

#endif
