#include "test.h"

#include <stdio.h>

#include "fake_counters.h"
#include "guard.h"
#include "policy/quota.h"

/* 10:20:15 UTC: 45 s, 2385 s and 49185 s before the windows end. */
#define NOW (1767225600LL + 37215)

static const struct cloud cloud = { .cloud_name = SPAN_INIT("demo") };
static struct counting counting;
static struct counters *counters;
static struct policy policy;
static struct limit limits[POLICY_LIMITS_MAX], totals[POLICY_LIMITS_MAX];
static struct session session;
static struct facts facts;
static unsigned char mem[4096];
static size_t room;
static struct answer answer;
static struct problem why;

/* A policy without limits, and alice. */
static int
setup(void **state)
{
	(void)state;
	counting_open(&counting);
	counters = &counting.counters;
	policy = (struct policy){ .name = SPAN_LIT("avatar"),
		.cloud = &cloud,
		.limits = limits,
		.totals = totals };
	session = (struct session){ .open = true, .user = SPAN_LIT("alice") };
	facts = (struct facts){ .session = &session,
		.remote_addr = SPAN_LIT("192.0.2.7"),
		.now = NOW };
	room = sizeof(mem);
	return 0;
}

static void
add_limit(unsigned count, unsigned seconds)
{
	limits[policy.n_limits++] = (struct limit){ count, seconds };
}

static void
add_total(unsigned count, unsigned seconds)
{
	totals[policy.n_totals++] = (struct limit){ count, seconds };
}

/* The policy needs no session, and there is none. */
static void
anonymous(const char *remote_addr)
{
	session = (struct session){ .open = false };
	policy.anonymous = true;
	facts.remote_addr = span_of(remote_addr);
}

static bool
take(unsigned amount)
{
	struct arena arena;
	bool taken;

	memset(mem, 0xa5, sizeof(mem));
	arena_init(&arena, mem, room);
	memset(&answer, 0, sizeof(answer));
	problem_clear(&why);
	taken = quota_take(
	    &policy, &facts, counters, amount, &arena, &answer, &why);
	assert_int_equal(taken, why.status == 0);
	answer.retry_after = why.retry_after; /* as handle() does */
	return taken;
}

static void
assert_name(size_t k, const char *name, enum crowd crowd)
{
	struct span given = counting.given[k].name;

	assert_true(k < counting.n_given);
	if (!span_is(given, name))
		fprintf(stderr, "%.*s is not %s\n", (int)given.n,
		    (const char *)given.p, name);
	assert_true(span_is(given, name));
	assert_int_equal(counting.given[k].crowd, crowd);
}

/* Refused with this status, code and text. */
static void
assert_refused(int status, const char *code, const char *text)
{
	struct span detail = sink_view(&why.detail);

	assert_int_equal(why.status, status);
	assert_string_equal(why.code, code);
	if (!span_is(detail, text))
		fprintf(stderr, "%.*s\nis not\n%s\n", (int)detail.n,
		    (const char *)detail.p, text);
	assert_true(span_is(detail, text));
}

/* The headers that follow those of every answer. */
static void
assert_headers(const char *expected)
{
	static unsigned char out[HEAD_OUT_MAX];
	static const char last[] = "Vary: Origin, Cookie\r\n";
	struct sink sink;
	const char *from;

	sink_init(&sink, out, sizeof(out));
	answer.status = 200;
	answer_write(&answer, &sink);
	sink_byte(&sink, '\0');
	assert_false(sink.full);
	from = strstr((const char *)out, last);
	assert_non_null(from);
	from += strlen(last);
	assert_true(strlen(from) >= 2);
	out[sink.n - 3] = '\0'; /* the empty line */
	assert_string_equal(from, expected);
}

TEST_WITH(names_of_users, setup, NULL)
{
	static const char *const users[] = { "alice", "total", "a/b",
		"192.0.2.7", "\xc3\xa9 e" };
	char expected[64];

	add_limit(20, 3600);
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		session.user = guarded(span_of(users[i]));
		assert_true(take(1));
		snprintf(expected, sizeof(expected), "demo/avatar/user/%s",
		    users[i]);
		assert_name(0, expected, CROWD_KNOWN);
		assert_int_equal(counting.n_given, 1);
		/* Each counts by itself. */
		assert_int_equal(answer.rates[0].remaining, 19);
		guard_free(session.user);
	}
	policy.name = SPAN_LIT("widget");
	session.user = SPAN_LIT("alice");
	assert_true(take(1));
	assert_name(0, "demo/widget/user/alice", CROWD_KNOWN);
	assert_int_equal(answer.rates[0].remaining, 19);
}

