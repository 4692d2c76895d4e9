#include "test.h"

#include <stdlib.h>

#include "policy/acl.h"
#include "policy/pattern.h"
#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

/* NULL: it can stand in an acl; else what is said of it. */
static const char *
fault(const char *source)
{
	struct span copy = guarded(span_of(source));
	struct text_template acl;
	bool right;

	rules_open(&r);
	assert_true(
	    template_compile(copy, SPAN_LIT("album"), &r.arena, &acl, &r.why));
	right = acl_valid(&acl, &r.why);
	guard_free(copy);
	assert_int_equal(right, r.why.n == 0);
	return right ? NULL : rules_said(&r, &r.why);
}

TEST(test_valid)
{
	static const char *const sources[] = {
		"/*",
		"/a",
		"/*/*",
		"/*/t_foobar",
		"/image/authenticated/users/{user}/*",
		"/demo/image/authenticated/v1/users/{user_hash}/*/w_200",
		"/a-b_c.d:e/{claim.team}.{date}/{policy}-{random}",
		"/a/.b/c.",
		"/...",
	};

	for (size_t i = 0; i + 1 < N(sources); i++)
		assert_null(fault(sources[i]));
	assert_non_null(fault(sources[N(sources) - 1]));
}

TEST(test_invalid)
{
	static const struct {
		const char *source, *said;
	} cases[] = {
		{ "", "begins with \"/\"" },
		{ "*", "begins with \"/\"" },
		{ "a/*", "begins with \"/\"" },
		{ "{user}/*", "begins with \"/\"" },
		{ "/", "something must stand" },
		{ "/a/", "something must stand" },
		{ "//a", "something must stand" },
		{ "/a//*", "something must stand" },
		{ "/a*", "\"*\" stands alone" },
		{ "/*a", "\"*\" stands alone" },
		{ "/**", "\"*\" stands alone" },
		{ "/a/{user}*", "\"*\" stands alone" },
		{ "/a/*{user}", "\"*\" stands alone" },
		{ "/a/.", "steps" },
		{ "/a/../b", "steps" },
		{ "/a..b", "steps" },
		{ "/a/*!/b/*", "\"!\" can't stand" },
		{ "/a,b", "\",\" can't stand" },
		{ "/a\\b", "\"\\x5c\" can't stand" },
		{ "/a b", "\" \" can't stand" },
		{ "/a%2fb", "\"%\" can't stand" },
		{ "/a{b", "\"{\" can't stand" },
		{ "/K\xc3\xb6ln", "\"\\xc3\" can't stand" },
		{ "/a/{ip}/*", "{ip} can't stand" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		const char *said = fault(cases[i].source);

		if (said == NULL || strstr(said, cases[i].said) == NULL)
			fail_msg("%s: %s", cases[i].source, said);
	}
}

TEST(test_every_byte)
{
	for (int c = 1; c < 256; c++) {
		char source[] = { '/', 'a', (char)c, 'a', '\0' };
		bool right = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
				    "QRSTUVWXYZ0123456789_-.:/",
				 c) != NULL;

		assert_int_equal(fault(source) == NULL, right);
	}
}

/* The longest name counts, not what stands in the configuration. */
TEST(test_length)
{
	static const struct {
		const char *form;
		size_t longest;
	} forms[] = { { "", 0 }, { "/{user}", 65 }, { "/{claim.a}", 65 },
		{ "/{random}", 33 }, { "/{user_hash}", 33 } };

	for (size_t i = 0; i < N(forms); i++)
		for (size_t n = ACL_MAX - 1; n <= ACL_MAX + 1; n++) {
			char source[ACL_MAX + 32];

			memset(source, 'a', sizeof(source));
			source[0] = '/';
			strcpy(source + n - forms[i].longest, forms[i].form);
			assert_int_equal(fault(source) == NULL, n <= ACL_MAX);
			if (n > ACL_MAX)
				assert_non_null(
				    strstr(r.text, "longer than 1024 bytes"));
		}
}

