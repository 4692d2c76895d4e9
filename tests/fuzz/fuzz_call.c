/*
 * What `signpost call` reads by itself: "Name: value" becomes one variable, and
 * an answer, of which any byte may be wrong, is taken apart and indented. The
 * input is the header, a NUL, and the answer.
 */
#include <string.h>

#include "base/limits.h"
#include "cli/call_variables.h"
#include "cli/indent.h"
#include "cli/shown.h"
#include "fuzz.h"

#define INPUT_MAX 4096

static struct call_variables variables;

static void
check_variable(const char *text)
{
	const char *value = strchr(text, '=');

	must(value != NULL, "a variable has a value");
	must(strncmp(text, "HTTP_", 5) == 0 ||
		 strncmp(text, "CONTENT_TYPE=", 13) == 0,
	    "a header stays a header");
	for (const char *p = text; *p != '\0'; p++)
		must((unsigned char)*p >= 0x20 || *p == '\t',
		    "no line ends in a variable");
	for (const char *p = text; p < value; p++)
		must((*p < 'a' || *p > 'z') && *p != '-',
		    "a variable's name is in capitals");
}

static void
check_header(const char *header)
{
	const struct call_wishes wishes = {
		.method = SPAN_INIT("GET"), .headers = &header, .n_headers = 1
	};

	if (call_variables(&wishes, &variables) != NULL)
		return;
	must(variables.envp[3] != NULL && variables.envp[4] == NULL,
	    "one header is one variable");
	check_variable(variables.envp[3]);
}

static void
check_answer(struct span bytes)
{
	struct span rest, name, value;
	struct shown shown;
	size_t fields = 0;

	if (!shown_read(bytes, &shown))
		return;
	must(shown.status >= 100 && shown.status <= 599, "a status");
	must(shown.body.n <= bytes.n, "the body is a part of it");
	for (rest = shown.fields; shown_field(&rest, &name, &value);)
		fields++;
	must(rest.n == 0 && fields <= shown.fields.n, "all of its fields");
}

/* Only blanks and line ends come to it. */
static void
check_indented(struct span text)
{
	static unsigned char room[INPUT_MAX * (2 * INPUT_MAX + 4)];
	struct sink out;
	size_t at = 0;

	sink_init(&out, room, sizeof(room));
	indent_json(text, &out);
	must(!out.full, "there is room");
	for (size_t i = 0; i < out.n; i++)
		if (at < text.n && room[i] == text.p[at])
			at++;
		else
			must(room[i] == ' ' || room[i] == '\n',
			    "nothing else comes to it");
	must(at == text.n, "nothing is lost");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char header[INPUT_MAX + 1];
	struct span_cut cut = span_cut((struct span){ data, size }, '\0');

	if (size > INPUT_MAX)
		return 0;
	if (cut.head.n > 0)
		memcpy(header, cut.head.p, cut.head.n);
	header[cut.head.n] = '\0';
	check_header(header);
	check_answer(cut.tail);
	check_indented(cut.tail);
	return 0;
}
