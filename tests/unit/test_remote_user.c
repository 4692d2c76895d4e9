#include "test.h"

#include "opening.h"
#include "session/remote_user.h"

static const struct session_config config = {
	.format = FORMAT_REMOTE_USER,
	.variable = SPAN_INIT("REMOTE_USER"),
};

/* What this variable of the web server is worth, beside any cookie. */
static enum session_why
open_variable(struct span value)
{
	struct span copy = guarded(value);
	enum session_why why;

	opening_user = copy;
	why = open_header(&config, SPAN_LIT("REMOTE_USER=eve"), TOKEN_NOW);
	if (why == SESSION_OK) {
		assert_true(span_eq(opened.user, value));
		assert_true(opened.expires == SESSION_ENDLESS);
		assert_int_equal(opened.claims.kind, JSON_ABSENT);
		assert_int_equal(opened.key_id.n, 0);
		assert_false(opened.bearer);
	}
	guard_free(copy);
	return why;
}

TEST(a_name_opens)
{
	assert_int_equal(open_variable(SPAN_LIT("ann")), SESSION_OK);
	assert_int_equal(open_variable(SPAN_LIT("a")), SESSION_OK);
	assert_int_equal(open_variable(SPAN_LIT(" ")), SESSION_OK);
	assert_int_equal(
	    open_variable(SPAN_LIT("Ann B@EXAMPLE.ORG")), SESSION_OK);
	assert_int_equal(open_variable(SPAN_LIT("\xc3\xa9")), SESSION_OK);
	assert_int_equal(open_variable(SPAN_LIT("\"a\\%41")), SESSION_OK);
}

/* nginx sends an empty one for guests. */
TEST(none_is_set)
{
	assert_int_equal(
	    open_variable((struct span){ NULL, 0 }), SESSION_NO_VARIABLE);
	assert_int_equal(open_variable(SPAN_LIT("")), SESSION_NO_VARIABLE);
}

TEST(every_byte_of_a_name)
{
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < 3; at++) {
			unsigned char name[] = { 'a', 'b', 'c' };

			name[at] = (unsigned char)c;
			assert_int_equal(
			    open_variable((struct span){ name, 3 }),
			    c >= 0x20 && c < 0x7f ? SESSION_OK
						  : SESSION_BAD_VARIABLE);
		}
}

TEST(no_text_is_no_name)
{
	assert_int_equal(open_variable(SPAN_LIT("\xc2\xa0")), SESSION_OK);
	assert_int_equal(
	    open_variable(SPAN_LIT("\xc2\x9f")), SESSION_BAD_VARIABLE);
	assert_int_equal(
	    open_variable(SPAN_LIT("\xc0\xaf")), SESSION_BAD_VARIABLE);
	assert_int_equal(
	    open_variable(SPAN_LIT("\xed\xa0\x80")), SESSION_BAD_VARIABLE);
	assert_int_equal(
	    open_variable(SPAN_LIT("ann\xc3")), SESSION_BAD_VARIABLE);
	assert_int_equal(open_variable(SPAN_LIT("\0")), SESSION_BAD_VARIABLE);
	assert_int_equal(
	    open_variable(SPAN_LIT("ann\n")), SESSION_BAD_VARIABLE);
}

TEST(sizes_of_a_name)
{
	unsigned char name[USER_MAX + 1];

	memset(name, 'a', sizeof(name));
	for (size_t n = USER_MAX - 1; n <= USER_MAX + 1; n++)
		assert_int_equal(open_variable((struct span){ name, n }),
		    n <= USER_MAX ? SESSION_OK : SESSION_BAD_VARIABLE);
}

/* Nothing that a client sends stands in for the variable. */
TEST(no_header_is_looked_at)
{
	struct request request = {
		.cookie = SPAN_LIT("REMOTE_USER=eve"),
		.authorization = SPAN_LIT("Basic ZXZlOng="),
		.query = SPAN_LIT("REMOTE_USER=eve"),
	};
	struct session_asked asked = { &request, TOKEN_NOW, NULL, NULL };
	struct session session = { 0 };

	assert_int_equal(
	    remote_user_open(&config, &asked, &session), SESSION_NO_VARIABLE);
	assert_int_equal(session.user.n, 0);
	request.remote_user = SPAN_LIT("ann");
	request.auth_type = SPAN_LIT("Basic");
	assert_int_equal(
	    remote_user_open(&config, &asked, &session), SESSION_OK);
	assert_true(span_is(session.user, "ann"));
}

/* RFC 3875 4.1.11; a variable of the site's own has no such rule. */
TEST(nobody_was_checked)
{
	static const char *const names[] = { "REMOTE_USER", "SIGNPOST_USER" };

	for (size_t i = 0; i < 2; i++) {
		const struct session_config named = {
			.format = FORMAT_REMOTE_USER,
			.variable = span_of(names[i]),
		};
		struct request request = { .remote_user = SPAN_LIT("ann") };
		struct session_asked asked = { &request, TOKEN_NOW, NULL,
			NULL };
		struct session session = { 0 };

		assert_int_equal(remote_user_open(&named, &asked, &session),
		    i == 0 ? SESSION_NO_AUTH_TYPE : SESSION_OK);
		assert_int_equal(session.user.n, i == 0 ? 0 : 3);
	}
}
