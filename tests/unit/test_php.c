#include "test.h"

#include "base/limits.h"
#include "opening.h"
#include "session/php.h"

#define PHP                                                                    \
	"user_id|i:42;name|s:5:\"Ann|x\";ok|b:1;cart|a:2:{i:0;s:1:\"a\";"      \
	"s:1:\"k\";b:0;}"
#define SERIALIZED                                                             \
	"a:4:{s:7:\"user_id\";i:42;s:4:\"name\";s:5:\"Ann|x\";s:2:\"ok\";b:1;" \
	"s:4:\"cart\";a:2:{i:0;s:1:\"a\";s:1:\"k\";b:0;}}"
#define JSON                                                                   \
	"{\"user_id\":42,\"name\":\"Ann|x\",\"ok\":true,"                      \
	"\"cart\":{\"0\":\"a\",\"k\":false}}"

static unsigned char room[2 * PHP_SESSION_MAX];
static struct sink json;

/* Whatever is read is JSON that the next reader takes. */
static bool
reads_held(struct span held, bool serialize, size_t cap)
{
	bool ok;

	sink_init(&json, room, cap);
	ok = php_read(held, serialize, &json);
	if (ok)
		assert_true(
		    json_object_valid(sink_view(&json), TOKEN_DEPTH_MAX));
	return ok;
}

static bool
reads_in(struct span text, bool serialize, size_t cap)
{
	struct span copy = guarded(text);
	bool ok = reads_held(copy, serialize, cap);

	guard_free(copy);
	return ok;
}

static bool
reads(struct span text, bool serialize)
{
	return reads_in(text, serialize, sizeof(room));
}

static void
gives(struct span text, bool serialize, const char *want)
{
	assert_true(reads(text, serialize));
	assert_true(span_is(sink_view(&json), want));
}

/* The handler "php", one value of the name x. */
static struct span
with_name(struct span value)
{
	static unsigned char text[2 * PHP_SESSION_MAX];
	struct sink out;

	sink_init(&out, text, sizeof(text));
	sink_text(&out, "x|");
	sink_span(&out, value);
	return sink_view(&out);
}

static bool
is_bytes(struct span value, const char *want)
{
	char text[2048];
	struct sink out;

	sink_init(&out, text, sizeof(text));
	sink_say(&out, "{\"x\":%s}", want);
	return reads(with_name(value), false) &&
	       span_eq(sink_view(&json), sink_view(&out));
}

static void
is(const char *value, const char *want)
{
	if (!is_bytes(span_of(value), want))
		fail_msg("%s: %.*s", value, (int)json.n, (char *)json.p);
}

static void
no(const char *value)
{
	if (reads(with_name(span_of(value)), false))
		fail_msg("%s: %.*s", value, (int)json.n, (char *)json.p);
}

/* None of these, the last of which is NULL. */
static void
none(const char *const *texts)
{
	for (; *texts != NULL; texts++)
		no(*texts);
}

TEST(both_handlers)
{
	gives(SPAN_LIT(PHP), false, JSON);
	gives(SPAN_LIT(SERIALIZED), true, JSON);
	assert_false(reads(SPAN_LIT(PHP), true));
	assert_false(reads(SPAN_LIT(SERIALIZED), false));
}

TEST(empty_sessions)
{
	gives(SPAN_LIT(""), false, "{}");
	gives(SPAN_LIT("a:0:{}"), true, "{}");
	assert_false(reads(SPAN_LIT(""), true));
	assert_false(reads(SPAN_LIT("i:1;"), true));
	assert_false(reads(SPAN_LIT("N;"), true));
	assert_false(reads(SPAN_LIT("O:8:\"stdClass\":0:{}"), true));
}

TEST(plain_values)
{
	is("i:0;", "0");
	is("i:-7;", "-7");
	is("i:999999999999999999;", "999999999999999999");
	is("i:-999999999999999999;", "-999999999999999999");
	is("i:1000000000000000000;", "null");
	is("i:9223372036854775807;", "null");
	is("i:-9223372036854775808;", "null");
	none((const char *const[]){ "i:;", "i:1", "I:1;", "i;1", "i:abc;",
	    "i:-;", "i:1.5;", "i:+1;", "i: 1;", NULL });
	is("b:0;", "false");
	is("b:1;", "true");
	none((const char *const[]){ "b:2;", "b:;", "b:10;", "b:true;", NULL });
	is("s:0:\"\";", "\"\"");
	is("s:2:\"42\";", "\"42\"");
}

