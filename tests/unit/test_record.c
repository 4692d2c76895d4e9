#include "test.h"

#include "fcgi_client.h"
#include "gateway/record.h"
#include "guard.h"

#define assert_span(s, text) assert_true(span_is((s), (text)))

#define ROOM (FCGI_PARAMS_MAX + HOOK_BODY_MAX + FCGI_FRAMING_MAX)

static unsigned char mem[ROOM];
static unsigned char params[FCGI_PARAMS_MAX];
static const unsigned char bytes[HOOK_BODY_MAX + 1];
static const unsigned char filling[255];

static struct record
look(struct span s)
{
	struct record_progress start = { 0 };
	struct span copy = guarded(s);
	struct record record = record_look(&start, copy, params);

	if (record.content.p != NULL)
		record.content.p = s.p + (record.content.p - copy.p);
	guard_free(copy);
	return record;
}

static enum record_state
state_of(const struct sink *out)
{
	assert_false(out->full);
	return look(sink_view(out)).state;
}

static struct sink
empty(void)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	return out;
}

static struct sink
request(struct span body)
{
	struct sink out = empty();

	fcgi_request(&out, "POST", "policy=avatar", body, 0);
	return out;
}

static struct span
body_of(size_t n)
{
	return (struct span){ bytes, n };
}

TEST(test_every_prefix)
{
	struct sink out = request(SPAN_LIT("a=b&c=d"));

	for (size_t n = 0; n < out.n; n++)
		assert_int_equal(
		    look((struct span){ mem, n }).state, RECORD_MORE);
	assert_int_equal(state_of(&out), RECORD_WHOLE);
	assert_int_equal(look(sink_view(&out)).id, FCGI_REQUEST_ID);
}

/* Nothing may stand behind the end. */
TEST(test_behind)
{
	struct sink out = request(SPAN_LIT("a=b"));

	sink_byte(&out, 1);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
	out = request(SPAN_LIT("a=b"));
	fcgi_begin(&out, 1, 0);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
}

/* Where the records of the sample begin. */
static size_t
record_at(struct span s, size_t at)
{
	return at + 8 + (size_t)(s.p[at + 4] << 8 | s.p[at + 5]) + s.p[at + 6];
}

/*
 * A header that says something else is never a whole request. Query and body
 * are too long to be skipped as padding, which would make another right one.
 */
TEST(test_headers)
{
	char query[301];
	struct sink out = empty();
	size_t n = 0;

	memset(query, 'q', sizeof(query));
	query[sizeof(query) - 1] = '\0';
	fcgi_request(&out, "POST", query, body_of(300), 0);
	for (size_t at = 0; at < out.n; at = record_at(sink_view(&out), at))
		for (size_t i = 0; i < 8; i++) {
			unsigned char was = mem[at + i];

			for (unsigned c = 0; c < 256; c++) {
				bool same = c == was || i == 7;

				mem[at + i] = (unsigned char)c;
				assert_int_equal(
				    state_of(&out) == RECORD_WHOLE, same);
				n++;
			}
			mem[at + i] = was;
		}
	assert_int_equal(n, 5 * 8 * 256);
}

TEST(test_version_and_type)
{
	struct sink out = request(SPAN_LIT(""));

	mem[0] = 2;
	assert_int_equal(state_of(&out), RECORD_BROKEN);
	mem[0] = 1;
	for (unsigned type = 0; type < 256; type++) {
		mem[16 + 1] = (unsigned char)type;
		assert_int_equal(
		    state_of(&out), type == RECORD_PARAMS  ? RECORD_WHOLE
				    : type == RECORD_ABORT ? RECORD_ABORTED
							   : RECORD_BROKEN);
	}
}

TEST(test_roles)
{
	for (unsigned role = 0; role < 256; role++)
		for (unsigned high = 0; high < 2; high++) {
			struct sink out = empty();

			fcgi_begin(&out, role | high << 8, 0);
			assert_int_equal(state_of(&out), (role | high << 8) == 1
							     ? RECORD_MORE
							     : RECORD_ROLE);
		}
}

TEST(test_begin)
{
	static const unsigned char body[9] = { 0, 1 };
	struct sink out;

	for (size_t n = 7; n <= 9; n++) {
		out = empty();
		fcgi_record(&out, 1, 1, (struct span){ body, n }, 0);
		assert_int_equal(
		    state_of(&out), n == 8 ? RECORD_MORE : RECORD_BROKEN);
	}
	out = empty();
	fcgi_begin(&out, 1, 0);
	fcgi_begin(&out, 1, 0);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
}

TEST(test_order)
{
	struct sink out = empty();

	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 5, SPAN_LIT(""), 1);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
	out = empty();
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
	out = empty();
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
	out = empty();
	fcgi_begin(&out, 1, 0);
	fcgi_record(&out, 9, 0, SPAN_LIT(""), 0);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
}

