#include "test.h"

#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "policy/value.h"

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

/* What one text holds, written as <key:value> or <value>; or its problem. */
TEST(one_text)
{
	static const struct {
		const char *term, *text, *held;
	} rows[] = {
		{ "tags", "a,b,c", "<a><b><c>" },
		{ "tags", "a", "<a>" },
		{ "tags", "", "" },
		{ "tags", "a,,c", "element_empty" },
		{ "tags", "a,b,a", "element_twice" },
		{ "tags", ",", "element_empty" },
		{ "tags", "a,", "element_empty" },
		/* ids, prefixes and paths are lists like any other */
		{ "public_ids", "a,b", "<a><b>" },
		{ "public_ids", "a,b,a", "element_twice" },
		{ "public_ids", "a,,b", "element_empty" },
		{ "prefixes", "a,b", "<a><b>" },
		{ "prefixes", "a,b,a", "element_twice" },
		{ "prefixes", "a,,b", "element_empty" },
		{ "fully_qualified_public_ids", "a,b", "<a><b>" },
		{ "fully_qualified_public_ids", "a,b,a", "element_twice" },
		{ "fully_qualified_public_ids", "a,,b", "element_empty" },
		{ "acl", "a,b", "<a><b>" },
		{ "acl", "a,b,a", "element_twice" },
		{ "acl", "a,,b", "element_empty" },
		{ "url", "/a,b", "</a,b>" },
		{ "context", "a=1|b=x=y|c=p\\|q\\=r",
		    "<a:1><b:x=y><c:p\\|q\\=r>" },
		{ "context", "a=1|b", "group_form" },
		{ "context", "=1", "element_empty" },
		{ "context", "a=", "element_empty" },
		{ "context", "a=1|a=2", "element_twice" },
		{ "context", "a\\=1", "group_form" },
		/* a backslash at the very end escapes nothing */
		{ "context", "a=1\\", "<a:1\\>" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned char held[256];
		struct elements e;
		struct sink out;

		sink_init(&out, held, sizeof(held));
		if (!reads(rows[i].term, rows[i].text, false, &e))
			sink_text(&out, why.code);
		else
			for (size_t k = 0; k < e.n; k++)
				sink_say(&out, "<%v%s%v>",
				    e.keys == NULL ? SPAN_LIT("") : e.keys[k],
				    e.keys == NULL ? "" : ":", e.values[k]);
		if (!span_is(sink_view(&out), rows[i].held))
			fail_msg("%s: %.*s", rows[i].text, (int)out.n, held);
	}
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