TEST_WITH(names_of_totals, setup, NULL)
{
	add_total(20, 3600);
	assert_true(take(1));
	assert_int_equal(counting.n_given, 1);
	assert_name(0, "demo/avatar/total", CROWD_KNOWN);
	add_limit(5, 60);
	add_limit(9, 86400);
	assert_true(take(2));
	assert_int_equal(counting.n_given, 2);
	assert_name(0, "demo/avatar/user/alice", CROWD_KNOWN);
	assert_name(1, "demo/avatar/total", CROWD_KNOWN);
	assert_int_equal(counting.given[0].n, 2);
	assert_int_equal(counting.given[0].limits[0].count, 5);
	assert_int_equal(counting.given[0].limits[0].seconds, 60);
	assert_int_equal(counting.given[0].limits[1].count, 9);
	assert_int_equal(counting.given[1].n, 1);
	assert_int_equal(counting.given[1].limits[0].count, 20);
	assert_int_equal(counting.amount, 2);
	assert_true(counting.now == NOW);
	/* The site's own name for all addresses, which nobody can crowd out. */
	anonymous("192.0.2.7");
	assert_true(take(1));
	assert_name(0, "demo/avatar/address/192.0.2.7", CROWD_OPEN);
	assert_name(1, "demo/avatar/total", CROWD_KNOWN);
}

TEST_WITH(names_of_addresses, setup, NULL)
{
	static const char *const names[][2] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.8", "192.0.2.8" },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		/* IPv4-mapped: the same host as over IPv4. */
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "::FFFF:c000:207", "192.0.2.7" },
		{ "0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7" },
		/* IPv6: the last 64 bits are nobody's. */
		{ "2001:db8::1", "2001:db8::" },
		{ "2001:DB8:0:0:ffff:ffff:ffff:ffff", "2001:db8::" },
		{ "2001:db8:0:1::1", "2001:db8:0:1::" },
		{ "2001:db8:1:2:3:4:192.0.2.7", "2001:db8:1:2::" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		    "ffff:ffff:ffff:ffff::" },
		{ "::1", "::" },
		/* Not mapped, but close. */
		{ "::fffe:192.0.2.7", "::" },
		{ "::1:ffff:192.0.2.7", "::" },
		{ "::192.0.2.7", "::" },
	};
	char expected[128];

	add_limit(1000, 3600);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		anonymous("");
		facts.remote_addr = guarded(span_of(names[i][0]));
		assert_true(take(1));
		snprintf(expected, sizeof(expected), "demo/avatar/address/%s",
		    names[i][1]);
		assert_name(0, expected, CROWD_OPEN);
		guard_free(facts.remote_addr);
	}
}

TEST_WITH(addresses_that_are_none, setup, NULL)
{
	static const char *const junk[] = { "", " ", "unix:", "localhost",
		"192.0.2", "192.0.2.7 ", "192.0.2.07", "192.0.2.256",
		"192.0.2.7:80", "192.0.2.7, 192.0.2.8", "fe80::1%eth0",
		"[2001:db8::1]", "2001:db8::1::", "2001:db8::/64", ":" };

	add_limit(1000, 3600);
	add_total(1000, 3600);
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		anonymous("");
		facts.remote_addr = guarded(span_of(junk[i]));
		assert_false(take(1));
		assert_refused(403, "address_not_usable",
		    "The web server names no address by which requests can be "
		    "counted.");
		guard_free(facts.remote_addr);
	}
	anonymous("");
	facts.remote_addr = (struct span){ NULL, 0 };
	assert_false(take(1));
	assert_int_equal(counting.takes, 0);
	assert_int_equal(answer.n_rates, 0);
	/* Where nothing is counted by address, none is needed. */
	policy.n_limits = 0;
	assert_true(take(1));
	assert_int_equal(counting.n_given, 1);
	/* Nor for a user. */
	policy.anonymous = false;
	session.user = SPAN_LIT("alice");
	policy.n_limits = 1;
	assert_true(take(1));
	assert_name(0, "demo/avatar/user/alice", CROWD_KNOWN);
}