TEST(values_that_become_null)
{
	is("N;", "null");
	is("d:0.5;", "null");
	is("d:-INF;", "null");
	is("d:1.0E+25;", "null");
	is("r:1;", "null");
	is("R:12;", "null");
	is("E:11:\"Suit:Hearts\";", "null");
	is("O:8:\"stdClass\":1:{s:2:\"id\";i:42;}", "null");
	is("O:1:\"B\":2:{i:0;a:1:{i:1;O:1:\"C\":0:{}}s:1:\"x\";N;}", "null");
	assert_true(is_bytes(
	    SPAN_LIT("O:1:\"A\":1:{s:4:\"\0A\0b\";s:1:\"}\";}"), "null"));
	is("C:11:\"ArrayObject\":9:{x:i:0;}}}}", "null");
	is("C:1:\"A\":0:{}", "null");
}

TEST(values_that_are_none)
{
	none((const char *const[]){ "", "N", "n;", "d:;", "r:;", "R:1",
	    "S:1:\"a\";", "o:0:{}", "X:1;", "E:4:\"Suit\"", "E:5:\"Suit\";",
	    "O:1:\"AB\":0:{}", "O:1:\"A\":1:{}", "O:1:\"A\":0:{i:0;i:0;}",
	    "O:1:\"A\":-1:{}", "C:1:\"A\":1:{}", "C:1:\"A\":1:{ab}",
	    "C:1:\"A\":9:{ab}", NULL });
}

/* Only its length says where a string ends. */
TEST(strings_have_their_length)
{
	is("s:7:\"a\";i:1;\";", "\"a\\\";i:1;\"");
	is("s:3:\"\";x\";", "\"\\\";x\"");
	is("s:2:\"\\\"\";", "\"\\\\\\\"\"");
	is("s:2:\"\xc3\xa9\";", "\"\xc3\xa9\"");
	none((const char *const[]){ "s:1:\"\xc3\xa9\";", "s:3:\"ab\";",
	    "s:1:\"ab\";", "s:2:\"ab;", "s:2:\"ab\"", "s:2:ab;", "s:2:'ab';",
	    "s:02:\"ab\";", "s:+2:\"ab\";", "s:-2:\"ab\";", "s: 2:\"ab\";",
	    "s::\"ab\";", "s:18446744073709551618:\"ab\";",
	    "s:999999999999999999:\"ab\";", NULL });
}

TEST(strings_that_are_no_text)
{
	is("s:1:\" \";", "\" \"");
	is("s:1:\"\x1f\";", "null");
	is("s:1:\"\x7f\";", "null");
	is("s:2:\"\xc2\x85\";", "null");
	is("s:2:\"\xc2\xa0\";", "\"\xc2\xa0\"");
	is("s:1:\"\xff\";", "null");
	is("s:2:\"\xc0\x80\";", "null");
	is("s:3:\"\xed\xa0\x80\";", "null");
	is("s:3:\"a\nb\";", "null");
	assert_true(is_bytes(SPAN_LIT("s:3:\"4\0002\";"), "null"));
}

TEST(arrays_have_their_count)
{
	is("a:0:{}", "{}");
	is("a:1:{i:0;i:5;}", "{\"0\":5}");
	is("a:2:{i:-1;N;s:2:\"id\";a:1:{i:0;i:5;}}",
	    "{\"-1\":null,\"id\":{\"0\":5}}");
	is("a:1:{s:3:\"a\"}\";s:2:\"}}\";}", "{\"a\\\"}\":\"}}\"}");
	none((const char *const[]){ "a:0:{i:0;i:5;}", "a:1:{}",
	    "a:2:{i:0;i:5;}", "a:1:{i:0;i:5;i:1;i:6;}", "a:1:{i:0;}",
	    "a:1:{i:;i:5;}", "a:1:{b:1;i:5;}", "a:1:{d:1;i:5;}", "a:1:{N;i:5;}",
	    "a:1:{a:0:{}i:5;}", "a:1:i:0;i:5;}", "a:-1:{}", "a:01:{i:0;i:5;}",
	    "a:32769:{}", "a:999999999999999999:{}", NULL });
}

