#include "test.h"

#include <stdio.h>

#include "opening.h"
#include "session/php_data.h"
#include "session/php_session.h"

#define ID "abcdefghij0123456789AB" /* 22 bytes */
#define COOKIE "PHPSESSID=" ID
#define TEXT "user_id|i:42;role|s:5:\"admin\";u|a:1:{s:2:\"id\";s:2:\"a1\";}"
#define CHANGED 1700000000LL
#define AGE 1440

/* One reading of the file. */
struct reading {
	enum php_found found;
	struct span text;
};

/* Gives these readings, one after the other, the last one ever after. */
static struct {
	struct php_sessions php;
	struct reading readings[8];
	size_t n, calls;
	long long changed;
	struct span id; /* that was asked for last */
	unsigned char id_room[PHP_ID_MAX];
} fake;

static enum php_found
fake_read(struct php_sessions *self, struct span folder, struct span id,
    unsigned char *room, size_t cap, struct php_session_file *out)
{
	struct reading now;

	assert_ptr_equal(self, &fake.php);
	assert_true(span_is(folder, "/var/lib/php/sessions"));
	assert_int_equal(folder.p[folder.n], '\0');
	assert_int_equal(cap, PHP_SESSION_MAX);
	assert_in_range(id.n, 22, PHP_ID_MAX);
	memcpy(fake.id_room, id.p, id.n);
	fake.id = (struct span){ fake.id_room, id.n };
	now = fake.readings[fake.calls < fake.n ? fake.calls : fake.n - 1];
	fake.calls++;
	if (now.found != PHP_FOUND)
		return now.found;
	memcpy(room, now.text.p, now.text.n);
	*out = (struct php_session_file){ { room, now.text.n }, fake.changed };
	return PHP_FOUND;
}

static struct session_config config;

static int
set_up(void **state)
{
	(void)state;
	config = (struct session_config){
		.format = FORMAT_PHP,
		.cookie = SPAN_LIT("PHPSESSID"),
		.user = SPAN_LIT("user_id"),
		.max_age = AGE,
		.save_path = SPAN_LIT("/var/lib/php/sessions"),
	};
	memset(&fake, 0, sizeof(fake));
	fake.php.read = fake_read;
	fake.changed = CHANGED;
	opening_php = &fake.php;
	return 0;
}

static void
will_read(enum php_found found, struct span text)
{
	fake.readings[fake.n++] = (struct reading){ found, text };
}

/* What a cookie is worth after these readings, the file being so old. */
static enum session_why
open_cookie(const char *cookie, long long age)
{
	fake.calls = 0;
	return open_header(&config, span_of(cookie), CHANGED + age);
}

/* The same of a file of this text. */
static enum session_why
open_bytes(struct span text)
{
	fake.n = 0;
	will_read(PHP_FOUND, text);
	return open_cookie(COOKIE, 60);
}

static enum session_why
open_text(const char *text)
{
	return open_bytes(span_of(text));
}

TEST_WITH(a_session_opens, set_up, NULL)
{
	assert_int_equal(open_text(TEXT), SESSION_OK);
	assert_true(span_is(opened.user, "42"));
	assert_int_equal(opened.expires, CHANGED + AGE);
	assert_int_equal(opened.claims.kind, JSON_KIND_OBJECT);
	assert_int_equal(opened.key_id.n, 0);
	assert_false(opened.bearer);
	assert_true(span_is(fake.id, ID));
	assert_int_equal(fake.calls, 1);
	config.user = SPAN_LIT("u.id");
	assert_int_equal(open_text(TEXT), SESSION_OK);
	assert_true(span_is(opened.user, "a1"));
}

