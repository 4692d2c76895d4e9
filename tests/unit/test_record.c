#include "test.h"

#include "fcgi_client.h"
#include "gateway/record.h"
#include "guard.h"

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
	struct sink pairs, out = empty();

	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_variables(&pairs, "GET", "a=b", 3);
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 1);
	fcgi_stream(&out, 5, SPAN_LIT("a=b"), 1);
	assert_int_equal(state_of(&out), RECORD_WHOLE);
	assert_memory_equal(params, pairs_mem, pairs.n);
}

/* Padding stands where libfcgi skips it: behind what has content. */
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

/* Only what has arrived counts: libfcgi would wait for what has not. */
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