TEST(test_abort)
{
	struct sink out = empty();

	fcgi_begin(&out, 1, 0);
	fcgi_record(&out, RECORD_ABORT, 1, SPAN_LIT(""), 0);
	assert_int_equal(state_of(&out), RECORD_ABORTED);
	out = empty();
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	fcgi_record(&out, RECORD_ABORT, 1, SPAN_LIT(""), 0);
	assert_int_equal(state_of(&out), RECORD_ABORTED);
	out = empty();
	fcgi_begin(&out, 1, 0);
	fcgi_record(&out, RECORD_ABORT, 2, SPAN_LIT(""), 0);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
}

/* Variables in records of one byte each, and with padding, are the same. */
TEST(test_split)
{
	unsigned char pairs_mem[512];
	struct sink pairs, joined, out = empty();

	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_variables(&pairs, "GET", "a=b", 3);
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 1);
	fcgi_stream(&out, 5, SPAN_LIT("a=b"), 1);
	assert_int_equal(state_of(&out), RECORD_WHOLE);
	assert_memory_equal(params, pairs_mem, pairs.n);
	sink_init(&joined, params, sizeof(params));
	assert_true(
	    span_eq(record_content(sink_view(&out), RECORD_PARAMS, &joined),
		sink_view(&pairs)));
	assert_span(
	    record_content(sink_view(&out), RECORD_STDIN, &joined), "a=b");
}

/* Padding stands behind what has content. */
TEST(test_padding)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 255 };
	static const bool taken[FCGI_RECORDS] = { false, true, false, true,
		false };

	for (size_t which = 0; which < FCGI_RECORDS; which++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			struct sink out = empty();
			bool good = sizes[i] == 0 || taken[which];

			fcgi_padded(&out, which, filling, sizes[i], 0);
			assert_int_equal(state_of(&out),
			    good ? RECORD_WHOLE : RECORD_PADDED);
		}
}

/* As it arrives byte by byte: what was looked at is not looked at again. */
TEST(test_progress)
{
	static unsigned char copy[1024];
	struct record_progress done = { 0 };
	struct sink out = empty();
	size_t before = 0;

	fcgi_padded(&out, 1, filling, 255, 0);
	assert_true(out.n <= sizeof(copy));
	memcpy(copy, mem, out.n);
	for (size_t n = 0; n <= out.n; n++) {
		struct record now =
		    record_look(&done, (struct span){ copy, n }, params);

		assert_int_equal(
		    now.state, n < out.n ? RECORD_MORE : RECORD_WHOLE);
		assert_true(done.n >= before && done.n <= n);
		before = done.n;
		if (done.part == RECORD_PART_STDIN)
			memset(copy, 0xff, done.n);
	}
	assert_int_equal(done.id, FCGI_REQUEST_ID);
	assert_int_equal(before, out.n);
}

/* One pair whose value fills the variables to n bytes. */
static void
large_params(struct sink *out, size_t n, size_t most)
{
	static unsigned char pairs_mem[FCGI_PARAMS_MAX + 1];
	static unsigned char value[FCGI_PARAMS_MAX + 1];
	struct sink pairs;

	memset(value, 'v', sizeof(value));
	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_pair(&pairs, SPAN_LIT("A"), (struct span){ value, n - 6 });
	assert_int_equal(pairs.n, n);
	*out = empty();
	fcgi_begin(out, 1, 0);
	fcgi_stream(out, 4, sink_view(&pairs), most);
}

TEST(test_params_limit)
{
	struct sink out;

	for (size_t n = FCGI_PARAMS_MAX - 1; n <= FCGI_PARAMS_MAX + 1; n++) {
		large_params(&out, n, 60000);
		assert_int_equal(state_of(&out),
		    n <= FCGI_PARAMS_MAX ? RECORD_MORE : RECORD_LARGE_PARAMS);
	}
	/* The header that passes the limit is enough. */
	large_params(&out, FCGI_PARAMS_MAX + 1, 60000);
	assert_int_equal(look((struct span){ mem, 16 + 8 + 60000 + 8 }).state,
	    RECORD_LARGE_PARAMS);
	assert_int_equal(
	    look((struct span){ mem, 16 + 8 + 60000 + 7 }).state, RECORD_MORE);
}

TEST(test_too_many_params)
{
	unsigned char pairs_mem[4 * (FCGI_VARIABLES_MAX + 1)];
	struct sink pairs, out = empty();

	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	for (int i = 0; i <= FCGI_VARIABLES_MAX; i++)
		fcgi_pair(&pairs, SPAN_LIT("A"), SPAN_LIT("b"));
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 65535);
	assert_int_equal(state_of(&out), RECORD_LARGE_PARAMS);
}

