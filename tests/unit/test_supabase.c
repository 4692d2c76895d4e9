#include "test.h"

#include "opening.h"
#include "session/jwt.h"
#include "session/supabase.h"

#define PAYLOAD "{\"sub\":\"42\",\"aud\":\"authenticated\",\"exp\":1700003600}"

static struct session_config config;
static struct session_key key;
static unsigned char token_room[2048], value_room[2 * JOINED_MAX];
static unsigned char header_room[3 * JOINED_MAX];

static int
set_up(void **state)
{
	(void)state;
	config = (struct session_config){
		.format = FORMAT_SUPABASE,
		.hash = HASH_SHA256,
		.cookie = SPAN_LIT("sb-x"),
		.user = SPAN_LIT("sub"),
		.audience = SPAN_LIT("authenticated"),
		.n_keys = 1,
		.keys = &key,
		.signing = { .chunked = true },
	};
	key = token_key(
	    "k", HASH_SHA256, SPAN_LIT("plain test key of thirty-two bytes"));
	return 0;
}

static struct span
token_of(const char *payload)
{
	struct sink out;

	sink_init(&out, token_room, sizeof(token_room));
	assert_true(jwt_make(&config, &key, span_of(payload), &out));
	return sink_view(&out);
}

/* A value around any text at all. */
static struct span
wrapped(struct span json)
{
	struct sink out;

	sink_init(&out, value_room, sizeof(value_room));
	sink_text(&out, "base64-");
	base64url_encode(json, &out);
	assert_false(out.full);
	return sink_view(&out);
}

/* The JSON with the good token for its @. */
static struct span
filled(const char *json)
{
	static unsigned char mem[4096];
	struct span_cut cut = span_cut(span_of(json), '@');
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	sink_span(&out, cut.head);
	if (cut.found)
		sink_span(&out, token_of(PAYLOAD));
	sink_span(&out, cut.tail);
	assert_false(out.full);
	return sink_view(&out);
}

static struct span
good_value(void)
{
	return wrapped(filled("{\"access_token\":\"@\"}"));
}

/* The value with something before it and behind it, in one cookie. */
static enum session_why
open_between(const char *before, struct span value, const char *after)
{
	struct sink out;

	sink_init(&out, header_room, sizeof(header_room));
	sink_say(&out, "a=b; sb-x=%s%v%s", before, value, after);
	return open_header(&config, sink_view(&out), TOKEN_NOW);
}

static enum session_why
open_value(struct span value)
{
	return open_between("", value, "");
}

static enum session_why
open_json(const char *json)
{
	return open_value(wrapped(filled(json)));
}

static enum session_why
open_payload(const char *payload)
{
	struct sink out;

	sink_init(&out, value_room, sizeof(value_room));
	assert_true(supabase_make(token_of(payload), &out));
	return open_value(sink_view(&out));
}

TEST_WITH(a_value_opens, set_up, NULL)
{
	struct sink out;

	sink_init(&out, value_room, sizeof(value_room));
	assert_true(supabase_make(SPAN_LIT("e30.e30.AA"), &out));
	/* {"access_token":"e30.e30.AA","token_type":"bearer"} */
	assert_true(span_is(sink_view(&out),
	    "base64-eyJhY2Nlc3NfdG9rZW4iOiJlMzAuZTMwLkFBIiwidG9rZW5fdHlwZSI6ImJ"
	    "lYXJlciJ9"));
	assert_int_equal(open_payload(PAYLOAD), SESSION_OK);
	assert_true(span_is(opened.user, "42"));
	assert_true(span_is(opened.key_id, "k"));
	assert_int_equal(opened.expires, 1700003600);
}

TEST_WITH(the_token_is_what_counts, set_up, NULL)
{
	assert_int_equal(open_json("{\"access_token\":\"@\",\"sub\":\"eve\","
				   "\"user\":{\"id\":\"eve\"}}"),
	    SESSION_OK);
	assert_true(span_is(opened.user, "42"));
	assert_int_equal(open_payload("{\"sub\":\"42\",\"exp\":1700003600}"),
	    SESSION_AUDIENCE);
	assert_int_equal(open_payload("{\"sub\":\"42\",\"aud\":\"authentic\","
				      "\"exp\":1700003600}"),
	    SESSION_AUDIENCE);
	assert_int_equal(
	    open_payload("{\"sub\":\"42\",\"aud\":\"authenticated\"}"),
	    SESSION_EXPIRY_MISSING);
	assert_int_equal(open_payload("{\"sub\":\"42\",\"aud\":"
				      "\"authenticated\",\"exp\":1700000060}"),
	    SESSION_EXPIRED);
	assert_int_equal(
	    open_payload("{\"aud\":\"authenticated\",\"exp\":1700003600}"),
	    SESSION_USER);
	assert_int_equal(open_json("{\"access_token\":\"x@\"}"), SESSION_MAC);
	assert_int_equal(
	    open_json("{\"access_token\":\"@AA\"}"), SESSION_MAC_SIZE);
	assert_int_equal(open_json("{\"access_token\":\"@.\"}"), SESSION_FORM);
	assert_int_equal(open_json("{\"access_token\":\" @\"}"), SESSION_FORM);
	assert_int_equal(open_json("{\"access_token\":\"\"}"), SESSION_FORM);
	config.n_keys = 0;
	assert_int_equal(open_value(good_value()), SESSION_MAC);
}

