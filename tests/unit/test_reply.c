#include "test.h"

#include <string.h>

#include "gateway/pairs.h"
#include "gateway/reply.h"

#define assert_span(s, text) assert_true(span_is((s), (text)))

static unsigned char mem[70000];

static struct sink
empty(size_t cap)
{
	struct sink out;

	memset(mem, 0x55, sizeof(mem));
	sink_init(&out, mem, cap);
	return out;
}

TEST(test_answer)
{
	static const unsigned char wanted[] = { 1, 6, 2, 3, 0, 2, 0, 0, 'o',
		'k', 1, 6, 2, 3, 0, 0, 0, 0, 1, 3, 2, 3, 0, 8, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0 };
	struct sink out = empty(sizeof(wanted));

	reply_answer(0x203, SPAN_LIT("ok"), &out);
	assert_false(out.full);
	assert_int_equal(out.n, sizeof(wanted));
	assert_memory_equal(mem, wanted, sizeof(wanted));
	out = empty(sizeof(wanted) - 1);
	reply_answer(0x203, SPAN_LIT("ok"), &out);
	assert_true(out.full);
}

/* An empty STDOUT record would be the stream's end. */
TEST(test_empty_answer)
{
	struct sink out = empty(sizeof(mem));

	reply_answer(1, SPAN_LIT(""), &out);
	assert_int_equal(out.n, 8 + 16);
}

TEST(test_length)
{
	static const unsigned char text[65536];

	for (size_t n = 65534; n <= 65536; n++) {
		struct sink out = empty(sizeof(mem));

		reply_answer(1, (struct span){ text, n }, &out);
		assert_int_equal(out.full, n > 65535);
		if (n > 65535)
			assert_int_equal(out.n, 0);
		else
			assert_int_equal(mem[4] << 8 | mem[5], n);
	}
}

static bool
ask(struct span content, struct sink *out)
{
	struct record record = { .type = RECORD_GET_VALUES,
		.content = content };

	*out = empty(sizeof(mem));
	return reply_management(&record, out);
}

TEST(test_values)
{
	struct sink out;
	struct span rest;
	struct pair pair;

	assert_true(ask(SPAN_LIT("\x0f\0FCGI_MPXS_CONNS\x0e\0FCGI_MAX_CONNS"
				 "\x0d\0FCGI_MAX_REQS\x04\0FOO2"),
	    &out));
	assert_int_equal(mem[1], RECORD_GET_VALUES_RESULT);
	assert_int_equal(mem[2] << 8 | mem[3], 0);
	assert_int_equal(mem[4] << 8 | mem[5], out.n - 8);
	rest = span_skip(sink_view(&out), 8);
	assert_true(pairs_next(&rest, &pair));
	assert_span(pair.name, "FCGI_MAX_CONNS");
	assert_span(pair.value, "64");
	assert_true(pairs_next(&rest, &pair));
	assert_span(pair.name, "FCGI_MAX_REQS");
	assert_span(pair.value, "64");
	assert_true(pairs_next(&rest, &pair));
	assert_span(pair.name, "FCGI_MPXS_CONNS");
	assert_span(pair.value, "0");
	assert_int_equal(rest.n, 0);
}

/* Asked for ten times it is answered once. */
TEST(test_values_repeated)
{
	unsigned char asked[10 * 16];
	struct sink many, out;

	sink_init(&many, asked, sizeof(asked));
	for (int i = 0; i < 10; i++)
		sink_span(&many, SPAN_LIT("\x0e\0FCGI_MAX_CONNS"));
	assert_true(ask(sink_view(&many), &out));
	assert_int_equal(out.n, 8 + 2 + 14 + 2);
}

TEST(test_values_none)
{
	struct sink out;

	assert_true(ask(SPAN_LIT(""), &out));
	assert_int_equal(out.n, 8);
	assert_true(ask(SPAN_LIT("\x0e\0FCGI_MAX_CONNZ"), &out));
	assert_int_equal(out.n, 8);
	assert_false(ask(SPAN_LIT("\x0f\0FCGI_MAX_CONNS"), &out));
	assert_int_equal(out.n, 0);
}

TEST(test_unknown_type)
{
	for (unsigned type = 0; type < 256; type++) {
		struct record record = { .type = type };
		struct sink out = empty(sizeof(mem));

		if (type == RECORD_GET_VALUES)
			continue;
		assert_true(reply_management(&record, &out));
		assert_int_equal(out.n, 16);
		assert_int_equal(mem[1], RECORD_UNKNOWN);
		assert_int_equal(mem[4] << 8 | mem[5], 8);
		assert_int_equal(mem[8], type);
	}
}