TEST_WITH(one_cookie_of_the_name, set_up, NULL)
{
	assert_int_equal(open_text(TEXT), SESSION_OK);
	assert_int_equal(open_cookie("", 60), SESSION_NO_COOKIE);
	assert_int_equal(open_cookie("phpsessid=" ID, 60), SESSION_NO_COOKIE);
	assert_int_equal(
	    open_cookie(COOKIE "; " COOKIE, 60), SESSION_TWO_COOKIES);
	assert_int_equal(
	    open_cookie(COOKIE "; PHPSESSID=", 60), SESSION_TWO_COOKIES);
	assert_int_equal(open_cookie(COOKIE ",", 60), SESSION_BAD_COOKIE);
	assert_int_equal(open_cookie(COOKIE "%4", 60), SESSION_BAD_COOKIE);
	assert_int_equal(open_cookie(COOKIE "%4g", 60), SESSION_BAD_COOKIE);
	assert_int_equal(fake.calls, 0);
}

TEST(every_byte_of_an_id)
{
	for (size_t at = 0; at < 22; at += 21)
		for (unsigned c = 0; c < 256; c++) {
			unsigned char id[] = ID;
			struct span copy;
			bool ok = c > 0 &&
				  strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk"
					 "lmnopqrstuvwxyz0123456789,-",
				      (int)c) != NULL;

			id[at] = (unsigned char)c;
			copy = guarded((struct span){ id, 22 });
			assert_int_equal(php_session_id(copy), ok);
			guard_free(copy);
		}
}

TEST_WITH(sizes_of_an_id, set_up, NULL)
{
	char header[512];

	assert_int_equal(open_text(TEXT), SESSION_OK);
	for (int n = 0; n <= PHP_ID_MAX + 2; n++) {
		bool ok = n >= 22 && n <= PHP_ID_MAX;

		(void)snprintf(header, sizeof(header), "PHPSESSID=%.*s", n,
		    "0000000000000000000000000000000000000000000000000000000000"
		    "0000000000000000000000000000000000000000000000000000000000"
		    "0000000000000000000000000000000000000000000000000000000000"
		    "0000000000000000000000000000000000000000000000000000000000"
		    "000000000000000000000000000000000000000000000000000000000"
		    "0");
		assert_int_equal(
		    open_cookie(header, 60), ok ? SESSION_OK : SESSION_PHP_ID);
		assert_int_equal(fake.calls, ok ? 1 : 0);
	}
}

/* PHP reads cookies with percent signs undone, and so an id may have them. */
TEST_WITH(ids_as_cookies_have_them, set_up, NULL)
{
	static const char *const wrong[] = { "", "../../../../../etc/passwd",
		"..%2F..%2F..%2F..%2Fetc%2Fpasswd", ID "%2F", ID "/x", ID "%00",
		ID "%0A", ID ".", ID "+", ID "_", ID "%20", ID "%C3%A9",
		"%252C" ID };
	char header[128];

	assert_int_equal(open_text(TEXT), SESSION_OK);
	assert_int_equal(
	    open_cookie("PHPSESSID=%61bcdefghij0123456789A%2C", 60),
	    SESSION_OK);
	assert_true(span_is(fake.id, "abcdefghij0123456789A,"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)snprintf(
		    header, sizeof(header), "PHPSESSID=%s", wrong[i]);
		assert_int_equal(open_cookie(header, 60), SESSION_PHP_ID);
		assert_int_equal(fake.calls, 0);
	}
}

