#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void
test_every_prefix(void **state)
{
	struct sink out = request(SPAN_LIT("a=b&c=d"));

	(void)state;
	for (size_t n = 0; n < out.n; n++)
		assert_int_equal(
		    look((struct span){ mem, n }).state, RECORD_MORE);
	assert_int_equal(state_of(&out), RECORD_WHOLE);
	assert_int_equal(look(sink_view(&out)).id, FCGI_REQUEST_ID);
}

/* Nothing may stand behind the end. */
static void
test_behind(void **state)
{
	struct sink out = request(SPAN_LIT("a=b"));

	(void)state;
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
static void
test_headers(void **state)
{
	char query[301];
	struct sink out = empty();
	size_t n = 0;

	(void)state;
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

static void
test_version_and_type(void **state)
{
	struct sink out = request(SPAN_LIT(""));

	(void)state;
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

static void
test_roles(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 256; role++)
		for (unsigned high = 0; high < 2; high++) {
			struct sink out = empty();

			fcgi_begin(&out, role | high << 8, 0);
			assert_int_equal(state_of(&out), (role | high << 8) == 1
							     ? RECORD_MORE
							     : RECORD_ROLE);
		}
}

static void
test_begin(void **state)
{
	static const unsigned char body[9] = { 0, 1 };
	struct sink out;

	(void)state;
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

static void
test_order(void **state)
{
	struct sink out = empty();

	(void)state;
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

static void
test_abort(void **state)
{
	struct sink out = empty();

	(void)state;
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
static void
test_split(void **state)
{
	unsigned char pairs_mem[512];
	struct sink pairs, out = empty();

	(void)state;
	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	fcgi_variables(&pairs, "GET", "a=b", 3);
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 1);
	fcgi_stream(&out, 5, SPAN_LIT("a=b"), 1);
	assert_int_equal(state_of(&out), RECORD_WHOLE);
	assert_memory_equal(params, pairs_mem, pairs.n);
}

/* Padding stands where libfcgi skips it: behind what has content. */
static void
test_padding(void **state)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 255 };
	static const bool taken[FCGI_RECORDS] = { false, true, false, true,
		false };

	(void)state;
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
static void
test_progress(void **state)
{
	static unsigned char copy[1024];
	struct record_progress done = { 0 };
	struct sink out = empty();
	size_t before = 0;

	(void)state;
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

static void
test_params_limit(void **state)
{
	struct sink out;

	(void)state;
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

static void
test_too_many_params(void **state)
{
	unsigned char pairs_mem[4 * (FCGI_VARIABLES_MAX + 1)];
	struct sink pairs, out = empty();

	(void)state;
	sink_init(&pairs, pairs_mem, sizeof(pairs_mem));
	for (int i = 0; i <= FCGI_VARIABLES_MAX; i++)
		fcgi_pair(&pairs, SPAN_LIT("A"), SPAN_LIT("b"));
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, sink_view(&pairs), 65535);
	assert_int_equal(state_of(&out), RECORD_LARGE_PARAMS);
}

static void
test_broken_params(void **state)
{
	struct sink out = empty();

	(void)state;
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT("\x03\x01QUE"), 65535);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
	out = empty();
	fcgi_begin(&out, 1, 0);
	fcgi_stream(&out, 4, SPAN_LIT("\x03\x01Q=Ex"), 65535);
	assert_int_equal(state_of(&out), RECORD_BROKEN);
}

static void
test_body_limit(void **state)
{
	(void)state;
	for (size_t n = HOOK_BODY_MAX - 1; n <= HOOK_BODY_MAX + 1; n++) {
		struct sink out = request(body_of(n));

		assert_int_equal(state_of(&out),
		    n <= HOOK_BODY_MAX ? RECORD_WHOLE : RECORD_LARGE_BODY);
	}
}

/* Only what has arrived counts: libfcgi would wait for what has not. */
static void
test_body_arriving(void **state)
{
	struct sink out = empty();
	size_t start;

	(void)state;
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

static void
test_management(void **state)
{
	struct sink out = empty();
	struct record record;

	(void)state;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_version_and_type),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_begin),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_params_limit),
		cmocka_unit_test(test_too_many_params),
		cmocka_unit_test(test_broken_params),
		cmocka_unit_test(test_body_limit),
		cmocka_unit_test(test_body_arriving),
		cmocka_unit_test(test_management),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
