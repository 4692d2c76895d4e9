#include "test.h"

#include <stdio.h>
#include <time.h>

#include "cli/as_user.h"
#include "sandbox.h"

#define NOW 1700000000

static struct sandbox box;
static struct config *config;
static struct as_user as;
static struct session session;
static struct arena arena;
static unsigned char memory[ARENA_MAX];

static void
configure(const char *session_text, bool keys)
{
	char text[2048];

	config_free(config);
	snprintf(text, sizeof(text),
	    SANDBOX_CLOUD "session = { %s %s };\n" SANDBOX_POLICIES,
	    session_text,
	    keys ? "keys = ( { id = \"1\"; file = \"session.key\"; } );" : "");
	config = sandbox_load(&box, text);
	if (config == NULL)
		fputs(box.said, stderr);
	assert_non_null(config);
}

static const char *
makes(const char *user, const char *const *claims, size_t n)
{
	struct payload_wishes wishes = { .user = span_of(user),
		.now = NOW,
		.claims = claims,
		.n_claims = n };

	return as_user(&config->session, &wishes, &as);
}

/* What the core makes of it, so many seconds later. */
static enum session_why
opens(long long later)
{
	struct request request = { .cookie = as.cookie,
		.remote_user = as.variable };
	struct session_asked asked = { &request, NOW + later, &as.php, &arena };

	arena_init(&arena, memory, sizeof(memory));
	return session_open(&config->session, &asked, &session).why;
}

TEST(every_format)
{
	static const struct {
		const char *session;
		bool keys, ends;
	} rows[] = {
		{ "cookie = \"session\";", true, true },
		{ "format = \"jwt\"; cookie = \"s\"; max_age = 60;", true,
		    true },
		{ "format = \"flask\"; cookie = \"session\"; user = "
		  "\"user_id\"; max_age = 86400;",
		    true, true },
		{ "format = \"express\"; cookie = \"s\"; user = \"u\";", true,
		    true },
		{ "format = \"django-cookie\"; cookie = \"uid\"; "
		  "max_age = 600;",
		    true, true },
		{ "format = \"supabase\"; cookie = \"sb-x-auth-token\";", true,
		    true },
		{ "format = \"remote_user\"; variable = \"SITE_USER\";", false,
		    false },
		{ "format = \"php\"; save_path = \".\"; user = \"login.id\";",
		    false, true },
		{ "format = \"php\"; save_path = \".\"; user = \"id\"; "
		  "serialize_handler = \"php_serialize\";",
		    false, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		configure(rows[i].session, rows[i].keys);
		assert_null(makes("alice", NULL, 0));
		assert_int_equal(opens(0), SESSION_OK);
		assert_true(span_is(session.user, "alice"));
		if (rows[i].ends)
			assert_int_not_equal(opens(3601), SESSION_OK);
	}
}

/* sandbox_close() finds the files of the sandbox and no other. */
TEST(nothing_is_left)
{
	DIR *d;
	struct dirent *e;

	configure("format = \"php\"; save_path = \".\"; user = \"id\";", false);
	assert_null(makes("alice", NULL, 0));
	d = opendir(box.dir);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		assert_null(strstr(e->d_name, "sess_"));
	closedir(d);
}

/* A session of PHP's own is still found beside the made one. */
TEST(php_of_others)
{
	static const char name[] = "sess_abcdefghijabcdefghijabcdef";

	configure("format = \"php\"; save_path = \".\"; user = \"id\";", false);
	assert_null(makes("alice", NULL, 0));
	sandbox_file(&box, name, "id|s:3:\"bob\";", 0600);
	as.cookie = SPAN_LIT("PHPSESSID=abcdefghijabcdefghijabcdef");
	/* The file is of today, and so must the asker be. */
	struct request request = { .cookie = as.cookie };
	struct session_asked asked = { &request, (long long)time(NULL) + 5,
		&as.php, &arena };
	arena_init(&arena, memory, sizeof(memory));
	assert_int_equal(
	    session_open(&config->session, &asked, &session).why, SESSION_OK);
	assert_true(span_is(session.user, "bob"));
}

TEST(claims)
{
	static const char *const role[] = { "role=editor" };
	static const char *const sub[] = { "sub=mallory" };

	configure("cookie = \"session\";", true);
	assert_null(makes("alice", role, 1));
	assert_int_equal(opens(0), SESSION_OK);
	assert_non_null(makes("alice", sub, 1));
	configure("format = \"remote_user\"; variable = \"SITE_USER\";", false);
	assert_non_null(makes("alice", role, 1));
}

TEST(names)
{
	unsigned char text[USER_MAX + 1];
	struct span name = { text, USER_MAX };

	memset(text, 'a', sizeof(text));
	assert_true(as_user_right(name));
	name.n++;
	assert_false(as_user_right(name));
	assert_false(as_user_right(SPAN_LIT("")));
	assert_false(as_user_right(SPAN_LIT("a\nb")));
	assert_false(as_user_right(SPAN_LIT("a\xff")));
	assert_true(as_user_right(SPAN_LIT("\xc3\xa9 b")));
}

FIXTURE(setup)
{
	sandbox_open(&box);
}

FIXTURE(teardown)
{
	config_free(config);
	sandbox_close(&box);
}

GROUP(setup, teardown);
