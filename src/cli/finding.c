#include "cli/finding.h"

#include "base/text.h"
#include "cli/say.h"

void
findings_init(struct findings *f)
{
	f->n = 0;
	f->full = false;
	memset(f->times, 0, sizeof(f->times));
	sink_init(&f->text, f->mem, sizeof(f->mem));
}

/* A file's name may hold anything: nothing of it reaches a terminal so. */
static struct span
clean(struct sink *out, size_t mark)
{
	say_inert(out->p + mark, out->n - mark);
	return sink_since(out, mark);
}

void
finding_add(struct findings *f, enum finding_state state, const char *group,
    const char *what, const char *format, ...)
{
	struct finding *one = &f->list[f->n];
	size_t mark = f->text.n;
	va_list values;

	f->times[state]++; /* counted even without room: it decides the exit */
	if (f->n == FINDINGS_MAX) {
		f->full = true;
		return;
	}
	f->n++;
	*one = (struct finding){ .state = state, .group = group };
	sink_text(&f->text, what);
	one->what = clean(&f->text, mark);
	mark = f->text.n;
	va_start(values, format);
	sink_say_list(&f->text, format, &values);
	va_end(values);
	one->says = clean(&f->text, mark);
	f->full = f->full || f->text.full;
}

void
finding_code(struct findings *f, long long code)
{
	if (f->n > 0 && !f->full)
		f->list[f->n - 1].code = code;
}

void
finding_mend(struct findings *f, const char *format, ...)
{
	size_t mark = f->text.n;
	struct span command;
	va_list values;

	if (f->n == 0 || f->full)
		return;
	va_start(values, format);
	sink_say_list(&f->text, format, &values);
	va_end(values);
	f->full = f->text.full;
	command = sink_since(&f->text, mark);
	if (!f->full && text_utf8(command) && !text_has_control(command))
		f->list[f->n - 1].mend = command;
}

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("/._-+:,@", c));
}

void
shell_word(struct sink *out, struct span text)
{
	size_t plain = 0;

	if (span_starts(text, SPAN_LIT("-")))
		sink_text(out, "./"); /* a name, and no option */
	while (plain < text.n && is_plain(text.p[plain]))
		plain++;
	if (text.n > 0 && plain == text.n) {
		sink_span(out, text);
		return;
	}
	sink_byte(out, '\'');
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\'')
			sink_text(out, "'\\''");
		else
			sink_byte(out, text.p[i]);
	sink_byte(out, '\'');
}

const char *
finding_word(struct findings *f, const char *path)
{
	size_t mark = f->text.n;

	shell_word(&f->text, span_of(path));
	sink_byte(&f->text, '\0');
	f->full = f->full || f->text.full;
	return f->full ? "" : (const char *)f->mem + mark;
}