TEST(test_broken_params)
{
	struct sink out = empty();

	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT("\x03\x01QUE"), 65535);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
	out = empty();
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT("\x03\x01Q=Ex"), 65535);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
}

TEST(test_body_limit)
{
	for (size_t n = HOOK_BODY_MAX - 1; n <= HOOK_BODY_MAX + 1; n++) {
		struct sink out = request(body_of(n));

		assert_int_equal(state_of(&out),
		    n <= HOOK_BODY_MAX ? RECORD_WHOLE : RECORD_LARGE_BODY);
	}
}

/* Only what has arrived counts. */
TEST(test_body_arriving)
{
	struct sink out = empty();
	size_t start;

	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT(""), 1);
	fcgi_record(&out, 5, 1, body_of(65535), 0);
	fcgi_record(&out, 5, 1, body_of(HOOK_BODY_MAX - 65535 - 10), 0);
	start = out.n + 8;
	fcgi_record(&out, 5, 1, body_of(2000), 0);
	assert_int_equal(
	    look((struct span){ mem, start + 10 }).state, RECORD_MORE);
	assert_int_equal(
	    look((struct span){ mem, start + 11 }).state, RECORD_LARGE_BODY);
}

TEST(test_management)
{
	struct sink out = empty();
	struct record record;

	fcgi_record(&out, 9, 0, SPAN_LIT("\x0e\0FCGI_MAX_CONNS"), 3);
	for (size_t n = 0; n < out.n; n++)
		assert_int_equal(
		    look((struct span){ mem, n }).state, RECORD_MORE);
	record = look(sink_view(&out));
	assert_int_equal(record.state, RECORD_MANAGEMENT);
	assert_int_equal(record.type, RECORD_GET_VALUES);
	assert_int_equal(record.size, out.n);
	assert_int_equal(record.content.n, 16);
	assert_ptr_equal(record.content.p, mem + 8);
	/* What follows is for the next look. */
	fcgi_begin(&out, 1, 0);
	assert_int_equal(look(sink_view(&out)).size, record.size);
}

static unsigned char pairs_mem[8192];

/* The verdict on these variables, in a request whose body is not there yet. */
static enum record_state
check(struct span pairs)
{
	struct sink out = empty();

	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, pairs, 65535);
	return state_of(&out);
}

static enum record_state
check_one(struct span name, struct span value)
{
	struct sink out;

	sink_init(&out, pairs_mem, sizeof(pairs_mem));
	fcgi_pair(&out, name, value);
	return check(sink_view(&out));
}

TEST(test_next_pair)
{
	unsigned char long_value[300];
	struct sink out;
	struct span rest;
	struct record_pair pair;

	memset(long_value, 'v', sizeof(long_value));
	sink_init(&out, pairs_mem, sizeof(pairs_mem));
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	fcgi_pair(&out, SPAN_LIT("EMPTY"), SPAN_LIT(""));
	fcgi_pair(&out, SPAN_LIT("LONG"),
	    (struct span){ long_value, sizeof(long_value) });
	rest = sink_view(&out);
	assert_true(record_next_pair(&rest, &pair));
	assert_span(pair.name, "A");
	assert_span(pair.value, "b");
	assert_true(record_next_pair(&rest, &pair));
	assert_span(pair.name, "EMPTY");
	assert_int_equal(pair.value.n, 0);
	assert_true(record_next_pair(&rest, &pair));
	assert_span(pair.name, "LONG");
	assert_int_equal(pair.value.n, sizeof(long_value));
	assert_int_equal(rest.n, 0);
	assert_false(record_next_pair(&rest, &pair));
	assert_int_equal(pair.name.n, 0);
}

/* Cut anywhere but between two pairs, it is broken. */
TEST(test_pairs_prefixes)
{
	unsigned char long_value[200];
	struct sink out;
	size_t ends[3];

	memset(long_value, 'v', sizeof(long_value));
	sink_init(&out, pairs_mem, sizeof(pairs_mem));
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	ends[0] = out.n;
	fcgi_pair(&out, (struct span){ long_value, 130 },
	    (struct span){ long_value, sizeof(long_value) });
	ends[1] = out.n;
	fcgi_pair(&out, SPAN_LIT("C"), SPAN_LIT(""));
	ends[2] = out.n;
	for (size_t n = 0; n <= out.n; n++)
		assert_int_equal(check((struct span){ pairs_mem, n }),
		    n == 0 || n == ends[0] || n == ends[1] || n == ends[2]
			? RECORD_MORE
			: RECORD_BROKEN);
}

TEST(test_pair_lengths)
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
		assert_int_equal(check((struct span){ large, sizeof(large) }),
		    RECORD_BROKEN);
	}
	assert_int_equal(check((struct span){ huge_name, sizeof(huge_name) }),
	    RECORD_BROKEN);
	assert_int_equal(check((struct span){ huge_value, sizeof(huge_value) }),
	    RECORD_BROKEN);
	assert_int_equal(
	    check((struct span){ spelled, sizeof(spelled) }), RECORD_MORE);
}

