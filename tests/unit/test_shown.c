#include "test.h"

#include "capture.h"
#include "cli/shown.h"
#include "http/answer.h"

static struct shown shown;

static bool
reads(const char *text)
{
	return shown_read(span_of(text), &shown);
}

TEST(what_the_program_writes)
{
	static unsigned char mem[4096];
	struct answer answer = { .status = 429,
		.media = MEDIA_PROBLEM,
		.body = SPAN_INIT("{\"a\":\"\r\n\r\n\"}"),
		.retry_after = 7 };
	struct span rest, name, value;
	struct sink out;
	size_t n = 0;

	sink_init(&out, mem, sizeof(mem));
	answer_write(&answer, &out);
	assert_true(shown_read(sink_view(&out), &shown));
	assert_int_equal(shown.status, 429);
	assert_true(span_is(shown.line, "429 Too Many Requests"));
	assert_true(shown.json);
	assert_true(span_eq(shown.body, answer.body));
	rest = shown.fields;
	while (shown_field(&rest, &name, &value)) {
		assert_false(span_is(name, "Status"));
		n += span_is(name, "Retry-After") && span_is(value, "7");
		n += span_is(name, "Content-Length") && span_is(value, "12");
	}
	assert_int_equal(n, 2);
	assert_int_equal(rest.n, 0);
	answer = (struct answer){ .status = 204 };
	sink_init(&out, mem, sizeof(mem));
	answer_write(&answer, &out);
	assert_true(shown_read(sink_view(&out), &shown));
	assert_int_equal(shown.body.n, 0);
	assert_false(shown.json);
}

TEST(no_answer)
{
	static const char *const rows[] = { "", "\r\n", "Status: 200 OK",
		"Status: 200 OK\r\n", "Status: 200 OK\n\n",
		"Statis: 200 OK\r\n\r\n", "Status: OK\r\n\r\n",
		"Status: 99 Low\r\n\r\n", "Status: 600 High\r\n\r\n",
		"Status: 200 OK\r\nA: b\r\n", "Status: 200 OK\r\nab\r\n\r\n" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(reads(rows[i]));
	assert_true(reads("Status: 200 OK\r\n\r\n"));
	assert_true(reads("Status: 599 High\r\nA: b\r\n\r\n\r\n"));
	assert_true(span_is(shown.body, "\r\n"));
}

static int
show(int argc, char **argv)
{
	if (!reads(argv[0]))
		abort();
	shown_status(&shown);
	shown_body(&shown, argc > 1);
	return 0;
}

#define JSON_ANSWER                                                            \
	"Status: 200 OK\r\nContent-Type: application/json\r\n\r\n[1]"
#define TEXT_ANSWER "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n[1]"

TEST(for_people)
{
	static struct capture c;

	CAPTURE(&c, show, JSON_ANSWER);
	assert_string_equal(c.out, "200 OK\n[1]\n");
	CAPTURE(&c, show, JSON_ANSWER, "indented");
	assert_string_equal(c.out, "200 OK\n[\n  1\n]\n");
	CAPTURE(&c, show, TEXT_ANSWER, "indented");
	assert_string_equal(c.out, "200 OK\n[1]\n");
	CAPTURE(&c, show, TEXT_ANSWER "\n");
	assert_string_equal(c.out, "200 OK\n[1]\n");
	CAPTURE(&c, show, "Status: 204 No Content\r\n\r\n");
	assert_string_equal(c.out, "204 No Content\n");
}
