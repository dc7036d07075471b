#include "shim/about.h"

#include "common/own.h"
#include "shim/report.h"

#include <string.h>
#include <time.h>

void
cc_about_clear(struct cc_about *a)
{
  char *const strings[] = { a->root, a->agent, a->session, a->name, a->image, a->engine_dir };

  for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
    free(strings[i]);
  for (size_t i = 0; i < a->count; i++)
    {
      free(a->items[i].rule);
      free(a->items[i].what);
      free(a->items[i].was);
      free(a->items[i].now);
    }
  free(a->items);
  memset(a, 0, sizeof(*a));
}

/* -- writing -- */

/* Only what the engine's own code writes: to the others these are the caller's words. */
static const struct
{
  enum cc_engine engine;
  const char *name, *image;
} annotated[] = {
  { CC_ENGINE_CRI, "io.kubernetes.cri.container-name", "io.kubernetes.cri.image-name" },
  { CC_ENGINE_CRIO, "io.kubernetes.cri-o.Name", "io.kubernetes.cri-o.ImageName" },
};

/* Nobody needs more of a name, and no path is longer than one that can be opened. */
#define NAME_LENGTH_MAX 512
#define PATH_LENGTH_MAX 4095

/* The first MOST bytes of VALUE: it may be the caller's, as long as an annotation may be. */
static void
set(struct cc_json *doc, struct cc_jval *o, const char *key, const char *value, size_t most)
{
  if (value != NULL && value[0] != '\0')
    cc_jset(doc, o, key, cc_jnew_strn(doc, value, strnlen(value, most)));
}

/* How many bytes an item takes at most: each may become \u00xx. */
static size_t
cost(const struct cc_finding *f)
{
  size_t n = strlen(f->rule) + strlen(f->what) + 40;

  return 6 * (n + (f->was != NULL ? strlen(f->was) : 0) + (f->now != NULL ? strlen(f->now) : 0));
}

/* The value may be a secret, and PATH's is of no use here. */
static void
append_was(struct cc_json *doc, struct cc_jval *item, const struct cc_finding *f)
{
  size_t length = strcmp(f->rule, "environment") == 0 ? strcspn(f->was, "=") : strlen(f->was);

  cc_jappend(item, cc_jnew_strn(doc, f->was, length));
}

static struct cc_jval *
item_of(struct cc_json *doc, const struct cc_finding *f)
{
  struct cc_jval *item = cc_jnew(doc, CC_JSON_ARRAY);

  cc_jappend_str(doc, item, f->rule);
  cc_jappend_str(doc, item, f->what);
  if (f->kind == CC_REFUSED)
    return item;
  append_was(doc, item, f);
  cc_jappend_str(doc, item, f->now);
  return item;
}

static void
set_items(struct cc_json *doc, struct cc_jval *o, const struct cc_report *report)
{
  struct cc_jval *list = cc_jneed_array(doc, o, "report");
  size_t room = CC_ABOUT_MAX / 4, i;

  for (i = 0; i < report->count && cost(&report->items[i]) <= room; i++)
    {
      room -= cost(&report->items[i]);
      cc_jappend(list, item_of(doc, &report->items[i]));
    }
  if (i < report->count)
    cc_jset_int(doc, o, "left", (int64_t)(report->count - i));
}

int
cc_about_write(const struct cc_about_source *source, char **out, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  const struct cc_identity *id = source->identity;
  struct timespec now;
  size_t length;

  clock_gettime(CLOCK_REALTIME, &now);
  set(doc, o, "root", source->root, PATH_LENGTH_MAX);
  set(doc, o, "engine", cc_engine_name(id->engine), NAME_LENGTH_MAX);
  set(doc, o, "kind", cc_kind_name(id->kind), NAME_LENGTH_MAX);
  set(doc, o, "agent", id->agent, NAME_LENGTH_MAX);
  set(doc, o, "session", id->session, NAME_LENGTH_MAX);
  set(doc, o, "engineDir", id->engine_dir, PATH_LENGTH_MAX);
  for (size_t i = 0; i < sizeof(annotated) / sizeof(annotated[0]); i++)
    if (annotated[i].engine == id->engine)
      {
        set(doc, o, "name", cc_jget_str(source->annotations, annotated[i].name), NAME_LENGTH_MAX);
        set(doc, o, "image", cc_jget_str(source->annotations, annotated[i].image), NAME_LENGTH_MAX);
      }
  cc_jset_int(doc, o, "created", (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
  set_items(doc, o, source->report);
  return cc_json_write(o, out, &length, err);
}

/* -- reading -- */

static char *
dup_member(const struct cc_jval *o, const char *key)
{
  const char *s = cc_jget_str(o, key);

  return s != NULL ? cc_xstrdup(s) : NULL;
}

static enum cc_engine
engine_named(const char *name)
{
  for (enum cc_engine e = CC_ENGINE_NONE; e <= CC_ENGINE_CRIO; e++)
    if (name != NULL && strcmp(name, cc_engine_name(e)) == 0)
      return e;
  return CC_ENGINE_NONE;
}

static enum cc_kind
kind_named(const char *name)
{
  for (enum cc_kind k = CC_KIND_PLAIN; k <= CC_KIND_POD_SANDBOX; k++)
    if (name != NULL && strcmp(name, cc_kind_name(k)) == 0)
      return k;
  return CC_KIND_PLAIN;
}

static char *
dup_text(const struct cc_jval *v)
{
  return cc_xstrdup(cc_jstr(v) != NULL ? v->text : "");
}

static void
add_item(struct cc_about *about, const struct cc_jval *list)
{
  const struct cc_jval *rule = list->first, *what = rule != NULL ? rule->next : NULL;
  const struct cc_jval *was = what != NULL ? what->next : NULL, *now = was != NULL ? was->next : NULL;
  struct cc_about_item *item;

  about->items = cc_xrealloc(about->items, (about->count + 1) * sizeof(*about->items));
  item = &about->items[about->count++];
  *item = (struct cc_about_item){ .refused = was == NULL,
                                  .rule = dup_text(rule),
                                  .what = dup_text(what),
                                  .was = was != NULL ? dup_text(was) : NULL,
                                  .now = was != NULL ? dup_text(now) : NULL };
}

int
cc_about_read(const char *text, struct cc_about *out, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = NULL;
  const struct cc_jval *o;
  int64_t left = 0;

  if (cc_json_parse(text, strlen(text), "what the container's state says about it", &doc, err) < 0)
    return CC_FAILED;
  o = cc_json_root(doc);
  memset(out, 0, sizeof(*out));
  out->root = dup_member(o, "root");
  out->engine = engine_named(cc_jget_str(o, "engine"));
  out->kind = kind_named(cc_jget_str(o, "kind"));
  out->agent = dup_member(o, "agent");
  out->session = dup_member(o, "session");
  out->name = dup_member(o, "name");
  out->image = dup_member(o, "image");
  out->engine_dir = dup_member(o, "engineDir");
  cc_jint64(cc_jget(o, "created"), &out->created);
  cc_jeach(item, cc_jget(o, "report")) add_item(out, item);
  if (cc_jint64(cc_jget(o, "left"), &left) == 0 && left > 0)
    out->left = (size_t)left;
  return 0;
}
