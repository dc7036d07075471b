/* What `closedclaw sandbox explain` says of commands that go to the host. */
#include "cli/explain.h"
#include "common/own.h"

static bool
is_enabled(const struct cc_elevated_config *elevated)
{
  return !elevated->has_enabled || elevated->enabled;
}

void
explain_elevated_rows(const struct explained *e, struct cli_sheet *sheet)
{
  const struct cc_elevated_config *elevated = &e->global_tools->elevated;

  if (!is_enabled(elevated))
    {
      cc_auto_free char *from = explain_origin(e, &elevated->enabled_place);

      cli_sheet_row(sheet, false, 2, "", CLI_PLAIN, "disabled", from);
    }
  else if (elevated->patterns.names.count == 0)
    cli_sheet_row(sheet, false, 2, "", CLI_PLAIN, "none", "");
  else
    for (size_t i = 0; i < elevated->patterns.names.count; i++)
      {
        bool approval = !elevated->has_approval || elevated->require_approval;
        cc_auto_free char *from = explain_origin(e, &elevated->patterns.place);

        cli_sheet_row(sheet, true, 2, elevated->patterns.names.items[i], approval ? CLI_PLAIN : CLI_YELLOW,
                      approval ? ARROW " host (with approval)" : ARROW " host (without approval)", from);
      }
}

void
explain_elevated_json(const struct explained *e, struct cc_json *doc, struct cc_jval *parent)
{
  struct cc_jval *o = cc_jneed_object(doc, parent, "elevated");

  cc_jset_bool(doc, o, "enabled", is_enabled(&e->global_tools->elevated));
}
