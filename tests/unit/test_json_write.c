#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "http/json_write.h"

static unsigned char mem[1024];
static struct sink out;
static struct json_out j;

FIXTURE(begin)
{
	sink_init(&out, mem, sizeof(mem));
	json_begin(&j, &out);
}

static void
assert_out(const char *text)
{
	assert_true(span_is(sink_view(&out), text));
}

TEST_WITH(test_nested, begin, NULL)
{
	json_open(&j, '{');
	json_name(&j, "a");
	json_text(&j, SPAN_LIT("x"));
	json_name_span(&j, SPAN_LIT("b\""));
	json_open(&j, '[');
	json_number(&j, -9223372036854775807LL - 1);
	json_bool(&j, true);
	json_open(&j, '{');
	json_close(&j);
	json_open(&j, '[');
	json_close(&j);
	json_close(&j);
	json_name(&j, "c");
	json_bool(&j, false);
	json_name(&j, "d");
	json_nothing(&j);
	json_close(&j);
	assert_out("{\"a\":\"x\",\"b\\\"\":[-9223372036854775808,true,{},[]],"
		   "\"c\":false,\"d\":null}");
}

TEST_WITH(test_named, begin, NULL)
{
	json_open(&j, '{');
	json_named_text(&j, "a", SPAN_LIT("x"));
	json_named_number(&j, "b", -1);
	json_named_bool(&j, "c", true);
	json_close(&j);
	assert_out("{\"a\":\"x\",\"b\":-1,\"c\":true}");
}

TEST_WITH(test_single, begin, NULL)
{
	json_text(&j, guarded(SPAN_LIT("")));
	assert_out("\"\"");
	begin(state);
	json_number(&j, 0);
	assert_out("0");
}

/* What the byte c must look like in a string. */
static void
expected(unsigned char c, char *text)
{
	if (c == '"' || c == '\\')
		sprintf(text, "\"\\%c\"", c);
	else if (c < 0x20 || c == '<' || c == '>' || c == '&')
		sprintf(text, "\"\\u%04x\"", c);
	else
		sprintf(text, "\"%c\"", c);
}

TEST(test_every_byte)
{
	for (int c = 0; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		struct span s = guarded((struct span){ &byte, 1 });
		char text[16];

		begin(state);
		json_text(&j, s);
		guard_free(s);
		expected(byte, text);
		if (c < 0x80)
			assert_out(text);
		else
			assert_true(out.full);
	}
}

static void
assert_text(struct span s, const char *json)
{
	struct span copy = guarded(s);

	begin(NULL);
	json_text(&j, copy);
	guard_free(copy);
	assert_out(json);
}

TEST(test_unicode)
{
	assert_text(SPAN_LIT("\xc3\xa9"), "\"\xc3\xa9\"");
	assert_text(SPAN_LIT("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"");
	assert_text(SPAN_LIT("\xe2\x80\xa7"), "\"\xe2\x80\xa7\"");
	assert_text(SPAN_LIT("a\xe2\x80\xa8"), "\"a\\u2028\"");
	assert_text(SPAN_LIT("\xe2\x80\xa9z"), "\"\\u2029z\"");
	assert_text(SPAN_LIT("\xe2\x80\xaa"), "\"\xe2\x80\xaa\"");
	assert_text(SPAN_LIT("</script>"), "\"\\u003c/script\\u003e\"");
}

TEST(test_not_utf8)
{
	static const char *const bad[] = { "\x80", "\xc3", "\xc0\xaf",
		"\xed\xa0\x80", "\xe2\x80", "\xf4\x90\x80\x80", "a\xff" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin(state);
		json_text(&j, guarded(span_of(bad[i])));
		assert_true(out.full);
		begin(state);
		json_open(&j, '{');
		json_name_span(&j, guarded(span_of(bad[i])));
		assert_true(out.full);
	}
}

TEST(test_full)
{
	for (size_t cap = 0; cap <= 9; cap++) {
		sink_init(&out, mem, cap);
		json_begin(&j, &out);
		json_open(&j, '{');
		json_name(&j, "a");
		json_text(&j, SPAN_LIT("b"));
		json_close(&j);
		assert_int_equal(out.full, cap < 9);
		assert_int_equal(sink_view(&out).n, cap < 9 ? 0 : 9);
	}
}

static void
value_unnamed(void)
{
	json_open(&j, '{');
	json_bool(&j, true);
}

static void
value_second(void)
{
	json_bool(&j, true);
	json_bool(&j, true);
}

static void
value_after_close(void)
{
	json_open(&j, '[');
	json_close(&j);
	json_open(&j, '[');
}

static void
name_outside(void)
{
	json_name(&j, "a");
}

static void
name_in_list(void)
{
	json_open(&j, '[');
	json_name(&j, "a");
}

static void
name_twice(void)
{
	json_open(&j, '{');
	json_name(&j, "a");
	json_name(&j, "b");
}

static void
close_too_often(void)
{
	json_open(&j, '[');
	json_close(&j);
	json_close(&j);
}

static void
close_after_name(void)
{
	json_open(&j, '{');
	json_name(&j, "a");
	json_close(&j);
}

static void
open_other(void)
{
	json_open(&j, '(');
}

static void
open_deep(void)
{
	for (int i = 0; i < 9; i++)
		json_open(&j, '[');
}

/* Each aborts, and in a process of its own. */
TEST(test_misuse)
{
	static void (*const misuse[])(void) = { value_unnamed, value_second,
		value_after_close, name_outside, name_in_list, name_twice,
		close_too_often, close_after_name, open_other, open_deep };

	for (size_t i = 0; i < sizeof(misuse) / sizeof(misuse[0]); i++) {
		pid_t pid;
		int status;

		begin(state);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			signal(SIGABRT, SIG_DFL);
			misuse[i]();
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
	}
}

TEST_WITH(test_deepest, begin, NULL)
{
	for (int i = 0; i < 8; i++)
		json_open(&j, '[');
	for (int i = 0; i < 8; i++)
		json_close(&j);
	assert_out("[[[[[[[[]]]]]]]]");
}