TEST_WITH(what_is_found, set_up, NULL)
{
	static const struct {
		enum php_found found;
		enum session_why why;
		size_t calls;
	} cases[] = {
		{ PHP_FOUND_NOTHING, SESSION_PHP_NONE, 1 },
		{ PHP_FOUND_UNTRUSTED, SESSION_PHP_FILE, 1 },
		{ PHP_FOUND_TORN, SESSION_PHP_TORN, PHP_READS_MORE + 1 },
		{ PHP_FOUND, SESSION_OK, 1 },
		{ (enum php_found)(PHP_FOUND + 1), SESSION_PHP_NONE, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake.n = 0;
		will_read(cases[i].found, SPAN_LIT(TEXT));
		assert_int_equal(open_cookie(COOKIE, 60), cases[i].why);
		assert_int_equal(fake.calls, cases[i].calls);
	}
	opening_php = NULL;
	assert_int_equal(open_cookie(COOKIE, 60), SESSION_REFUSED);
	assert_int_equal(open_cookie(COOKIE "/", 60), SESSION_PHP_ID);
}

/* So many readings while PHP is writing, then this one. */
static enum session_why
after(size_t n, enum php_found found, const char *text, enum php_found last)
{
	fake.n = 0;
	for (size_t i = 0; i < n; i++)
		will_read(found, span_of(text));
	will_read(last, SPAN_LIT(TEXT));
	return open_cookie(COOKIE, 60);
}

TEST_WITH(it_is_read_again_while_it_changes, set_up, NULL)
{
	const char *cut = "user_id|i:4";

	for (size_t n = 0; n <= PHP_READS_MORE; n++) {
		assert_int_equal(
		    after(n, PHP_FOUND_TORN, "", PHP_FOUND), SESSION_OK);
		assert_int_equal(fake.calls, n + 1);
		assert_int_equal(
		    after(n, PHP_FOUND, cut, PHP_FOUND), SESSION_OK);
		assert_int_equal(fake.calls, n + 1);
		assert_true(span_is(opened.user, "42"));
		assert_int_equal(after(n, PHP_FOUND, cut, PHP_FOUND_NOTHING),
		    SESSION_PHP_NONE);
		assert_int_equal(
		    after(n, PHP_FOUND_TORN, "", PHP_FOUND_UNTRUSTED),
		    SESSION_PHP_FILE);
		assert_int_equal(fake.calls, n + 1);
	}
	assert_int_equal(
	    after(PHP_READS_MORE + 1, PHP_FOUND_TORN, "", PHP_FOUND),
	    SESSION_PHP_TORN);
	assert_int_equal(after(PHP_READS_MORE + 1, PHP_FOUND, cut, PHP_FOUND),
	    SESSION_PHP_DATA);
	assert_int_equal(fake.calls, PHP_READS_MORE + 1);
}

TEST_WITH(the_handler_is_the_configured_one, set_up, NULL)
{
	const char *serialized = "a:1:{s:7:\"user_id\";i:42;}";

	assert_int_equal(open_text(serialized), SESSION_PHP_DATA);
	config.php_serialize = true;
	assert_int_equal(open_text(serialized), SESSION_OK);
	assert_int_equal(open_text(TEXT), SESSION_PHP_DATA);
	assert_int_equal(fake.calls, PHP_READS_MORE + 1);
}

TEST_WITH(age_at_the_edge, set_up, NULL)
{
	assert_int_equal(open_text(TEXT), SESSION_OK);
	assert_int_equal(open_cookie(COOKIE, AGE - 1), SESSION_OK);
	assert_int_equal(open_cookie(COOKIE, AGE), SESSION_AGE);
	assert_int_equal(open_cookie(COOKIE, AGE + 1), SESSION_AGE);
	assert_int_equal(open_cookie(COOKIE, 0), SESSION_OK);
	assert_int_equal(open_cookie(COOKIE, -1), SESSION_FUTURE);
	config.leeway = 10;
	assert_int_equal(open_cookie(COOKIE, AGE + 9), SESSION_OK);
	assert_int_equal(opened.expires, CHANGED + AGE);
	assert_int_equal(open_cookie(COOKIE, AGE + 10), SESSION_AGE);
	assert_int_equal(open_cookie(COOKIE, -10), SESSION_OK);
	assert_int_equal(open_cookie(COOKIE, -11), SESSION_FUTURE);
	/* Nothing in the file ever ends: without an age there is no session. */
	config.max_age = 0;
	assert_int_equal(open_cookie(COOKIE, 0), SESSION_AGE);
}

TEST_WITH(a_session_is_no_login, set_up, NULL)
{
	assert_int_equal(open_text("user_id|s:1:\"a\";"), SESSION_OK);
	assert_int_equal(open_text(""), SESSION_USER);
	assert_int_equal(open_text("user_ie|s:1:\"a\";"), SESSION_USER);
	assert_int_equal(open_text("User_id|s:1:\"a\";"), SESSION_USER);
	assert_int_equal(open_text("user_id|s:0:\"\";"), SESSION_USER);
	assert_int_equal(open_text("user_id|s:1:\"\x1f\";"), SESSION_USER);
	assert_int_equal(open_text("user_id|s:1:\"\xff\";"), SESSION_USER);
	assert_int_equal(open_text("user_id|N;"), SESSION_USER);
	assert_int_equal(open_text("user_id|b:1;"), SESSION_USER);
	assert_int_equal(open_text("user_id|d:42;"), SESSION_USER);
	assert_int_equal(open_text("user_id|a:1:{i:0;i:42;}"), SESSION_USER);
	assert_int_equal(open_text("x|s:13:\"user_id|i:42;\";"), SESSION_USER);
	assert_int_equal(
	    open_text("user_id|i:42;user_id|i:42;"), SESSION_TWICE);
	assert_int_equal(
	    open_text("x|a:1:{s:7:\"user_id\";i:42;}"), SESSION_USER);
}

TEST_WITH(sizes_of_a_user, set_up, NULL)
{
	char name[USER_MAX + 2], text[USER_MAX + 64];

	memset(name, 'u', sizeof(name));
	for (int n = USER_MAX - 1; n <= USER_MAX + 1; n++) {
		(void)snprintf(
		    text, sizeof(text), "user_id|s:%d:\"%.*s\";", n, n, name);
		assert_int_equal(
		    open_text(text), n <= USER_MAX ? SESSION_OK : SESSION_USER);
	}
}

TEST_WITH(a_required_claim, set_up, NULL)
{
	const struct span is[] = { SPAN_LIT("editor"), SPAN_LIT("admin") };
	const struct claim_rule rule = { SPAN_LIT("role"), 2, is, false };

	config.n_require = 1;
	config.require = &rule;
	assert_int_equal(open_text(TEXT), SESSION_OK);
	assert_int_equal(
	    open_text("user_id|i:42;role|s:5:\"admim\";"), SESSION_CLAIM);
	assert_int_equal(open_text("user_id|i:42;"), SESSION_CLAIM);
	assert_int_equal(
	    open_text("user_id|i:42;role|N;role|N;"), SESSION_TWICE);
}

/* A file of exactly so many bytes, the user last. */
TEST_WITH(a_file_fills_the_room, set_up, NULL)
{
	static char text[PHP_SESSION_MAX + 1];
	const char *user = "\";user_id|i:42;";
	size_t n = PHP_SESSION_MAX - strlen("x|s:NNNNN:\"") - strlen(user);

	memset(text, 'a', PHP_SESSION_MAX);
	(void)snprintf(text, sizeof(text), "x|s:%zu:\"", n);
	text[strlen(text)] = 'a';
	memcpy(text + PHP_SESSION_MAX - strlen(user), user, strlen(user));
	assert_int_equal(
	    open_bytes((struct span){ (unsigned char *)text, PHP_SESSION_MAX }),
	    SESSION_OK);
	assert_int_equal(open_bytes((struct span){
			     (unsigned char *)text, PHP_SESSION_MAX - 1 }),
	    SESSION_PHP_DATA);
}

TEST_WITH(no_room_is_a_refusal, set_up, NULL)
{
	struct request request = { .cookie = SPAN_LIT(COOKIE) };
	struct session session;
	struct arena arena;
	struct session_asked asked = { &request, CHANGED, &fake.php, &arena };
	size_t needed;

	will_read(PHP_FOUND, SPAN_LIT(TEXT));
	arena_init(&arena, opening_room, sizeof(opening_room));
	assert_int_equal(
	    php_session_open(&config, &asked, &session), SESSION_OK);
	needed = arena.n;
	for (size_t cap = 0; cap < needed; cap += cap < 64 ? 1 : 997) {
		arena_init(&arena, opening_room, cap);
		assert_int_equal(php_session_open(&config, &asked, &session),
		    SESSION_REFUSED);
	}
}