/* A name that stands there twice stays twice: the next reader refuses it. */
TEST(names)
{
	gives(SPAN_LIT("a|i:1;a|i:2;"), false, "{\"a\":1,\"a\":2}");
	gives(SPAN_LIT("a:2:{i:1;i:1;s:1:\"1\";i:2;}"), true,
	    "{\"1\":1,\"1\":2}");
	gives(SPAN_LIT("a\"b\\|i:1;"), false, "{\"a\\\"b\\\\\":1}");
	gives(SPAN_LIT("a\nb|i:1;\xff|i:2;"), false, "{\" \":1,\" \":2}");
	gives(SPAN_LIT("a:1:{s:2:\"u\0\";i:1;}"), true, "{\" \":1}");
	assert_false(reads(SPAN_LIT("|i:1;"), false));
	assert_false(reads(SPAN_LIT("a|i:1;|i:2;"), false));
	assert_false(reads(SPAN_LIT("a"), false));
	assert_false(reads(SPAN_LIT("a|"), false));
	assert_false(reads(SPAN_LIT("a|i:1;b"), false));
	assert_false(reads(SPAN_LIT("a|i:1;b|"), false));
	assert_false(reads(SPAN_LIT("a:0:{}x"), true));
	assert_false(reads(SPAN_LIT("a:0:{}a:0:{}"), true));
	assert_false(reads(SPAN_LIT(" a:0:{}"), true));
}

TEST(a_cut_text_is_refused)
{
	struct span text = SPAN_LIT(SERIALIZED);
	size_t read = 0;

	for (size_t n = 0; n < text.n; n++)
		assert_false(reads(span_head(text, n), true));
	text = SPAN_LIT(PHP);
	/* Between two members "php" has no end: only the file's size has. */
	for (size_t n = 0; n < text.n; n++)
		read += reads(span_head(text, n), false);
	assert_int_equal(read, 4);
}

/* No byte that is changed makes it read on, or write what is no JSON. */
TEST(every_byte_at_each_position)
{
	const struct span texts[] = { SPAN_LIT(PHP), SPAN_LIT(SERIALIZED) };

	for (int serialize = 0; serialize < 2; serialize++) {
		struct span copy = guarded(texts[serialize]);
		unsigned char *p = (unsigned char *)(uintptr_t)copy.p;

		for (size_t i = 0; i < copy.n; i++) {
			for (unsigned c = 1; c < 256; c++) {
				p[i] ^= (unsigned char)c;
				(void)reads_held(
				    copy, serialize != 0, sizeof(room));
				p[i] ^= (unsigned char)c;
			}
		}
		guard_free(copy);
	}
}

TEST(no_room_is_a_refusal)
{
	const size_t needed = sizeof(JSON) - 1;

	for (size_t cap = 0; cap < needed; cap++) {
		assert_false(reads_in(SPAN_LIT(PHP), false, cap));
		assert_false(reads_in(SPAN_LIT(SERIALIZED), true, cap));
	}
	assert_true(reads_in(SPAN_LIT(PHP), false, needed));
	assert_true(reads_in(SPAN_LIT(SERIALIZED), true, needed));
}

/* What its file system says, and how often it is asked. */

#define COOKIE "PHPSESSID=abcdefghij0123456789AB"
#define NOW 1700000000LL
#define WHOLE "user_id|i:42;"
#define CUT "user_id|i:4"

static unsigned n_first, calls;
static enum php_found first, then; /* n_first readings, and all others */
static const char *first_text;