TEST_WITH(without_limits, setup, NULL)
{
	assert_true(take(1));
	assert_int_equal(counting.takes, 0);
	assert_headers("");
	counting_say(&counting, COUNTERS_BROKEN, "no", 0);
	assert_true(take(1));
	counters = NULL;
	assert_true(take(1));
	anonymous("");
	room = 0;
	assert_true(take(BATCH_MAX));
	assert_int_equal(answer.n_rates, 0);
}

/* limit - 1, limit, limit + 1; what is refused is not counted. */
TEST_WITH(one_limit, setup, NULL)
{
	add_limit(20, 3600);
	assert_true(take(19));
	assert_headers("RateLimit-Policy: \"hour\";q=20;w=3600\r\n"
		       "RateLimit: \"hour\";r=1;t=2385\r\n");
	assert_false(take(2));
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives each user 20 signatures per hour, and "
	    "1 of them are left; there will be more in 2385 seconds.");
	assert_int_equal(answer.rates[0].remaining, 1);
	assert_true(take(1));
	assert_int_equal(answer.rates[0].remaining, 0);
	assert_false(take(1));
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives each user 20 signatures per hour, and "
	    "all of them are used up; there will be more in 2385 seconds.");
	assert_true(why.retry_after == 2385);
	assert_int_equal(why.param.n, 0);
	assert_null(answer.reason);
	assert_headers("RateLimit-Policy: \"hour\";q=20;w=3600\r\n"
		       "RateLimit: \"hour\";r=0;t=2385\r\n"
		       "Retry-After: 2385\r\n");
	/* The last second of the window, and the next one. */
	facts.now = NOW + 2384;
	assert_false(take(1));
	assert_true(why.retry_after == 1);
	facts.now = NOW + 2385;
	assert_true(take(20));
	assert_headers("RateLimit-Policy: \"hour\";q=20;w=3600\r\n"
		       "RateLimit: \"hour\";r=0;t=3600\r\n");
	/* Another user has as much. */
	session.user = SPAN_LIT("bob");
	assert_true(take(20));
}

TEST_WITH(three_limits, setup, NULL)
{
	add_limit(2, 60);
	add_limit(3, 3600);
	add_limit(4, 86400);
	assert_true(take(2));
	assert_headers(
	    "RateLimit-Policy: \"minute\";q=2;w=60, \"hour\";q=3;w=3600, "
	    "\"day\";q=4;w=86400\r\n"
	    "RateLimit: \"minute\";r=0;t=45, \"hour\";r=1;t=2385, "
	    "\"day\";r=2;t=49185\r\n");
	assert_false(take(1));
	assert_true(why.retry_after == 45);
	facts.now += 60;
	assert_true(take(1));
	assert_false(take(1));
	assert_true(why.retry_after == 2325);
	facts.now += 3600;
	assert_true(take(1));
	/* The day lasts longest, wherever it stands. */
	for (size_t i = 0; i < 3; i++) {
		struct limit first = limits[0];

		assert_false(take(2));
		assert_true(why.retry_after == 49185 - 3660);
		assert_refused(429, "limit_reached",
		    "The policy \"avatar\" gives each user 4 signatures per "
		    "day, and all of them are used up; there will be more in "
		    "45525 "
		    "seconds.");
		limits[0] = limits[1];
		limits[1] = limits[2];
		limits[2] = first;
	}
}

TEST_WITH(total_alone, setup, NULL)
{
	add_total(2, 86400);
	assert_true(take(1));
	assert_headers("");
	session.user = SPAN_LIT("bob");
	assert_true(take(1));
	assert_headers("");
	assert_false(take(1));
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives everybody together 2 signatures per "
	    "day, and all of them are used up; there will be more in 49185 "
	    "seconds.");
	assert_headers("RateLimit-Policy: \"total-day\";q=2;w=86400\r\n"
		       "RateLimit: \"total-day\";r=0;t=49185\r\n"
		       "Retry-After: 49185\r\n");
}

