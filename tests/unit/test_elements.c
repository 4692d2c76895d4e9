#include "test.h"

#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "policy/elements.h"

static unsigned char mem[65536];
static struct arena arena;
static struct problem why;

/* Reads one text for the term, at an unreadable page. */
static bool
reads(const char *term, const char *text, bool exact, struct elements *out)
{
	struct span value = guarded(span_of(text));
	struct param p = { span_of(term), SHAPE_TEXT, 1, &value, NULL };

	arena_init(&arena, mem, sizeof(mem));
	memset(mem, 0x55, sizeof(mem));
	problem_clear(&why);
	return elements_read(
	    &p, term_find(span_of(term)), exact, &arena, out, &why);
}

TEST(lists)
{
	struct elements e;

	assert_true(reads("tags", "a,b,c", false, &e));
	assert_int_equal(e.n, 3);
	assert_true(span_is(e.values[2], "c"));
	assert_null(e.keys);
	assert_true(reads("tags", "a", false, &e));
	assert_int_equal(e.n, 1);
	assert_true(reads("tags", "", false, &e));
	assert_int_equal(e.n, 0);
	assert_false(reads("tags", "a,,c", false, &e));
	assert_string_equal(why.code, "element_empty");
	assert_false(reads("tags", "a,b,a", false, &e));
	assert_string_equal(why.code, "element_twice");
	assert_false(reads("tags", ",", false, &e));
	assert_false(reads("tags", "a,", false, &e));
}

/* Ids, prefixes and paths are lists like any other. */
TEST(lists_of_ids)
{
	static const char *const terms[] = { "public_ids", "prefixes",
		"fully_qualified_public_ids", "acl" };
	struct elements e;

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		assert_true(reads(terms[i], "a,b", true, &e));
		assert_int_equal(e.n, 2);
		assert_true(span_is(e.values[1], "b"));
		assert_false(reads(terms[i], "a,b,a", false, &e));
		assert_string_equal(why.code, "element_twice");
		assert_false(reads(terms[i], "a,,b", false, &e));
		assert_string_equal(why.code, "element_empty");
	}
	assert_true(reads("url", "/a,b", false, &e));
	assert_int_equal(e.n, 1);
}

TEST(groups)
{
	struct elements e;

	assert_true(reads("context", "a=1|b=x=y|c=p\\|q\\=r", false, &e));
	assert_int_equal(e.n, 3);
	assert_true(span_is(e.keys[1], "b"));
	assert_true(span_is(e.values[1], "x=y"));
	assert_true(span_is(e.values[2], "p\\|q\\=r"));
	assert_false(reads("context", "a=1|b", false, &e));
	assert_string_equal(why.code, "group_form");
	assert_false(reads("context", "=1", false, &e));
	assert_false(reads("context", "a=", false, &e));
	assert_false(reads("context", "a=1|a=2", false, &e));
	assert_string_equal(why.code, "element_twice");
	assert_false(reads("context", "a\\=1", false, &e));
	/* A backslash at the very end escapes nothing. */
	assert_true(reads("context", "a=1\\", false, &e));
	assert_true(span_is(e.values[0], "1\\"));
}

TEST(many)
{
	char text[3 * LIST_MAX + 8] = "";
	struct elements e;
	size_t n = 0;

	for (int i = 0; i < LIST_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%02x",
		    i > 0 ? "," : "", (unsigned)i);
	assert_true(reads("tags", text, false, &e));
	assert_int_equal(e.n, LIST_MAX);
	strcat(text, ",zz");
	assert_false(reads("tags", text, false, &e));
	assert_string_equal(why.code, "too_many");
	text[strlen(text) - 6] = '\0';
	assert_true(reads("tags", text, false, &e));
	assert_int_equal(e.n, LIST_MAX - 1);
}

TEST(shapes)
{
	struct span value = SPAN_INIT("v"), key = SPAN_INIT("k");
	struct elements e;
	static const struct {
		const char *term;
		enum shape shape;
		bool exact, read;
	} cases[] = {
		{ "tags", SHAPE_LIST, false, true },
		{ "tags", SHAPE_LIST, true, true },
		{ "tags", SHAPE_OBJECT, false, false },
		{ "context", SHAPE_OBJECT, false, true },
		{ "context", SHAPE_OBJECT, true, false },
		{ "context", SHAPE_LIST, false, false },
		{ "public_id", SHAPE_LIST, false, false },
		{ "public_id", SHAPE_OBJECT, false, false },
		{ "public_id", SHAPE_TEXT, true, true },
		{ "public_ids", SHAPE_LIST, true, true },
		{ "public_ids", SHAPE_TEXT, true, true },
		{ "public_ids", SHAPE_OBJECT, false, false },
		{ "prefixes", SHAPE_LIST, false, true },
		{ "fully_qualified_public_ids", SHAPE_LIST, false, true },
		{ "acl", SHAPE_LIST, false, true },
		{ "url", SHAPE_LIST, false, false },
		{ "url", SHAPE_TEXT, false, true },
		{ "duration", SHAPE_LIST, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct param p = { span_of(cases[i].term), cases[i].shape, 1,
			&value, &key };

		arena_init(&arena, mem, sizeof(mem));
		problem_clear(&why);
		assert_int_equal(
		    elements_read(&p, term_find(span_of(cases[i].term)),
			cases[i].exact, &arena, &e, &why),
		    cases[i].read);
		assert_int_equal(e.n, cases[i].read ? 1 : 0);
		if (!cases[i].read)
			assert_string_equal(why.code, "wrong_form");
	}
}

TEST(joins)
{
	static const struct {
		const char *term, *text;
	} cases[] = {
		{ "tags", "a,b,c" },
		{ "context", "a=1|b=x\\=y" },
		{ "public_ids", "users/alice/a,users/alice/b" },
		{ "prefixes", "users/alice/,users/bob/" },
		{ "acl", "/a/*,/b/*" },
		{ "public_id", "users/alice" },
	};
	struct elements e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(reads(cases[i].term, cases[i].text, false, &e));
		assert_true(
		    span_is(elements_join(
				&e, term_find(span_of(cases[i].term)), &arena),
			cases[i].text));
	}
	arena_init(&arena, mem, 3);
	assert_int_equal(
	    elements_join(&e, term_find(SPAN_LIT("public_id")), &arena).n, 0);
	assert_true(arena.full);
}

TEST(escapes)
{
	arena_init(&arena, mem, sizeof(mem));
	assert_true(span_is(
	    elements_escape(SPAN_LIT("a=b|c&d,e"), &arena), "a\\=b\\|c&d,e"));
	assert_true(span_is(elements_escape(SPAN_LIT(""), &arena), ""));
	arena_init(&arena, mem, 2);
	assert_int_equal(elements_escape(SPAN_LIT("=="), &arena).n, 0);
}
