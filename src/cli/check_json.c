#include "cli/check_json.h"

#include "cli/advice.h"
#include "cli/describe_json.h"
#include "cli/inspect.h"

/* A path may be of any bytes, and a long message may be cut in a character. */
static void
write_clean(struct json_out *j, const char *name, struct span text)
{
	unsigned char mem[4 * INSPECT_SAYS_MAX + 8];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	inspect_clean(text, &out);
	json_named_text(j, name, sink_view(&out));
}

static void
say(struct report *self, enum severity severity, const char *file, int line,
    struct span text)
{
	static const char *const words[] = { "", "error", "warning", "note" };
	struct check_json *c = (struct check_json *)(void *)self;

	json_open(&c->j, '{');
	json_named_text(&c->j, "severity", span_of(words[severity]));
	write_clean(&c->j, "file", span_of(file));
	json_named_number(&c->j, "line", line);
	write_clean(&c->j, "text", text);
	json_close(&c->j);
}

void
check_json_begin(struct check_json *c, const char *path, void *mem, size_t cap)
{
	*c = (struct check_json){ .report = {
				      .say = say, .advise = advice_say } };
	sink_init(&c->out, mem, cap);
	json_begin(&c->j, &c->out);
	json_open(&c->j, '{');
	write_clean(&c->j, "configuration", span_of(path));
	json_name(&c->j, "messages");
	json_open(&c->j, '[');
}

struct span
check_json_end(struct check_json *c, const struct config *config)
{
	json_close(&c->j);
	json_named_bool(&c->j, "right", config != NULL);
	if (config != NULL) {
		json_name(&c->j, "policies");
		json_open(&c->j, '[');
		for (size_t i = 0; i < config->n_policies; i++)
			describe_policy_json(&config->policies[i], &c->j);
		json_close(&c->j);
	}
	json_close(&c->j);
	sink_byte(&c->out, '\n');
	return sink_view(&c->out);
}