/* The user's own part; NULL when there is none, and why is said. */
static const char *
owned(const char *path)
{
	static char text[256];
	struct span copy = guarded(span_of(path)), id = SPAN_LIT("old");
	bool right;

	rules_open(&r);
	right = acl_owned(
	    copy, SPAN_LIT("album"), SPAN_LIT("demo"), &r.arena, &id, &r.why);
	assert_int_equal(right, r.why.n == 0);
	assert_int_equal(right, id.n > 0);
	if (right) {
		assert_true(id.p + id.n == copy.p + copy.n);
		memcpy(text, id.p, id.n);
	}
	text[id.n] = '\0';
	assert_int_equal(right, acl_owned(copy, SPAN_LIT("album"),
				    SPAN_LIT("demo"), &r.arena, &id, NULL));
	guard_free(copy);
	return right ? text : NULL;
}

TEST(test_owned)
{
	static const struct {
		const char *path, *id;
	} cases[] = {
		{ "/image/authenticated/users/{user}/*", "users/{user}/*" },
		{ "/image/authenticated/users/{user}", "users/{user}" },
		{ "/demo/image/authenticated/users/{user}/*",
		    "users/{user}/*" },
		{ "/video/upload/v1/users/{user}/*", "users/{user}/*" },
		{ "/raw/private/u/{user_hash}/*/b", "u/{user_hash}/*/b" },
		{ "/image/twitter_name/t/{claim.team}/*", "t/{claim.team}/*" },
		{ "/image/upload/w_200/t_x/v12/users/{user}/*",
		    "users/{user}/*" },
		{ "/image/upload/s--abcdefgh--/w_200/users/{user}/a",
		    "users/{user}/a" },
		{ "/image/upload/vc_h264/users/{user}/a", "users/{user}/a" },
		{ "/image/upload/v_1/v1/users/{user}/a", "users/{user}/a" },
		{ "/image/upload/a/b/{user}/cat.jpg", "a/b/{user}/cat.jpg" },
		/* A url's pattern, which a client fills in. */
		{ "/image/upload/users/{user}/**", "users/{user}/**" },
		{ "/image/upload/users/{user}/*/x.mp4",
		    "users/{user}/*/x.mp4" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		const char *id = owned(cases[i].path);

		if (id == NULL)
			fail_msg(
			    "%s: %s", cases[i].path, rules_said(&r, &r.why));
		assert_string_equal(id, cases[i].id);
	}
}

#define BEGINS "it must name a resource type"
#define FIRST "its first segment must be a fixed word"
#define OWNER "a segment of its own before the first \"*\""
#define SEGMENT "can't be a segment"

TEST(test_not_owned)
{
	static const struct {
		const char *path, *said;
	} cases[] = {
		{ "", BEGINS },
		{ "/", BEGINS },
		{ "/*", BEGINS },
		{ "/image", BEGINS },
		{ "/image/upload", BEGINS },
		{ "/demo", BEGINS },
		{ "/demo/image/upload", BEGINS },
		{ "image/upload/users/{user}/*", BEGINS },
		{ "/users/{user}/*", BEGINS },
		{ "/*/upload/users/{user}/*", BEGINS },
		{ "/image/*/users/{user}/*", BEGINS },
		{ "/*/image/upload/users/{user}/*", BEGINS },
		{ "/other/image/upload/users/{user}/*", BEGINS },
		{ "/demo/demo/image/upload/users/{user}/*", BEGINS },
		{ "/demo/users/{user}/*", BEGINS },
		{ "/images/users/{user}/*", BEGINS },
		{ "/auto/upload/users/{user}/*", BEGINS },
		{ "/{user}/upload/users/{user}/*", BEGINS },
		{ "/image/{user}/users/{user}/*", BEGINS },
		{ "/image/UPLOAD/users/{user}/*", BEGINS },
		{ "/image/upload2/users/{user}/*", BEGINS },
		{ "/image/c_fill/users/{user}/*", BEGINS },
		{ "/image/v1/users/{user}/*", BEGINS },
		{ "/image//users/{user}/*", BEGINS },
		{ "/image/upload/*", FIRST },
		{ "/image/upload/{user}/*", FIRST },
		{ "/image/upload/*/users/{user}/*", FIRST },
		{ "/image/upload/v1", FIRST },
		{ "/image/upload/v1/*", FIRST },
		{ "/image/upload/v1/v2/users/{user}/*", FIRST },
		{ "/image/upload/v1/w_200/users/{user}/*", FIRST },
		{ "/image/upload/l_{user}/users/{user}/*", FIRST },
		{ "/image/upload/users", OWNER },
		{ "/image/upload/users/*", OWNER },
		{ "/image/upload/users/*/{user}", OWNER },
		{ "/image/upload/users/**/{user}", OWNER },
		{ "/image/upload/users/alice/*", OWNER },
		{ "/image/upload/users/a{user}/*", OWNER },
		{ "/image/upload/users/{user}.jpg", OWNER },
		{ "/image/upload/users/{random}/*", OWNER },
		{ "/image/upload/users/{user}*", SEGMENT },
		{ "/image/upload/w_*/users/{user}/*", SEGMENT },
		{ "/image/upload/users/{user}/", SEGMENT },
		{ "/image/upload/", SEGMENT },
		{ "/image/upload//users/{user}/*", SEGMENT },
		{ "/image/upload/users/../{user}/*", SEGMENT },
		{ "/image/upload/users/{ip}/*", "{ip} can't stand" },
		{ "/image/upload/users/{usr}/*", "{usr} is unknown" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		const char *id = owned(cases[i].path), *said;

		said = rules_said(&r, &r.why);
		if (id != NULL || strstr(said, cases[i].said) == NULL)
			fail_msg("%s: %s", cases[i].path, said);
	}
}

/* Only the account's own name is passed over, and an empty one is none. */
TEST(test_cloud)
{
	const struct span album = SPAN_LIT("album");
	struct span id;

	rules_open(&r);
	assert_true(acl_owned(SPAN_LIT("/a-b/image/upload/u/{user}"), album,
	    SPAN_LIT("a-b"), &r.arena, &id, NULL));
	assert_false(acl_owned(SPAN_LIT("/a-b/image/upload/u/{user}"), album,
	    SPAN_LIT("a"), &r.arena, &id, NULL));
	assert_false(acl_owned(SPAN_LIT("//image/upload/u/{user}"), album,
	    SPAN_LIT(""), &r.arena, &id, NULL));
	assert_true(acl_owned(SPAN_LIT("/image/image/upload/u/{user}"), album,
	    SPAN_LIT("image"), &r.arena, &id, NULL));
	assert_false(acl_owned(SPAN_LIT("/image/upload/u/{user}"), album,
	    SPAN_LIT("image"), &r.arena, &id, NULL));
}

/* Without room nobody owns anything. */
TEST(test_room)
{
	unsigned char mem[8];
	struct arena small;
	struct span id;

	rules_open(&r);
	arena_init(&small, mem, sizeof(mem));
	assert_false(acl_owned(SPAN_LIT("/image/upload/users/{user}"),
	    SPAN_LIT("album"), SPAN_LIT("demo"), &small, &id, &r.why));
	assert_int_equal(id.n, 0);
	assert_non_null(strstr(rules_said(&r, &r.why), "no room"));
}

TEST(test_url_part)
{
	static const char *const parts[] = { "w_200", "c_fill", "t_x", "vc_a",
		"fl_", "if_else", "abc_", "v1", "v1234567890", "s--a--",
		"s--" };
	static const char *const others[] = { "", "a", "w", "_w", "_", "abcd_",
		"W_200", "1_a", "v", "v1a", "vv1", "V1", "1v", "s-a", "users",
		"w-200", "{user}", "*" };

	for (size_t i = 0; i < N(parts); i++)
		assert_true(pattern_url_part(span_of(parts[i])));
	for (size_t i = 0; i < N(others); i++)
		assert_false(pattern_url_part(span_of(others[i])));
}
