#include "base/text.h"
#include "cli/inspect.h"
#include "http/json_write.h"

static void
write_some(struct json_out *j, const char *name, struct span text)
{
	if (text.n == 0)
		return;
	json_named_text(j, name, text);
}

static void
write_session(struct json_out *j, const struct session *session)
{
	write_some(j, "user", session->user);
	write_some(j, "key", session->key_id);
	json_name(j, "expires");
	if (session->expires == SESSION_ENDLESS)
		json_nothing(j);
	else
		json_number(j, session->expires);
}

static void
write_check(
    struct json_out *j, const struct inspect_check *check, enum session_why why)
{
	json_open(j, '{');
	json_named_text(j, "name", span_of(check->name));
	json_name(j, "passed");
	if (check->passed == INSPECT_UNKNOWN)
		json_nothing(j);
	else
		json_bool(j, check->passed == INSPECT_RIGHT);
	if (check->passed == INSPECT_WRONG)
		json_named_text(j, "why", span_of(session_why_text(why)));
	json_close(j);
}

static void
write_checks(struct json_out *j, const struct inspected *i)
{
	struct inspect_check checks[INSPECT_CHECKS_MAX];
	size_t n =
	    i->config == NULL ? 0 : inspect_checks(i->config, i->why, checks);

	json_name(j, "checks");
	json_open(j, '[');
	for (size_t k = 0; k < n; k++)
		write_check(j, &checks[k], i->why);
	json_close(j);
}

void
inspect_json(const struct inspected *i, struct sink *out)
{
	bool right = i->config != NULL && i->why == SESSION_OK;
	struct json_out j;

	json_begin(&j, out);
	json_open(&j, '{');
	json_named_bool(&j, "accepted", right && !i->denied);
	json_name(&j, "format");
	if (i->config == NULL)
		json_nothing(&j);
	else
		json_text(&j, span_of(i->config->name));
	if (right)
		write_session(&j, i->session);
	json_named_bool(&j, "denied", i->denied);
	write_checks(&j, i);
	json_named_text(
	    &j, "advice", text_utf8(i->advice) ? i->advice : SPAN_LIT(""));
	json_close(&j);
	sink_byte(out, '\n');
}
