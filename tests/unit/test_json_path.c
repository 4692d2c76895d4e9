#include "test.h"

#include "base/limits.h"
#include "guard.h"
#include "http/json_read.h"

static bool
path_valid(struct span path)
{
	struct span s = guarded(path);
	bool ok = json_path_valid(s);

	guard_free(s);
	return ok;
}

static void
check_path(
    const char *json, const char *path, enum json_kind kind, const char *text)
{
	struct span s = guarded(span_of(json)), p = guarded(span_of(path));
	struct json_value object = { JSON_KIND_OBJECT, s }, v;

	assert_true(json_object_valid(s, TOKEN_DEPTH_MAX));
	v = json_path(object, p);
	assert_int_equal(v.kind, kind);
	if (!span_is(v.text, text))
		fail_msg("%s is not %s", path, text);
	guard_free(s);
	guard_free(p);
}

TEST(paths_are_names_and_indexes)
{
	static const char *const good[] = { "sub", "passport.user",
		"warden.user.user.key[0][0]", "a[9999]", "a[10].b", "_id",
		"user-id", "https://example/roles", "\xc3\xa4" };
	static const char *const bad[] = { "", ".", ".a", "a.", "a..b", "[0]",
		"a[", "a[]", "a]", "a[0", "a[00]", "a[01]", "a[-1]", "a[x]",
		"a[0]b", "a[0].", "a.[0]", "a[10000]", "a b", " a", "a ", "a\t",
		"a\x7f", "a[0 ]", "a[0]]" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!path_valid(span_of(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (path_valid(span_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(path_valid(SPAN_LIT("a\0")));
}

TEST(every_byte_in_a_name)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned char text[] = { 'a', (unsigned char)c, 'b' };
		bool good =
		    c == '.' || (c > ' ' && c != '[' && c != ']' && c != 0x7f);

		assert_int_equal(path_valid((struct span){ text, 3 }), good);
	}
}

TEST(paths_lead_to_values)
{
	const char *json =
	    "{\"sub\":\"42\",\"user\":{\"id\":7,\"roles\":[\"a\",[\"b\"]]},"
	    "\"a.b\":1,\"l\":[{\"x\":true}]}";

	check_path(json, "sub", JSON_KIND_STRING, "\"42\"");
	check_path(json, "user.id", JSON_KIND_NUMBER, "7");
	check_path(json, "user.roles[0]", JSON_KIND_STRING, "\"a\"");
	check_path(json, "user.roles[1][0]", JSON_KIND_STRING, "\"b\"");
	check_path(json, "l[0].x", JSON_KIND_TRUE, "true");
	check_path(json, "user.roles", JSON_KIND_ARRAY, "[\"a\",[\"b\"]]");
	check_path(json, "id", JSON_ABSENT, "");
	check_path(json, "user.ID", JSON_ABSENT, "");
	check_path(json, "user.roles[2]", JSON_ABSENT, "");
	check_path(json, "user.roles[0][0]", JSON_ABSENT, "");
	check_path(json, "user[0]", JSON_ABSENT, "");
	check_path(json, "sub.sub", JSON_ABSENT, "");
	check_path(json, "l.x", JSON_ABSENT, "");
	check_path(json, "a.b", JSON_ABSENT, "");
	check_path(json, "", JSON_ABSENT, "");
	check_path(json, "user..id", JSON_ABSENT, "");
}

TEST(twice_on_the_way_is_told)
{
	check_path(
	    "{\"u\":{\"id\":1},\"u\":{\"id\":1}}", "u.id", JSON_TWICE, "");
	check_path("{\"u\":{\"id\":1,\"i\\u0064\":1}}", "u.id", JSON_TWICE, "");
	check_path("{\"u\":{\"id\":1},\"v\":{\"id\":1}}", "u.id",
	    JSON_KIND_NUMBER, "1");
	check_path("{\"u\":[1],\"u\":[1]}", "u[0]", JSON_TWICE, "");
	check_path("{\"u\":{\"x\":1,\"x\":2,\"id\":3}}", "u.id",
	    JSON_KIND_NUMBER, "3");
}