/* All or nothing: what one of the two refuses, neither counts. */
TEST_WITH(limit_and_total, setup, NULL)
{
	add_limit(2, 3600);
	add_total(3, 60);
	add_total(100, 86400);
	assert_true(take(2));
	assert_headers("RateLimit-Policy: \"hour\";q=2;w=3600\r\n"
		       "RateLimit: \"hour\";r=0;t=2385\r\n");
	assert_false(take(1)); /* alice has none left */
	assert_headers("RateLimit-Policy: \"hour\";q=2;w=3600\r\n"
		       "RateLimit: \"hour\";r=0;t=2385\r\n"
		       "Retry-After: 2385\r\n");
	session.user = SPAN_LIT("bob");
	assert_false(take(2)); /* all together have one left */
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives everybody together 3 signatures per "
	    "minute, and 1 of them are left; there will be more in 45 "
	    "seconds.");
	assert_headers("RateLimit-Policy: \"hour\";q=2;w=3600, "
		       "\"total-minute\";q=3;w=60\r\n"
		       "RateLimit: \"hour\";r=2;t=2385, "
		       "\"total-minute\";r=1;t=45\r\n"
		       "Retry-After: 45\r\n");
	assert_true(take(1));
	/* Both are full: the longer one speaks, and both are shown. */
	session.user = SPAN_LIT("alice");
	assert_false(take(1));
	assert_true(why.retry_after == 2385);
	assert_headers("RateLimit-Policy: \"hour\";q=2;w=3600, "
		       "\"total-minute\";q=3;w=60\r\n"
		       "RateLimit: \"hour\";r=0;t=2385, "
		       "\"total-minute\";r=0;t=45\r\n"
		       "Retry-After: 2385\r\n");
}

TEST_WITH(addresses_have_limits, setup, NULL)
{
	anonymous("2001:db8::1");
	add_limit(1, 60);
	assert_true(take(1));
	facts.remote_addr = SPAN_LIT("2001:db8::2");
	assert_false(take(1));
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives each address 1 signatures per "
	    "minute, and all of them are used up; there will be more in 45 "
	    "seconds.");
	facts.remote_addr = SPAN_LIT("2001:db8:0:1::1");
	assert_true(take(1));
}

/* More at once than there ever is: no time to wait for. */
TEST_WITH(more_than_ever, setup, NULL)
{
	add_limit(5, 60);
	add_limit(10, 86400);
	assert_false(take(6));
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives 5 signatures per minute; this request "
	    "asks for 6 at once.");
	assert_true(why.retry_after == 0);
	assert_headers(
	    "RateLimit-Policy: \"minute\";q=5;w=60, \"day\";q=10;w=86400\r\n"
	    "RateLimit: \"minute\";r=5;t=45, \"day\";r=10;t=49185\r\n");
	assert_true(take(5));
	/* Also when another limit is full for longer: waiting won't help. */
	assert_false(take(6));
	assert_true(why.retry_after == 0);
	/* And with the total as the one. */
	policy.n_limits = 0;
	add_total(3, 3600);
	assert_false(take(4));
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives 3 signatures per hour; this request "
	    "asks for 4 at once.");
	assert_headers("RateLimit-Policy: \"total-hour\";q=3;w=3600\r\n"
		       "RateLimit: \"total-hour\";r=3;t=2385\r\n");
}

/* A limit that was lowered since: less than none is left. */
TEST_WITH(lowered, setup, NULL)
{
	add_limit(20, 3600);
	add_limit(20, 86400);
	add_total(20, 3600);
	assert_true(take(20));
	limits[0].count = totals[0].count = 10;
	limits[1].count = 30;
	assert_false(take(1));
	assert_refused(429, "limit_reached",
	    "The policy \"avatar\" gives each user 10 signatures per hour, and "
	    "all of them are used up; there will be more in 2385 seconds.");
	assert_headers("RateLimit-Policy: \"hour\";q=10;w=3600, "
		       "\"day\";q=30;w=86400, \"total-hour\";q=10;w=3600\r\n"
		       "RateLimit: \"hour\";r=0;t=2385, \"day\";r=10;t=49185, "
		       "\"total-hour\";r=0;t=2385\r\n"
		       "Retry-After: 2385\r\n");
	/* The most that a store can say. */
	counting_say(&counting, COUNTERS_FULL, NULL, 0);
	counting.counts[0][0] = (struct count){ UINT32_MAX, 3600 };
	assert_false(take(1));
	assert_int_equal(answer.rates[0].remaining, 0);
	assert_true(why.retry_after == 3600);
}