static enum php_found
fake_read(struct php_sessions *self, struct span folder, struct span id,
    unsigned char *file_room, size_t cap, struct php_session_file *out)
{
	enum php_found found = calls < n_first ? first : then;
	struct span text = span_of(calls < n_first ? first_text : WHOLE);

	(void)self;
	assert_true(span_is(folder, "/sessions"));
	assert_int_equal(folder.p[folder.n], '\0');
	assert_true(span_is(id, "abcdefghij0123456789AB"));
	assert_int_equal(cap, PHP_SESSION_MAX);
	calls++;
	if (found != PHP_FOUND)
		return found;
	memcpy(file_room, text.p, text.n);
	*out = (struct php_session_file){ { file_room, text.n }, NOW };
	return found;
}

static struct php_sessions fake = { fake_read };
static const struct session_config config = {
	.format = FORMAT_PHP,
	.cookie = SPAN_INIT("PHPSESSID"),
	.user = SPAN_INIT("user_id"),
	.max_age = 1440,
	.save_path = SPAN_INIT("/sessions"),
};

/* So many readings while PHP is writing, then others: is it worth this, after
 * so many calls? */
static void
opens_as(unsigned n, enum php_found found, const char *text,
    enum php_found last, enum session_why why, unsigned want)
{
	n_first = n;
	first = found;
	first_text = text;
	then = last;
	calls = 0;
	opening_php = &fake;
	assert_int_equal(open_header(&config, SPAN_LIT(COOKIE), NOW), why);
	assert_int_equal(calls, want);
}

TEST(what_is_found)
{
	opens_as(0, 0, "", PHP_FOUND, SESSION_OK, 1);
	opens_as(0, 0, "", PHP_FOUND_NOTHING, SESSION_PHP_NONE, 1);
	opens_as(0, 0, "", PHP_FOUND_UNTRUSTED, SESSION_PHP_FILE, 1);
	opens_as(
	    0, 0, "", (enum php_found)(PHP_FOUND + 1), SESSION_PHP_NONE, 1);
	opening_php = NULL;
	assert_int_equal(
	    open_header(&config, SPAN_LIT(COOKIE), NOW), SESSION_REFUSED);
}

TEST(it_is_read_again_while_it_changes)
{
	for (unsigned n = 0; n <= PHP_READS_MORE; n++) {
		opens_as(n, PHP_FOUND_TORN, "", PHP_FOUND, SESSION_OK, n + 1);
		opens_as(n, PHP_FOUND, CUT, PHP_FOUND, SESSION_OK, n + 1);
		opens_as(n, PHP_FOUND, CUT, PHP_FOUND_NOTHING, SESSION_PHP_NONE,
		    n + 1);
		opens_as(n, PHP_FOUND_TORN, "", PHP_FOUND_UNTRUSTED,
		    SESSION_PHP_FILE, n + 1);
	}
	opens_as(PHP_READS_MORE + 1, PHP_FOUND_TORN, "", PHP_FOUND,
	    SESSION_PHP_TORN, PHP_READS_MORE + 1);
	opens_as(PHP_READS_MORE + 1, PHP_FOUND, CUT, PHP_FOUND,
	    SESSION_PHP_DATA, PHP_READS_MORE + 1);
}

/* What is no id names no file. */
TEST(it_is_not_looked_for)
{
	calls = 0;
	opening_php = &fake;
	assert_int_equal(
	    open_header(&config, SPAN_LIT(COOKIE "/"), NOW), SESSION_PHP_ID);
	assert_int_equal(calls, 0);
}

TEST(opening_takes_room)
{
	struct request request = { .cookie = SPAN_LIT(COOKIE) };
	struct arena arena;
	struct session_asked asked = { &request, NOW, &fake, &arena };
	size_t needed;

	opens_as(0, 0, "", PHP_FOUND, SESSION_OK, 1);
	arena_init(&arena, opening_room, sizeof(opening_room));
	assert_int_equal(
	    session_open(&config, &asked, &opened).why, SESSION_OK);
	needed = arena.n;
	for (size_t cap = 0; cap < needed; cap += cap < 64 ? 1 : 997) {
		arena_init(&arena, opening_room, cap);
		assert_int_equal(session_open(&config, &asked, &opened).why,
		    SESSION_REFUSED);
	}
}
