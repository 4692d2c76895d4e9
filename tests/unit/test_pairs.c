#include "test.h"

#include "base/limits.h"
#include "fcgi_client.h"
#include "gateway/pairs.h"
#include "guard.h"

#define assert_span(s, text) assert_true(span_is((s), (text)))

static unsigned char mem[8192];

static enum pairs_verdict
check(struct span s)
{
	struct span copy = guarded(s);
	enum pairs_verdict verdict = pairs_check(copy);

	guard_free(copy);
	return verdict;
}

static enum pairs_verdict
check_one(struct span name, struct span value)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	fcgi_pair(&out, name, value);
	return check(sink_view(&out));
}

TEST(test_next)
{
	unsigned char long_value[300];
	struct sink out;
	struct span rest;
	struct pair pair;

	memset(long_value, 'v', sizeof(long_value));
	sink_init(&out, mem, sizeof(mem));
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	fcgi_pair(&out, SPAN_LIT("EMPTY"), SPAN_LIT(""));
	fcgi_pair(&out, SPAN_LIT("LONG"),
	    (struct span){ long_value, sizeof(long_value) });
	rest = sink_view(&out);
	assert_true(pairs_next(&rest, &pair));
	assert_span(pair.name, "A");
	assert_span(pair.value, "b");
	assert_true(pairs_next(&rest, &pair));
	assert_span(pair.name, "EMPTY");
	assert_int_equal(pair.value.n, 0);
	assert_true(pairs_next(&rest, &pair));
	assert_span(pair.name, "LONG");
	assert_int_equal(pair.value.n, sizeof(long_value));
	assert_int_equal(rest.n, 0);
	assert_false(pairs_next(&rest, &pair));
	assert_int_equal(pair.name.n, 0);
}

/* Cut anywhere but between two pairs, it is broken. */
TEST(test_every_prefix)
{
	unsigned char long_value[200];
	struct sink out;
	size_t ends[3];

	memset(long_value, 'v', sizeof(long_value));
	sink_init(&out, mem, sizeof(mem));
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	ends[0] = out.n;
	fcgi_pair(&out, (struct span){ long_value, 130 },
	    (struct span){ long_value, sizeof(long_value) });
	ends[1] = out.n;
	fcgi_pair(&out, SPAN_LIT("C"), SPAN_LIT(""));
	ends[2] = out.n;
	for (size_t n = 0; n <= out.n; n++)
		assert_int_equal(check((struct span){ mem, n }),
		    n == 0 || n == ends[0] || n == ends[1] || n == ends[2]
			? PAIRS_GOOD
			: PAIRS_BROKEN);
}

TEST(test_lengths)
{
	static const unsigned char huge_name[] = { 0xff, 0xff, 0xff, 0xff, 1,
		'A', 'b' };
	static const unsigned char huge_value[] = { 1, 0xff, 0xff, 0xff, 0xff,
		'A', 'b' };
	static const unsigned char spelled[] = { 0x80, 0, 0, 1, 1, 'A', 'b' };

	/* Each of the four bytes counts. */
	for (size_t i = 0; i < 3; i++) {
		unsigned char large[sizeof(spelled)];

		memcpy(large, spelled, sizeof(large));
		large[i]++;
		assert_int_equal(
		    check((struct span){ large, sizeof(large) }), PAIRS_BROKEN);
	}
	assert_int_equal(
	    check((struct span){ huge_name, sizeof(huge_name) }), PAIRS_BROKEN);
	assert_int_equal(check((struct span){ huge_value, sizeof(huge_value) }),
	    PAIRS_BROKEN);
	assert_int_equal(
	    check((struct span){ spelled, sizeof(spelled) }), PAIRS_GOOD);
}

TEST(test_bytes)
{
	for (unsigned c = 0; c < 256; c++) {
		const unsigned char text[3] = { 'A', (unsigned char)c, 'B' };
		struct span s = { text, 3 };

		assert_int_equal(check_one(s, SPAN_LIT("v")),
		    c == '\0' || c == '=' ? PAIRS_BROKEN : PAIRS_GOOD);
		assert_int_equal(check_one(SPAN_LIT("N"), s),
		    c == '\0' ? PAIRS_BROKEN : PAIRS_GOOD);
	}
}

TEST(test_number)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	for (int i = 0; i < FCGI_VARIABLES_MAX - 1; i++)
		fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	assert_int_equal(check(sink_view(&out)), PAIRS_GOOD);
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	assert_int_equal(check(sink_view(&out)), PAIRS_GOOD);
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	assert_int_equal(check(sink_view(&out)), PAIRS_TOO_MANY);
}
