#include <stdio.h>

#include "base/text.h"
#include "cli/doctor.h"
#include "cli/paint.h"
#include "cli/peek.h"
#include "http/json_write.h"

#define JSON_MAX (8 * FINDINGS_TEXT_MAX)

static const char *const states[] = { "", "ok", "warning", "fault" };

static void
print_span(struct span text)
{
	fwrite(text.p, 1, text.n, stdout);
}

static void
print_one(const struct finding *one)
{
	static const enum paint paints[] = { PAINT_FAINT, PAINT_GOOD,
		PAINT_WARN, PAINT_BAD };

	printf("  %s%-7s%s ", paint_on(stdout, paints[one->state]),
	    states[one->state], paint_off(stdout));
	print_span(one->what);
	if (one->what.n > 0)
		fputs(": ", stdout);
	print_span(one->says);
	putchar('\n');
	if (one->mend.n == 0)
		return;
	printf("          %s", paint_on(stdout, PAINT_BOLD));
	print_span(one->mend);
	printf("%s\n", paint_off(stdout));
}

static void
with_cookie(const struct doctor *d, struct sink *out)
{
	sink_text(out, "curl -b \"$(");
	if (d->root && d->as.uid != 0)
		sink_say(out, "runuser -u %s -- ", d->as.name);
	shell_word(out, span_of(peek_self()));
	sink_text(out, " mint --user alice ");
	shell_word(out, span_of(d->conf));
	sink_text(out, ")\" http://localhost/api/sign");
}

/* The commands that show whether it works, as the user who may read. */
static size_t
try_lines(const struct doctor *d, struct sink *out, struct span lines[2])
{
	size_t mark = out->n;

	sink_text(out, "curl 'http://localhost/api/sign?health'");
	lines[0] = sink_since(out, mark);
	if (d->config == NULL && !d->root)
		return 1;
	mark = out->n;
	if (text_segment(span_of(d->guest)))
		sink_say(out, "curl 'http://localhost/api/sign?policy=%s'",
		    d->guest);
	else
		with_cookie(d, out);
	lines[1] = sink_since(out, mark);
	/* One that can't be pasted is none, as finding_mend() has it. */
	return text_utf8(lines[1]) && !text_has_control(lines[1]) ? 2 : 1;
}

void
doctor_print(const struct doctor *d)
{
	const struct findings *f = d->found;
	unsigned char mem[4 * PATH_TEXT_MAX];
	const char *group = "";
	struct span lines[2];
	struct sink out;
	size_t n;

	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->list[i].group, group) != 0)
			printf("%s\n", group = f->list[i].group);
		print_one(&f->list[i]);
	}
	if (f->full)
		puts("There was more than there is room for here.");
	sink_init(&out, mem, sizeof(mem));
	n = try_lines(d, &out, lines);
	puts("\nTo try it, where your site is:");
	for (size_t i = 0; i < n; i++) {
		fputs("  ", stdout);
		print_span(lines[i]);
		putchar('\n');
	}
	printf("\n%zu %s, %zu %s\n", f->times[FINDING_FAULT],
	    f->times[FINDING_FAULT] == 1 ? "fault" : "faults",
	    f->times[FINDING_WARNING],
	    f->times[FINDING_WARNING] == 1 ? "warning" : "warnings");
}

static void
write_one(struct json_out *j, const struct finding *one)
{
	json_open(j, '{');
	json_named_text(j, "state", span_of(states[one->state]));
	json_named_text(j, "group", span_of(one->group));
	json_named_text(j, "what", one->what);
	json_named_text(j, "says", one->says);
	if (one->mend.n > 0)
		json_named_text(j, "mend", one->mend);
	if (one->code != 0)
		json_named_number(j, "suexec", one->code);
	json_close(j);
}

void
doctor_print_json(const struct doctor *d)
{
	static unsigned char text[JSON_MAX];
	unsigned char mem[4 * PATH_TEXT_MAX];
	const struct findings *f = d->found;
	struct span lines[2];
	struct sink out, tries;
	struct json_out j;
	size_t n;

	sink_init(&tries, mem, sizeof(mem));
	n = try_lines(d, &tries, lines);
	sink_init(&out, text, sizeof(text));
	json_begin(&j, &out);
	json_open(&j, '{');
	json_named_number(&j, "faults", (long long)f->times[FINDING_FAULT]);
	json_named_number(&j, "warnings", (long long)f->times[FINDING_WARNING]);
	json_named_bool(&j, "complete", !f->full);
	json_name(&j, "findings");
	json_open(&j, '[');
	for (size_t i = 0; i < f->n; i++)
		write_one(&j, &f->list[i]);
	json_close(&j);
	json_name(&j, "try");
	json_open(&j, '[');
	for (size_t i = 0; i < n; i++)
		json_text(&j, lines[i]);
	json_close(&j);
	json_close(&j);
	sink_byte(&out, '\n');
	print_span(sink_view(&out));
}
