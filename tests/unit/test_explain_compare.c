#include "test.h"

#include "explaining.h"
#include "guard.h"

static struct difference d;

static void
compare(const char *theirs, const char *ours)
{
	struct change_known known = { SPAN_LIT("12"), SPAN_LIT("demo") };
	struct span a = guarded(span_of(theirs)), b = guarded(span_of(ours));

	start();
	explain_compare(a, b, &known, &arena, &d);
	assert_int_equal(d.n == 0, strcmp(theirs, ours) == 0);
	guard_free(a);
	guard_free(b);
	start();
	explain_compare(span_of(theirs), span_of(ours), &known, &arena, &d);
}

static void
is(size_t i, enum cause cause, const char *name)
{
	assert_true(i < d.n);
	assert_int_equal(d.item[i].cause, cause);
	assert_true(span_is(d.item[i].name, name));
}

TEST(same)
{
	compare("", "");
	compare("a=1", "a=1");
	assert_int_equal(d.n, 0);
	compare("a=1", "a=");
	assert_int_equal(d.at, 2);
	compare("a=1", "a=12");
	assert_int_equal(d.at, 3);
	compare("", "a");
	is(0, CAUSE_NOT_SENT, "");
}

/* What one slip made of the whole string. */
TEST(whole)
{
	compare("a=1&source=uw&timestamp=2", "a=1&timestamp=2");
	is(0, CAUSE_SOURCE_UW, "source");
	assert_int_equal(d.n, 1);
	assert_int_equal(d.at, 4);
	compare("a=1&timestamp=2", "a=1&timestamp=2\n");
	is(0, CAUSE_LINE_END, "");
	compare("a=1&timestamp=2", "{\"a\":\"1\",\"timestamp\":2}");
	is(0, CAUSE_JSON, "");
	compare("a=1&b=2&c=3", "b=2&c=3&a=1");
	is(0, CAUSE_NAME_ORDER, "");
}

TEST(pieces)
{
	compare("a=1&timestamp=2", "a=2&timestamp=2");
	is(0, CAUSE_VALUE, "a");
	assert_true(span_is(d.item[0].theirs, "1"));
	assert_true(span_is(d.item[0].ours, "2"));
	compare("a=1&timestamp=2", "a=1&timestamp=3");
	is(0, CAUSE_TIMESTAMP_OTHER, "timestamp");
	compare("a=1&timestamp=2", "a=1&folder=&timestamp=2");
	is(0, CAUSE_EMPTY, "folder");
	compare("a=1&timestamp=2", "a=1&folder=x&timestamp=2");
	is(0, CAUSE_NOT_SENT, "folder");
	compare("a=1&timestamp=2", "a=null&timestamp=2");
	is(0, CAUSE_NULL, "a");
	compare("a=1&timestamp=2", "");
	is(0, CAUSE_NOT_SIGNED, "a");
	is(1, CAUSE_NOT_SIGNED, "timestamp");
}

TEST(several)
{
	char many[6 * 64];
	size_t n = 0;

	compare("a=true&b=x y&c=1&source=uw", "a=1&b=x%20y&d=2");
	assert_int_equal(d.n, 5);
	is(0, CAUSE_BOOLEAN, "a");
	is(1, CAUSE_ENCODED, "b");
	is(2, CAUSE_NOT_SIGNED, "c");
	is(3, CAUSE_SOURCE_UW, "source");
	is(4, CAUSE_NOT_SENT, "d");
	for (char c = 'a'; c <= 'z'; c++) {
		many[n++] = c;
		memcpy(many + n, "=1&", 3);
		n += 3;
	}
	many[n - 1] = '\0';
	compare("x=2", many);
	assert_int_equal(d.n, EXPLAIN_ITEMS_MAX);
}

TEST(lists)
{
	compare("t=a,b,c,d", "t=b,d,a,c");
	is(0, CAUSE_LIST_ORDER, "t");
	compare("t=a,b,c,d", "t=b,d,a,a");
	is(0, CAUSE_VALUE, "t");
	compare("t=a,b,,c", "t=b,,c,a");
	is(0, CAUSE_LIST_ORDER, "t");
	compare("t=ab", "t=ba");
	is(0, CAUSE_VALUE, "t");
}
