#include "cli/say.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/paint.h"
#include "gateway/control.h"

static void
say(struct report *self, enum severity severity, const char *file, int line,
    struct span text)
{
	static const char *const words[] = { "", "error", "warning", "note" };
	static const enum paint paints[] = { PAINT_BOLD, PAINT_BAD, PAINT_WARN,
		PAINT_FAINT };
	struct terminal_report *r = (struct terminal_report *)(void *)self;
	FILE *to = severity == SAY_ERROR ? stderr : stdout;

	if (severity == SAY_WARNING)
		r->warnings++;
	if (severity != SAY_ERROR && r->quiet)
		return;
	fprintf(to, "%s:", file);
	if (line > 0)
		fprintf(to, "%d:", line);
	fprintf(to, " %s%s:%s %.*s\n", paint_on(to, paints[severity]),
	    words[severity], paint_off(to), (int)text.n, (const char *)text.p);
}

void
terminal_report_init(struct terminal_report *r, bool quiet)
{
	*r = (struct terminal_report){ { .say = say }, quiet, 0 };
}

const char *
command_config(const char *word)
{
	static struct control found;

	if (word != NULL)
		return word;
	control_fastcgi(0, NULL, getenv("SIGNPOST_CONFIG"), &found);
	return found.path;
}