TEST(test_pair_bytes)
{
	for (unsigned c = 0; c < 256; c++) {
		const unsigned char text[3] = { 'A', (unsigned char)c, 'B' };
		struct span s = { text, 3 };

		assert_int_equal(check_one(s, SPAN_LIT("v")),
		    c == '\0' || c == '=' ? RECORD_BROKEN : RECORD_MORE);
		assert_int_equal(check_one(SPAN_LIT("N"), s),
		    c == '\0' ? RECORD_BROKEN : RECORD_MORE);
	}
}

TEST(test_pairs_number)
{
	struct sink out;

	sink_init(&out, pairs_mem, sizeof(pairs_mem));
	for (int i = 0; i < FCGI_VARIABLES_MAX - 1; i++)
		fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	assert_int_equal(check(sink_view(&out)), RECORD_MORE);
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	assert_int_equal(check(sink_view(&out)), RECORD_MORE);
	fcgi_pair(&out, SPAN_LIT("A"), SPAN_LIT("b"));
	assert_int_equal(check(sink_view(&out)), RECORD_LARGE_PARAMS);
}

static struct sink
cut_at(size_t cap)
{
	struct sink out;

	memset(mem, 0x55, cap);
	sink_init(&out, mem, cap);
	return out;
}

TEST(test_answer)
{
	static const unsigned char wanted[] = { 1, 6, 2, 3, 0, 2, 0, 0, 'o',
		'k', 1, 6, 2, 3, 0, 0, 0, 0, 1, 3, 2, 3, 0, 8, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0 };
	struct sink out = cut_at(sizeof(wanted));

	record_answer(0x203, SPAN_LIT("ok"), &out);
	assert_false(out.full);
	assert_int_equal(out.n, sizeof(wanted));
	assert_memory_equal(mem, wanted, sizeof(wanted));
	out = cut_at(sizeof(wanted) - 1);
	record_answer(0x203, SPAN_LIT("ok"), &out);
	assert_true(out.full);
}

/* An empty STDOUT record would be the stream's end. */
TEST(test_empty_answer)
{
	struct sink out = empty();

	record_answer(1, SPAN_LIT(""), &out);
	assert_int_equal(out.n, 8 + 16);
}

/* Longer ones take more records. */
TEST(test_answer_length)
{
	static const unsigned char text[131070];

	for (size_t n = 65534; n <= sizeof(text); n++) {
		size_t records = n / 65535 + (n % 65535 > 0);
		struct sink out = cut_at(RECORD_ANSWER_ROOM(n));

		record_answer(1, (struct span){ text, n }, &out);
		assert_false(out.full);
		assert_int_equal(out.n, n + (records + 3) * 8);
		assert_int_equal(mem[4] << 8 | mem[5], n < 65535 ? n : 65535);
		if (n == 65536) {
			assert_int_equal(mem[8 + 65535 + 1], RECORD_STDOUT);
			assert_int_equal(mem[8 + 65535 + 5], 1);
			n = sizeof(text) - 2;
		}
	}
}

static bool
ask(struct span content, struct sink *out)
{
	struct record record = { .type = RECORD_GET_VALUES,
		.content = content };

	*out = empty();
	return record_answer_management(&record, out);
}

TEST(test_values)
{
	struct sink out;
	struct span rest;
	struct record_pair pair;

	assert_true(ask(SPAN_LIT("\x0f\0FCGI_MPXS_CONNS\x0e\0FCGI_MAX_CONNS"
				 "\x0d\0FCGI_MAX_REQS\x04\0FOO2"),
	    &out));
	assert_int_equal(mem[1], RECORD_GET_VALUES_RESULT);
	assert_int_equal(mem[2] << 8 | mem[3], 0);
	assert_int_equal(mem[4] << 8 | mem[5], out.n - 8);
	rest = span_skip(sink_view(&out), 8);
	assert_true(record_next_pair(&rest, &pair));
	assert_span(pair.name, "FCGI_MAX_CONNS");
	assert_span(pair.value, "64");
	assert_true(record_next_pair(&rest, &pair));
	assert_span(pair.name, "FCGI_MAX_REQS");
	assert_span(pair.value, "64");
	assert_true(record_next_pair(&rest, &pair));
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
		struct sink out = empty();

		if (type == RECORD_GET_VALUES)
			continue;
		assert_true(record_answer_management(&record, &out));
		assert_int_equal(out.n, 16);
		assert_int_equal(mem[1], RECORD_UNKNOWN);
		assert_int_equal(mem[4] << 8 | mem[5], 8);
		assert_int_equal(mem[8], type);
	}
}
