/*
 * conf_text() and then libconfig on any text, as config_load() does it. What
 * both take is closed: nothing in it reaches over its end, so that a setting
 * behind it is always seen, and a bracket, a string or a comment that is
 * opened behind it is always found open.
 */
#include "fuzz.h"
#include "policy/conf.h"

#define BEHIND "stands_behind"
#define TEXT_MAX 4096

static size_t lines; /* of the text at hand */

static void
say(struct report *self, enum severity severity, const char *file, int line,
    struct span text)
{
	(void)self;
	(void)file;
	must(severity == SAY_ERROR && text.n > 0, "a mistake has words");
	must(line >= 1 && (size_t)line <= lines, "a mistake has a line");
}

/* The text, a line end, and what stands behind them; a NUL, not counted. */
static struct span
join(struct span text, const char *behind)
{
	static unsigned char mem[TEXT_MAX + 64];
	struct sink out;
	struct span joined;

	sink_init(&out, mem, sizeof(mem));
	sink_say(&out, "%v\n%s", text, behind);
	joined = sink_view(&out);
	sink_byte(&out, '\0');
	must(!out.full, "there is room");
	return joined;
}

static bool
looks_right(struct span text)
{
	struct report report = { .say = say };
	bool right;

	lines = 1;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n' ? 1 : 0;
	right = conf_text(text, "fuzz", &report);
	must(right == (report.errors == 0), "a refusal says why");
	return right;
}

/* Do both take it, and is the setting there? joined as join() makes it. */
static bool
is_read(struct span joined, bool *has_behind)
{
	config_t tree;
	bool right;

	*has_behind = false;
	if (!looks_right(joined))
		return false;
	config_init(&tree);
	right =
	    config_read_string(&tree, (const char *)joined.p) == CONFIG_TRUE;
	if (right)
		*has_behind = config_lookup(&tree, BEHIND) != NULL;
	config_destroy(&tree);
	return right;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const open[] = { "{", "[", "(", "\"", "/*", "}", "]",
		")", "@include \"x\"" };
	struct span text = { data, size };
	bool has_behind;

	if (size > TEXT_MAX || !looks_right(text))
		return 0;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		must(!looks_right(join(text, open[i])),
		    "what is left open behind a text is found");
	/* A name that stands there twice is refused. */
	if (is_read(join(text, ""), &has_behind) && !has_behind)
		must(is_read(join(text, BEHIND " = 1;"), &has_behind) &&
			 has_behind,
		    "a setting behind a text is seen");
	return 0;
}
