#include "cli/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/advice.h"
#include "cli/paint.h"
#include "gateway/control.h"

void
say_inert(unsigned char *p, size_t n)
{
	struct span text = { p, n };

	if (text_utf8(text) && !text_has_control(text))
		return;
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' || p[i] > '~')
			p[i] = '?';
}

static const char *
plain(struct span text)
{
	static char mem[4][SAID_MAX + 1];
	static unsigned next;
	char *out = mem[next++ % 4];

	text = span_head(text, text.n < SAID_MAX ? text.n : SAID_MAX);
	if (text.n > 0)
		memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	say_inert((unsigned char *)out, text.n);
	return out;
}

const char *
say_plain(const char *text)
{
	return plain(span_of(text));
}

void
say_near(const char *word, const char *const *names, size_t n)
{
	const char *near = text_nearest(span_of(word), names, n);

	if (near != NULL)
		fprintf(stderr, "; did you mean %s?", near);
}

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
	fprintf(to, "%s:", say_plain(file));
	if (line > 0)
		fprintf(to, "%d:", line);
	fprintf(to, " %s%s:%s %s\n", paint_on(to, paints[severity]),
	    words[severity], paint_off(to), plain(text));
}

void
terminal_report_init(struct terminal_report *r, bool quiet)
{
	*r = (struct terminal_report){ { .say = say, .advise = advice_say },
		quiet, 0 };
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

static void
say_nothing(struct report *self, enum severity severity, const char *file,
    int line, struct span text)
{
	(void)self;
	(void)severity;
	(void)file;
	(void)line;
	(void)text;
}

struct config *
command_load(const char *word, const char *without)
{
	struct report silent = { .say = say_nothing };
	struct terminal_report say;
	struct config *config;

	terminal_report_init(&say, true);
	config = config_load(
	    command_config(word), word == NULL ? &silent : &say.report);
	if (config == NULL && word == NULL)
		fprintf(stderr,
		    "Without a right configuration (%s, see `signpost check`) "
		    "%s.\n",
		    say_plain(command_config(NULL)), without);
	return config;
}
