#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "guard.h"
#include "policy/pattern.h"
#include "policy/value.h"
#include "rules.h"

static unsigned char elements_mem[65536];
static struct arena arena;
static struct problem elements_why;
static struct ctx elements_ctx = { NULL, &arena, &elements_why };

/* Reads one text for the term, at an unreadable page. */
static bool
reads(const char *term, const char *text, bool exact, struct elements *out)
{
	struct span value = guarded(span_of(text));
	struct param p = { span_of(term), SHAPE_TEXT, 1, &value, NULL };

	arena_init(&arena, elements_mem, sizeof(elements_mem));
	memset(elements_mem, 0x55, sizeof(elements_mem));
	problem_clear(&elements_why);
	return elements_read(
	    &p, term_find(span_of(term)), exact, &elements_ctx, out);
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
			sink_text(&out, elements_why.code);
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
	assert_string_equal(elements_why.code, "too_many");
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

		arena_init(&arena, elements_mem, sizeof(elements_mem));
		problem_clear(&elements_why);
		assert_int_equal(
		    elements_read(&p, term_find(span_of(cases[i].term)),
			cases[i].exact, &elements_ctx, &e),
		    cases[i].read);
		assert_int_equal(e.n, cases[i].read ? 1 : 0);
		if (!cases[i].read)
			assert_string_equal(elements_why.code, "wrong_form");
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
	arena_init(&arena, elements_mem, 3);
	assert_int_equal(
	    elements_join(&e, term_find(SPAN_LIT("public_id")), &arena).n, 0);
	assert_true(arena.full);
}

TEST(escapes)
{
	arena_init(&arena, elements_mem, sizeof(elements_mem));
	assert_true(span_is(
	    elements_escape(SPAN_LIT("a=b|c&d,e"), &arena), "a\\=b\\|c&d,e"));
	assert_true(span_is(elements_escape(SPAN_LIT(""), &arena), ""));
	arena_init(&arena, elements_mem, 2);
	assert_int_equal(elements_escape(SPAN_LIT("=="), &arena).n, 0);
}

static bool
valid(const char *text)
{
	struct span copy = guarded(span_of(text));
	bool right = transformation_valid(copy, NULL);

	guard_free(copy);
	return right;
}

TEST(what_can_be_signed)
{
	static const char *const right[] = { "w_200", "w_200,c_fill",
		"c_fill,h_100,w_100/e_sepia", "t_thumb", "ar_16:9,c_fill",
		"$w_200/w_$w", "$x_!a!", "if_w_gt_200,w_200/if_end",
		"l_text:Arial_20:Hi,co_red", "fl_layer_apply,x_-5,y_0.5",
		"e_blur:400;x|y", "bl_a'b(c)d*e+f=g@h~i" };

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		if (!valid(right[i]))
			fail_msg("%s", right[i]);
}

/* What SDKs hash apart, browsers rewrite, or a URL reads as something else. */
TEST(what_can_not)
{
	static const char *const wrong[] = { "", "w_", "_200", "w", "200",
		"w_200,", ",w_200", "w_200/", "/w_200", "w_200//e_sepia",
		"w_200/users", "users/bob", "v1", "v123", "s--abcdefgh--",
		"l_text:Arial:a%20b", "w_200?x", "w_200#x", "w_200&h_1",
		"l_a b", "l_a\"b", "l_a<b", "l_a>b", "l_a\\b", "l_a^b", "l_a`b",
		"l_a{b", "l_a}b", "l_a[b", "l_\xc3\xbc", "l_\x01",
		"w_200/../e_x", "w_200/./e_x", "$", "W_200", "users_x",
		"abcd_1" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (valid(wrong[i]))
			fail_msg("%s", wrong[i]);
}

TEST(it_has_a_limit)
{
	static char text[TRANSFORMATION_MAX + 2];

	for (size_t n = TRANSFORMATION_MAX - 1; n <= TRANSFORMATION_MAX + 1;
	     n++) {
		memset(text, 'a', sizeof(text));
		memcpy(text, "w_", 2);
		text[n] = '\0';
		assert_int_equal(valid(text), n <= TRANSFORMATION_MAX);
	}
}

TEST(why_is_said)
{
	unsigned char mem[1024];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	assert_false(transformation_valid(SPAN_LIT("l_a%20b"), &why));
	assert_true(why.n > 0 && !why.full);
	sink_init(&why, mem, sizeof(mem));
	assert_true(transformation_valid(SPAN_LIT("w_1"), &why));
	assert_int_equal(why.n, 0);
}

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct rules r;

/* Can it stand in an acl? */
static bool
is_acl(const char *source)
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

		assert_int_equal(is_acl(source), right);
	}
}
