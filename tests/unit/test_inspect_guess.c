#include "test.h"

#include <string.h>

#include "cli/inspect.h"

static char text[8192];
static unsigned char room[ARENA_MAX];

static const char *
guess(const struct session_config *config, const char *header)
{
	struct arena arena;
	struct sink out;

	arena_init(&arena, room, sizeof(room));
	sink_init(&out, text, sizeof(text) - 1);
	inspect_guess(config, span_of(header), &arena, &out);
	assert_false(out.full);
	text[out.n] = '\0';
	return text;
}

#define FLASK "eyJfdXNlcl9pZCI6IjQyIn0.ZVPxAA.GTviaFa-G9_28C4QlcCWZK1oSls"

TEST(configurations)
{
	assert_string_equal(guess(NULL, "session=" FLASK),
	    "\"session\" looks like Flask.\n"
	    "  Unproved, it says: {\"_user_id\":\"42\"}\n"
	    "  This would read it:\n"
	    "    session = {\n"
	    "      format = \"flask\";\n"
	    "      cookie = \"session\";\n"
	    "      user = \"_user_id\";\n"
	    "      keys = ( { id = \"1\"; file = \"session.key\"; } ); # in "
	    "it: app.secret_key\n"
	    "    };\n");
	guess(NULL, "tok=42.ZVPxAA.Jy6jyNhtDYxddYKOF-n9J7dMT-I");
	assert_non_null(strstr(text, "user = \"\";"));
	guess(NULL, "PHPSESSID=abcdefghij0123456789ab");
	assert_non_null(strstr(text, "save_path = "));
	assert_non_null(strstr(text, "user = \"...\"; #"));
	assert_null(strstr(text, "keys"));
	guess(NULL, "sb-x-auth-token.0=base64-eyJhY2Nlc3NfdG9r");
	assert_non_null(strstr(text, "cookie = \"sb-x-auth-token\";"));
	/* {"alg":"HS384"} {"sub":"a"} */
	guess(NULL, "s=eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiJhIn0.AA");
	assert_non_null(strstr(text, "algorithm = \"HS384\";"));
}

/* Of many cookies only those that could be one. */
TEST(many)
{
	guess(NULL, "theme=dark; session=" FLASK "; lang=en");
	assert_null(strstr(text, "theme"));
	assert_null(strstr(text, "lang"));
	assert_non_null(strstr(text, "\"session\" looks"));
	guess(NULL, "session=eyJ1c2VyX2lkIjo0Mn0=; session.sig=rGFnUE7s83");
	assert_null(strstr(text, "not given"));
	assert_null(strstr(text, "\"session.sig\""));
	assert_string_equal(guess(NULL, "theme=dark"),
	    "\"theme\" is nothing that is known here.\n");
	assert_string_equal(guess(NULL, ""),
	    "None of the cookies has the shape of a session.\n");
}

TEST(configured_already)
{
	struct session_config config = { .name = "flask",
		.hash = HASH_SHA1,
		.cookie = SPAN_LIT("session") };

	guess(&config, "session=" FLASK);
	assert_null(strstr(text, "This would read it"));
	assert_null(strstr(text, "another length"));
	assert_null(strstr(text, "session.cookie"));
	guess(&config, "other=" FLASK);
	assert_non_null(strstr(text, "But: session.cookie is \"session\"."));
	config.hash = HASH_SHA512;
	guess(&config, "session=" FLASK);
	assert_non_null(strstr(text, "algorithm = \"sha1\""));
	config.name = "django";
	guess(&config, "session=" FLASK);
	assert_non_null(strstr(text, "This would read it"));
}

/* What a cookie says may be meant for the terminal. */
TEST(hostile)
{
	guess(NULL, "a\033[31m=" FLASK);
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "cookie = \"session\";"));
	guess(
	    NULL, "tok=%1b[31m.R%2F496OvkNP8skGpsisl4QL25Pg65vnRADfxAw7glnFA");
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "says: \\x1b[31m"));
}
