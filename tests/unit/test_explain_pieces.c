#include "test.h"

#include "explaining.h"
#include "guard.h"

static struct pieces p;

static void
apart(const char *text, size_t n, const char *again)
{
	struct span s = guarded(span_of(text));

	start();
	explain_pieces(s, &p);
	assert_int_equal(p.n, n);
	explain_join(&p, &out);
	assert_string_equal(written(), again);
	guard_free(s);
	explain_pieces(span_of(text), &p);
}

TEST(pieces)
{
	apart("a=1&b=2", 2, "a=1&b=2");
	assert_true(span_is(p.p[1].name, "b") && span_is(p.p[1].value, "2"));
	apart("", 0, "");
	apart("a=", 1, "a=");
	apart("url=http://x?a b&c&d=1", 2, "url=http://x?a b&c&d=1");
	assert_true(span_is(p.p[0].value, "http://x?a b&c"));
	apart("no name", 1, "no name");
	assert_true(p.p[0].name.n == 0);
	apart("&a=1&", 1, "a=1&");
	apart("ids[]=a&ids[0]=b&x[", 2, "ids[]=a&ids[0]=b&x[");
	assert_int_equal(explain_find(&p, SPAN_LIT("ids[0]")), 1);
	assert_int_equal(explain_find(&p, SPAN_LIT("ids")), 2);
}

/* One more than there is room for belongs to the last value. */
TEST(limits)
{
	char text[4 * (PARAMS_MAX + 1) + 1];

	for (size_t n = PARAMS_MAX - 1; n <= PARAMS_MAX + 1; n++) {
		for (size_t i = 0; i < n; i++)
			memcpy(text + 4 * i, "a=1&", 4);
		text[4 * n - 1] = '\0';
		apart(text, n < PARAMS_MAX ? n : PARAMS_MAX, text);
	}
	for (size_t n = NAME_MAX_BYTES - 1; n <= NAME_MAX_BYTES + 1; n++) {
		memset(text, 'n', n);
		memcpy(text + n, "=1", 3);
		apart(text, 1, text);
		assert_int_equal(p.p[0].name.n, n <= NAME_MAX_BYTES ? n : 0);
	}
}

static void
insert(const char *name, const char *all)
{
	start();
	explain_insert(
	    &p, (struct signed_param){ span_of(name), SPAN_LIT("x") });
	explain_join(&p, &out);
	assert_string_equal(written(), all);
}

TEST(in_its_place)
{
	p.n = 0;
	insert("m", "m=x");
	insert("z", "m=x&z=x");
	insert("a", "a=x&m=x&z=x");
	insert("mm", "a=x&m=x&mm=x&z=x");
	/* Before the first that is greater, where they are not sorted. */
	explain_pieces(SPAN_LIT("c=x&a=x"), &p);
	insert("b", "b=x&c=x&a=x");
}

struct one_look {
	struct change_eye eye; /* the first member: it is found from it */
	size_t n;
};

static bool
look(struct change_eye *self, const struct change *change)
{
	((struct one_look *)(void *)self)->n++;
	return span_is(change->string, "a=1&b=2") &&
	       change->cause == CAUSE_VALUE && span_is(change->name, "b");
}

/* What is empty, and what is too long, is shown to nobody. */
TEST(looks)
{
	static unsigned char large[EXPLAIN_WORK_MAX];
	struct one_look one = { { look }, 0 };

	explain_pieces(SPAN_LIT("a=1&b=2"), &p);
	assert_true(explain_look(&one.eye, &p, CAUSE_VALUE, SPAN_LIT("b")));
	assert_false(explain_look(&one.eye, &p, CAUSE_NULL, SPAN_LIT("b")));
	assert_int_equal(one.n, 2);
	p.p[1].value = (struct span){ large, sizeof(large) - 5 };
	assert_false(explain_look(&one.eye, &p, CAUSE_VALUE, SPAN_LIT("b")));
	p.n = 0;
	assert_false(explain_look(&one.eye, &p, CAUSE_VALUE, SPAN_LIT("b")));
	assert_int_equal(one.n, 2);
}

static enum cause
gone(const char *name, const char *value)
{
	return explain_gone(
	    &(struct signed_param){ span_of(name), span_of(value) });
}

static enum cause
extra(const char *name, const char *value)
{
	return explain_extra(
	    &(struct signed_param){ span_of(name), span_of(value) });
}

TEST(meanings)
{
	assert_int_equal(gone("source", "uw"), CAUSE_SOURCE_UW);
	assert_int_equal(gone("source", "x"), CAUSE_NOT_SIGNED);
	assert_int_equal(gone("folder", "undefined"), CAUSE_NULL);
	assert_int_equal(extra("file", "x"), CAUSE_EXCLUDED);
	assert_int_equal(extra("api_key", ""), CAUSE_EXCLUDED);
	assert_int_equal(extra("folder", ""), CAUSE_EMPTY);
	assert_int_equal(extra("folder", "null"), CAUSE_NULL);
	assert_int_equal(extra("folder", "nul"), CAUSE_NOT_SENT);
}