/* Every limit there can be, at its greatest: all of it fits. */
TEST_WITH(all_limits, setup, NULL)
{
	static const unsigned seconds[] = { 60, 3600, 86400 };

	counting_say(&counting, COUNTERS_FULL, NULL, 0);
	for (size_t i = 0; i < 3; i++) {
		add_limit(LIMIT_COUNT_MAX, seconds[i]);
		add_total(LIMIT_COUNT_MAX, seconds[i]);
		counting.counts[0][i] = counting.counts[1][i] =
		    (struct count){ LIMIT_COUNT_MAX - 1, seconds[i] };
	}
	assert_false(take(2));
	assert_int_equal(answer.n_rates, RATES_MAX);
	assert_headers(
	    "RateLimit-Policy: \"minute\";q=1000000;w=60, "
	    "\"hour\";q=1000000;w=3600, \"day\";q=1000000;w=86400, "
	    "\"total-minute\";q=1000000;w=60, "
	    "\"total-hour\";q=1000000;w=3600, "
	    "\"total-day\";q=1000000;w=86400\r\n"
	    "RateLimit: \"minute\";r=1;t=60, \"hour\";r=1;t=3600, "
	    "\"day\";r=1;t=86400, \"total-minute\";r=1;t=60, "
	    "\"total-hour\";r=1;t=3600, \"total-day\";r=1;t=86400\r\n"
	    "Retry-After: 86400\r\n");
}

TEST_WITH(crowded, setup, NULL)
{
	add_limit(20, 3600);
	add_total(20, 3600);
	counting_say(&counting, COUNTERS_CROWDED, "every slot is taken", 57);
	assert_false(take(1));
	assert_refused(503, "counters_crowded",
	    "There is no room to count one more user now; try again in 57 "
	    "seconds.");
	assert_string_equal(answer.reason, "every slot is taken");
	assert_headers("Retry-After: 57\r\n");
}

static void
assert_unavailable(const char *reason)
{
	assert_refused(503, "counters_unavailable",
	    "Signatures can't be counted now; the server's log says why.");
	assert_true(why.retry_after == 0);
	if (reason == NULL)
		assert_null(answer.reason);
	else
		assert_string_equal(answer.reason, reason);
}

TEST_WITH(broken, setup, NULL)
{
	add_limit(20, 3600);
	counting_say(&counting, COUNTERS_BROKEN, "the disk is gone", 57);
	assert_false(take(1));
	assert_unavailable("the disk is gone");
	assert_headers("");
	/* Nobody's answer, and one that there is not. */
	counting_say(&counting, (enum counters_what)0, NULL, 0);
	assert_false(take(1));
	assert_unavailable(NULL);
	counting_say(&counting, (enum counters_what)99, "what?", 0);
	assert_false(take(1));
	assert_unavailable("what?");
	/* No store at all. */
	counters = NULL;
	assert_false(take(1));
	assert_unavailable("there is no store of counters");
	assert_headers("");
}

/* A store that contradicts itself grants nothing, and the log says so. */
TEST_WITH(full_without_a_reason, setup, NULL)
{
	add_limit(20, 3600);
	counting_say(&counting, COUNTERS_FULL, NULL, 0);
	counting.counts[0][0] = (struct count){ 19, 60 };
	assert_false(take(1));
	assert_unavailable("the counters are full where no limit is reached");
	counting.counts[0][0].used = 20;
	assert_false(take(1));
	assert_int_equal(why.status, 429);
}

/* The longest names, in exactly as much room as they take and in less. */
TEST_WITH(no_room, setup, NULL)
{
	static unsigned char name[ID_MAX], user[USER_MAX];
	static const struct cloud long_cloud = { .cloud_name = SPAN_INIT(
						     "a-cloud-of-some-name") };
	size_t each = long_cloud.cloud_name.n + USER_MAX + SEGMENT_MAX + 64;

	memset(name, 'p', sizeof(name));
	memset(user, 'u', sizeof(user));
	policy.cloud = &long_cloud;
	policy.name = (struct span){ name, SEGMENT_MAX };
	session.user = (struct span){ user, USER_MAX };
	add_limit(20, 3600);
	add_total(20, 3600);
	for (room = 0; room < 2 * each; room++) {
		assert_false(take(1));
		assert_refused(500, "out_of_room",
		    "The request and the policy together are too large.");
	}
	assert_int_equal(counting.takes, 0);
	assert_true(take(1));
	assert_int_equal(counting.given[0].name.n,
	    long_cloud.cloud_name.n + SEGMENT_MAX + USER_MAX + 7);
	assert_int_equal(counting.given[1].name.n,
	    long_cloud.cloud_name.n + SEGMENT_MAX + 7);
	anonymous("1111:2222:3333:4444:5555:6666:7777:8888");
	assert_true(take(1));
	assert_int_equal(counting.given[0].name.n,
	    long_cloud.cloud_name.n + SEGMENT_MAX + 31);
	for (room = 0; room < 2 * each; room++)
		assert_false(take(1));
	assert_int_equal(counting.takes, 2);
}