TEST_WITH(an_object_with_an_access_token, set_up, NULL)
{
	static const struct {
		const char *json;
		enum session_why why;
	} cases[] = {
		{ " {\"a\":[1],\"access_token\":\"@\"}", SESSION_OK },
		{ "{\"access_toke\\u006e\":\"@\"}", SESSION_OK },
		{ "{}", SESSION_SHAPE },
		{ "{\"Access_token\":\"@\"}", SESSION_SHAPE },
		{ "{\"x\":{\"access_token\":\"@\"}}", SESSION_SHAPE },
		{ "{\"refresh_token\":\"@\"}", SESSION_SHAPE },
		{ "{\"access_token\":[\"@\"]}", SESSION_SHAPE },
		{ "{\"access_token\":null}", SESSION_SHAPE },
		{ "{\"access_token\":42}", SESSION_SHAPE },
		{ "{\"access_token\":\"@\",\"access_token\":\"\"}",
		    SESSION_TWICE },
		{ "{\"access_token\":\"@\",\"access_toke\\u006e\":1}",
		    SESSION_TWICE },
		{ "[\"@\"]", SESSION_JSON },
		{ "\"@\"", SESSION_JSON },
		{ "{\"access_token\":\"@\"}x", SESSION_JSON },
		{ "{\"access_token\":\"@\",}", SESSION_JSON },
		{ "{\"access_token\":\"@\xff\"}", SESSION_JSON },
		{ "", SESSION_JSON },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(open_json(cases[i].json), cases[i].why);
}

TEST_WITH(one_spelling_of_the_value, set_up, NULL)
{
	/* base64url of {} */
	assert_int_equal(open_value(SPAN_LIT("base64-e30")), SESSION_SHAPE);
	assert_int_equal(open_value(SPAN_LIT("base64-e31")), SESSION_SHAPE);
	assert_int_equal(open_value(SPAN_LIT("base64-")), SESSION_JSON);
	assert_int_equal(open_value(SPAN_LIT("")), SESSION_SHAPE);
	assert_int_equal(open_between("", good_value(), ""), SESSION_OK);
	assert_int_equal(open_between("", good_value(), "="), SESSION_SHAPE);
	assert_int_equal(open_between("", good_value(), "%3D"), SESSION_SHAPE);
	assert_int_equal(open_between("", good_value(), "."), SESSION_SHAPE);
	assert_int_equal(
	    open_between("", good_value(), ","), SESSION_BAD_COOKIE);
	assert_int_equal(
	    open_between("", good_value(), "; sb-x="), SESSION_TWO_COOKIES);
	assert_int_equal(open_between("x", good_value(), ""), SESSION_SHAPE);
	for (size_t n = 1; n <= 7; n++)
		assert_int_equal(
		    open_value(span_skip(good_value(), n)), SESSION_SHAPE);
	assert_int_equal(
	    open_between("Base64-", span_skip(good_value(), 7), ""),
	    SESSION_SHAPE);
	/* The JSON itself, as older versions wrote it */
	assert_int_equal(
	    open_between(
		"", SPAN_LIT("%7B%22access_token%22:%22e30%22%7D"), ""),
	    SESSION_SHAPE);
}

/* One more chunk of the header. */
static void
put_chunk(struct sink *out, size_t index, struct span chunk)
{
	sink_say(out, "; sb-x.%d=%v", (long long)index, chunk);
}

/* Which of n about equally long parts of a value. */
static struct span
part(struct span value, size_t n, size_t i)
{
	size_t from = value.n * i / n;

	return span_head(span_skip(value, from), value.n * (i + 1) / n - from);
}

/* The value in n chunks, without number gap, the last ones first. */
static enum session_why
open_chunks(size_t n, size_t gap)
{
	struct span value = good_value();
	struct sink out;

	sink_init(&out, header_room, sizeof(header_room));
	sink_text(&out, "a=b");
	for (size_t i = n; i-- > 0;)
		put_chunk(&out, i < gap ? i : i + 1, part(value, n, i));
	return open_header(&config, sink_view(&out), TOKEN_NOW);
}

TEST_WITH(chunks_are_joined, set_up, NULL)
{
	for (size_t n = 1; n <= CHUNKS_MAX; n++) {
		assert_int_equal(open_chunks(n, n), SESSION_OK);
		assert_true(span_is(opened.user, "42"));
	}
	assert_int_equal(
	    open_chunks(CHUNKS_MAX + 1, CHUNKS_MAX + 1), SESSION_CHUNKS);
	assert_int_equal(open_chunks(0, 0), SESSION_NO_COOKIE);
}

TEST_WITH(chunks_have_no_gap, set_up, NULL)
{
	for (size_t n = 1; n <= CHUNKS_MAX; n++)
		for (size_t gap = 0; gap < n; gap++)
			assert_int_equal(open_chunks(n, gap), SESSION_CHUNKS);
}

/* The value in two chunks, and something before and behind them. */
static enum session_why
open_two(const char *before, const char *after)
{
	struct span value = good_value();
	struct sink out;

	sink_init(&out, header_room, sizeof(header_room));
	sink_text(&out, before);
	put_chunk(&out, 0, part(value, 2, 0));
	put_chunk(&out, 1, part(value, 2, 1));
	sink_text(&out, after);
	return open_header(&config, sink_view(&out), TOKEN_NOW);
}

TEST_WITH(each_chunk_is_one_good_cookie, set_up, NULL)
{
	assert_int_equal(open_two("", ""), SESSION_OK);
	assert_int_equal(open_two("sb-y.2=x", "; sb-x.02=x"), SESSION_OK);
	assert_int_equal(open_two("", "; sb-x.2="), SESSION_OK);
	assert_int_equal(open_two("", "; sb-x.2=="), SESSION_SHAPE);
	assert_int_equal(open_two("sb-x.1=", ""), SESSION_TWO_COOKIES);
	assert_int_equal(open_two("", "; sb-x.0=x"), SESSION_TWO_COOKIES);
	assert_int_equal(open_two("", "; sb-x.3=x"), SESSION_CHUNKS);
	assert_int_equal(open_two("", "; sb-x.16="), SESSION_CHUNKS);
	assert_int_equal(open_two("", ","), SESSION_BAD_COOKIE);
	assert_int_equal(open_two("", "; sb-x.9=\\"), SESSION_BAD_COOKIE);
}

/* Chunks may be left over from an older, longer value. */
TEST_WITH(the_bare_name_wins, set_up, NULL)
{
	assert_int_equal(open_two("sb-x=base64-e30", ""), SESSION_SHAPE);
	assert_int_equal(open_two("sb-x=", ""), SESSION_SHAPE);
	assert_int_equal(open_two("sb-x=,", ""), SESSION_BAD_COOKIE);
	assert_int_equal(open_two("sb-x=; sb-x=", ""), SESSION_TWO_COOKIES);
	assert_int_equal(
	    open_between("", good_value(), "; sb-x.0=x; sb-x.0=y; sb-x.7=z"),
	    SESSION_OK);
}

/* A good value of exactly n bytes, in chunks of COOKIE_MAX. */
static enum session_why
open_joined(size_t n)
{
	static unsigned char json[JOINED_MAX];
	/* base64 of four digits for each three bytes */
	size_t digits = n - strlen("base64-"), size = digits * 3 / 4;
	struct span head = filled("{\"access_token\":\"@\",\"x\":\"");
	struct span value;
	struct sink out;

	memset(json, 'x', size);
	memcpy(json, head.p, head.n);
	memcpy(json + size - 2, "\"}", 2);
	value = wrapped((struct span){ json, size });
	if (value.n < n)
		value_room[value.n++] = 'A';
	assert_int_equal(value.n, n);
	sink_init(&out, header_room, sizeof(header_room));
	for (size_t i = 0; value.n > 0; i++) {
		size_t most = value.n < COOKIE_MAX ? value.n : COOKIE_MAX;

		put_chunk(&out, i, span_head(value, most));
		value = span_skip(value, most);
	}
	return open_header(&config, sink_view(&out), TOKEN_NOW);
}

TEST_WITH(all_chunks_together, set_up, NULL)
{
	assert_int_equal(JOINED_MAX, 4 * COOKIE_MAX);
	assert_int_equal(open_joined(JOINED_MAX - 2), SESSION_OK);
	assert_int_equal(open_joined(JOINED_MAX - 1), SESSION_OK);
	/* 4k + 1 digits: not too long, but no base64 */
	assert_int_equal(open_joined(JOINED_MAX), SESSION_SHAPE);
	assert_int_equal(open_joined(JOINED_MAX + 1), SESSION_CHUNKS);
	assert_int_equal(open_joined(JOINED_MAX + 2), SESSION_CHUNKS);
}

TEST_WITH(room_is_needed, set_up, NULL)
{
	struct span token = SPAN_LIT("e30.e30.AA");
	struct request request = { .cookie = SPAN_LIT("sb-x.0=base64-e30") };
	struct session session = { 0 };
	struct arena arena;
	struct session_asked asked = { &request, TOKEN_NOW, NULL, &arena };
	struct sink out;
	size_t needed;

	sink_init(&out, value_room, sizeof(value_room));
	assert_true(supabase_make(token, &out));
	needed = out.n;
	for (size_t cap = 0; cap < needed; cap++) {
		sink_init(&out, value_room, cap);
		assert_false(supabase_make(token, &out));
	}
	token = (struct span){ header_room, COOKIE_MAX };
	sink_init(&out, value_room, sizeof(value_room));
	assert_false(supabase_make(token, &out));
	arena_init(&arena, opening_room, JOINED_MAX - 1);
	assert_int_equal(
	    supabase_open(&config, &asked, &session), SESSION_REFUSED);
	arena_init(&arena, opening_room, JOINED_MAX + 64);
	assert_int_equal(
	    supabase_open(&config, &asked, &session), SESSION_SHAPE);
}
