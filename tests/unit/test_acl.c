#include "test.h"

#include <stdlib.h>

#include "policy/pattern.h"
#include "policy/value.h"
#include "rules.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

/* Can it stand in an acl? */
static bool
valid(const char *source)
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
	return right;
}

TEST(test_every_byte)
{
	for (int c = 1; c < 256; c++) {
		char source[] = { '/', 'a', (char)c, 'a', '\0' };
		bool right = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
				    "QRSTUVWXYZ0123456789_-.:/",
				 c) != NULL;

		assert_int_equal(valid(source), right);
	}
}

/*
 * What the configuration refuses before it asks whose it is: nobody's, whoever
 * asks.
 */
TEST(test_not_owned)
{
	static const char *const paths[] = { "", "/",
		"image/upload/users/{user}/*", "/image//users/{user}/*",
		"/image/upload/users/**/{user}", "/image/upload/users/{user}*",
		"/image/upload/w_*/users/{user}/*",
		"/image/upload/users/{user}/", "/image/upload/",
		"/image/upload/our users/{user}/*",
		"/image/upload//users/{user}/*",
		"/image/upload/users/../{user}/*", "/image/upload/users/{ip}/*",
		"/image/upload/users/{usr}/*" };

	for (size_t i = 0; i < N(paths); i++) {
		struct span copy = guarded(span_of(paths[i]));
		struct span id = SPAN_LIT("old");

		rules_open(&r);
		if (acl_owned(copy, SPAN_LIT("album"), SPAN_LIT("demo"),
			&r.arena, &id, &r.why))
			fail_msg("%s", paths[i]);
		assert_int_equal(id.n, 0);
		assert_true(r.why.n > 0);
		assert_false(acl_owned(copy, SPAN_LIT("album"),
		    SPAN_LIT("demo"), &r.arena, &id, NULL));
		guard_free(copy);
	}
}

/* The part is the path's own end. */
TEST(test_owned)
{
	const struct span path =
	    SPAN_LIT("/demo/image/upload/w_200/t_x/v12/users/{user}/**");
	struct span id;

	rules_open(&r);
	assert_true(acl_owned(
	    path, SPAN_LIT("album"), SPAN_LIT("demo"), &r.arena, &id, &r.why));
	assert_true(span_is(id, "users/{user}/**"));
	assert_true(id.p + id.n == path.p + path.n);
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
