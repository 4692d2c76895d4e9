#include "cli/call_variables.h"

#include "base/text.h"

struct piece {
	struct span name, value;
	bool written;
};

struct work {
	size_t n;
	struct piece pieces[CALL_PIECES_MAX];
	struct sink names, text;
	const char *wrong;
};

static void
refuse(struct work *w, const char *why)
{
	if (w->wrong == NULL)
		w->wrong = why;
}

/* A line's end would begin another header; no web server passes that on. */
static bool
is_line(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((value.p[i] < 0x20 && value.p[i] != '\t') ||
		    value.p[i] == 0x7f)
			return false;
	return true;
}

static void
add(struct work *w, struct span name, struct span value)
{
	if (!is_line(value))
		refuse(w, "a control character or a line's end can't stand in "
			  "a variable");
	else if (w->n == CALL_PIECES_MAX)
		refuse(w, "there are too many headers");
	else
		w->pieces[w->n++] = (struct piece){ name, value, false };
}

/* "X-Cld-Timestamp" as HTTP_X_CLD_TIMESTAMP. */
static struct span
variable_of(struct work *w, struct span header)
{
	size_t mark = w->names.n;

	sink_text(&w->names, "HTTP_");
	for (size_t i = 0; i < header.n; i++) {
		unsigned char c = header.p[i];

		if (c >= 'a' && c <= 'z')
			c = (unsigned char)(c - 'a' + 'A');
		sink_byte(&w->names, c == '-' ? '_' : c);
	}
	if (w->names.full)
		refuse(w, "the headers are too long");
	return sink_since(&w->names, mark);
}

static void
add_header(struct work *w, const struct call_wishes *wishes, const char *text)
{
	struct span_cut cut = span_cut(span_of(text), ':');
	struct span value = span_trim(cut.tail);

	if (!cut.found || !text_token(cut.head))
		refuse(w, "a header is written as 'Name: value'");
	else if (span_is_nocase(cut.head, "Content-Length"))
		refuse(w, "Content-Length is counted here: leave it out");
	else if (!span_is_nocase(cut.head, "Content-Type"))
		add(w, variable_of(w, cut.head), value);
	else if (wishes->content_type != NULL)
		refuse(w, "Content-Type is said twice");
	else
		add(w, SPAN_LIT("CONTENT_TYPE"), value);
}

static void
collect(struct work *w, const struct call_wishes *wishes, struct span length)
{
	if (!text_token(wishes->method))
		refuse(w, "a method is one word, such as GET");
	add(w, SPAN_LIT("REQUEST_METHOD"), wishes->method);
	add(w, SPAN_LIT("QUERY_STRING"), wishes->query);
	add(w, SPAN_LIT("REMOTE_ADDR"), wishes->address);
	if (wishes->variable.n > 0) {
		add(w, SPAN_LIT("AUTH_TYPE"), SPAN_LIT("Basic"));
		add(w, wishes->variable, wishes->user);
	}
	if (wishes->content_type != NULL)
		add(w, SPAN_LIT("CONTENT_TYPE"), span_of(wishes->content_type));
	if (wishes->body != NULL)
		add(w, SPAN_LIT("CONTENT_LENGTH"), length);
	for (size_t i = 0; i < 2; i++)
		if (wishes->cookies[i].n > 0)
			add(w, SPAN_LIT("HTTP_COOKIE"), wishes->cookies[i]);
	for (size_t i = 0; i < wishes->n_headers; i++)
		add_header(w, wishes, wishes->headers[i]);
}

/* The i-th with all that follow of its name. */
static void
write_joined(struct work *w, size_t i)
{
	const struct piece *first = &w->pieces[i];

	sink_say(&w->text, "%v=%v", first->name, first->value);
	for (size_t k = i + 1; k < w->n; k++) {
		if (!span_eq(w->pieces[k].name, first->name))
			continue;
		w->pieces[k].written = true;
		sink_say(&w->text, "%s%v",
		    span_is(first->name, "HTTP_COOKIE") ? "; " : ", ",
		    w->pieces[k].value);
	}
	sink_byte(&w->text, '\0');
}

const char *
call_variables(const struct call_wishes *wishes, struct call_variables *out)
{
	struct work w = { .n = 0 };
	struct sink length;
	size_t n = 0;

	sink_init(&w.names, out->names, sizeof(out->names));
	sink_init(&w.text, out->text, sizeof(out->text));
	sink_init(&length, out->length, sizeof(out->length));
	if (wishes->body != NULL)
		sink_int(&length, (long long)wishes->body->n);
	collect(&w, wishes, sink_view(&length));
	for (size_t i = 0; i < w.n && w.wrong == NULL; i++) {
		if (w.pieces[i].written)
			continue;
		out->envp[n++] = (char *)out->text + w.text.n;
		write_joined(&w, i);
	}
	out->envp[n] = NULL;
	if (w.text.full)
		refuse(&w, "all of it is too long");
	return w.wrong;
}
