/* What its file system says, and how often it is asked. */

#include "test.h"

#include "opening.h"
#include "session/php_session.h"

#define COOKIE "PHPSESSID=abcdefghij0123456789AB"
#define NOW 1700000000LL
#define WHOLE "user_id|i:42;"
#define CUT "user_id|i:4"

static unsigned n_first, calls;
static enum php_found first, then; /* n_first readings, and all others */
static const char *first_text;

static enum php_found
fake_read(struct php_sessions *self, struct span folder, struct span id,
    unsigned char *room, size_t cap, struct php_session_file *out)
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
	memcpy(room, text.p, text.n);
	*out = (struct php_session_file){ { room, text.n }, NOW };
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
is(unsigned n, enum php_found found, const char *text, enum php_found last,
    enum session_why why, unsigned want)
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
	is(0, 0, "", PHP_FOUND, SESSION_OK, 1);
	is(0, 0, "", PHP_FOUND_NOTHING, SESSION_PHP_NONE, 1);
	is(0, 0, "", PHP_FOUND_UNTRUSTED, SESSION_PHP_FILE, 1);
	is(0, 0, "", (enum php_found)(PHP_FOUND + 1), SESSION_PHP_NONE, 1);
	opening_php = NULL;
	assert_int_equal(
	    open_header(&config, SPAN_LIT(COOKIE), NOW), SESSION_REFUSED);
}

TEST(it_is_read_again_while_it_changes)
{
	for (unsigned n = 0; n <= PHP_READS_MORE; n++) {
		is(n, PHP_FOUND_TORN, "", PHP_FOUND, SESSION_OK, n + 1);
		is(n, PHP_FOUND, CUT, PHP_FOUND, SESSION_OK, n + 1);
		is(n, PHP_FOUND, CUT, PHP_FOUND_NOTHING, SESSION_PHP_NONE,
		    n + 1);
		is(n, PHP_FOUND_TORN, "", PHP_FOUND_UNTRUSTED, SESSION_PHP_FILE,
		    n + 1);
	}
	is(PHP_READS_MORE + 1, PHP_FOUND_TORN, "", PHP_FOUND, SESSION_PHP_TORN,
	    PHP_READS_MORE + 1);
	is(PHP_READS_MORE + 1, PHP_FOUND, CUT, PHP_FOUND, SESSION_PHP_DATA,
	    PHP_READS_MORE + 1);
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

TEST(no_room_is_a_refusal)
{
	struct request request = { .cookie = SPAN_LIT(COOKIE) };
	struct arena arena;
	struct session_asked asked = { &request, NOW, &fake, &arena };
	size_t needed;

	is(0, 0, "", PHP_FOUND, SESSION_OK, 1);
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
