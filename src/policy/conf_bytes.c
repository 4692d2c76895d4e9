#include "base/text.h"
#include "policy/loader.h"

static void
say(struct report *report, const char *file, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(report, SAY_ERROR, file, line, format, &values);
	va_end(values);
}

/* Any control character but TAB? */
static bool
has_control(struct span line)
{
	struct span_cut piece = span_cut(line, '\t');

	while (!text_has_control(piece.head)) {
		if (!piece.found)
			return false;
		piece = span_cut(piece.tail, '\t');
	}
	return true;
}

bool
conf_bytes(struct span text, const char *file, struct report *report)
{
	unsigned before = report->errors;
	struct span_cut cut;
	int line = 1;

	do {
		cut = span_cut(text, '\n');
		if (cut.found && span_ends(cut.head, SPAN_LIT("\r")))
			cut.head.n--;
		if (!text_utf8(cut.head))
			say(report, file, line,
			    "not UTF-8: save the file as UTF-8");
		else if (span_has(cut.head, '\0'))
			say(report, file, line, "a NUL byte: take it out");
		else if (has_control(cut.head))
			say(report, file, line,
			    "a control character: take it out");
		text = cut.tail;
		line++;
	} while (cut.found);
	return report->errors == before;
}
