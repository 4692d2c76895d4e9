#define _GNU_SOURCE

#include "test.h"

#include "store/redis.h"

#include <errno.h>

#include "redis_server.h"

#define PASSWORD "test-password-of-nobody"

static const struct limit hundred[] = { { 100, 86400 } };
static const struct limit three[] = { { 20, 60 }, { 30, 3600 },
	{ 100, 86400 } };

static struct redis_server server;
static struct counters *store;

FIXTURE(start_server)
{
	if (redis_built_in())
		redis_server_start(&server);
}

FIXTURE(end_server)
{
	if (redis_built_in())
		redis_server_end(&server);
}

static void
send_words(int fd, const struct span *words, size_t n)
{
	dprintf(fd, "*%zu\r\n", n);
	for (size_t i = 0; i < n; i++) {
		dprintf(fd, "$%zu\r\n", words[i].n);
		if (write(fd, words[i].p, words[i].n) != (ssize_t)words[i].n)
			abort();
		dprintf(fd, "\r\n");
	}
}

/* A command that no store gives, on a connection of its own: all that came. */
static const char *
tell_words(const struct span *words, size_t n)
{
	const struct span auth[] = { SPAN_LIT("AUTH"), server.config.password };
	static char answer[65536];
	size_t got = 0;
	ssize_t more;
	int fd = redis_server_dial(&server);

	assert_true(fd >= 0);
	if (auth[1].n > 0)
		send_words(fd, auth, 2);
	send_words(fd, words, n);
	shutdown(fd, SHUT_WR);
	while ((more = read(fd, answer + got, sizeof(answer) - 1 - got)) > 0)
		got += (size_t)more;
	answer[got] = '\0';
	close(fd);
	return answer;
}

/* A command, of words without blanks. */
static const char *
tell(const char *command)
{
	struct span words[8], rest = span_of(command);
	size_t n = 0;

	while (rest.n > 0) {
		struct span_cut cut = span_cut(rest, ' ');

		words[n++] = cut.head;
		rest = cut.tail;
	}
	return tell_words(words, n);
}

/* What a script says: one number. */
static long long
number(const char *script, const char *key)
{
	const struct span words[] = { SPAN_LIT("EVAL"), span_of(script),
		SPAN_LIT("1"), span_of(key) };
	const char *found = strstr(tell_words(words, 4), "*1\r\n:");

	if (found == NULL)
		fail_msg("%s", script);
	return strtoll(found + 5, NULL, 10);
}

static void
put(const char *key, const char *value)
{
	const struct span words[] = { SPAN_LIT("SET"), span_of(key),
		span_of(value) };

	tell_words(words, 3);
}

static long long
server_time(void)
{
	return number("return {tonumber(redis.call('TIME')[1])}", "");
}

/* No window shall end in the middle of a test. */
static void
wait_for_room(void)
{
	while (server_time() % 60 > 50)
		moment();
}

static int
open_store(void **state)
{
	(void)state;
	tell("FLUSHALL");
	wait_for_room();
	store = redis_new(&server.config, PATIENCE_MS);
	return store == NULL;
}

FIXTURE(close_store)
{
	store->close(store);
	store = NULL;
}

#define STORED(name) TEST_WHEN(redis_built_in, name, open_store, close_store)

static bool
left_out(void)
{
	return !redis_built_in();
}

static struct tally
tally_of(const char *name, const struct limit *limits, size_t n)
{
	return (struct tally){ .name = span_of(name),
		.crowd = CROWD_KNOWN,
		.n = n,
		.limits = limits };
}

static struct counters_verdict
take_from(struct counters *from, struct tally *t, size_t n, unsigned amount)
{
	struct counters_verdict v = from->take(from, t, n, amount, -1);

	assert_int_equal(v.what == COUNTERS_BROKEN, v.reason != NULL);
	assert_int_equal(v.retry_after, 0);
	for (size_t i = 0; i < n && v.what != COUNTERS_BROKEN; i++)
		for (size_t j = 0; j < t[i].n; j++)
			assert_in_range(
			    t[i].counts[j].resets, 1, t[i].limits[j].seconds);
	return v;
}

/* After a failure there is a pause: try on, up to a verdict. */
static enum counters_what
settle(struct tally *t, size_t n, unsigned amount)
{
	long long until = counters_clock() + PATIENCE_MS;
	struct counters_verdict v;

	while ((v = take_from(store, t, n, amount)).what == COUNTERS_BROKEN &&
	       counters_clock() < until)
		moment();
	if (v.reason != NULL)
		fail_msg("%s", v.reason);
	return v.what;
}

static void
breaks(struct tally *t, size_t n, unsigned amount, const char *why)
{
	struct counters_verdict v = take_from(store, t, n, amount);

	assert_int_equal(v.what, COUNTERS_BROKEN);
	if (strstr(v.reason, why) == NULL)
		fail_msg("not \"%s\": %s", why, v.reason);
}

static unsigned
used_of(const char *name)
{
	struct tally t = tally_of(name, hundred, 1);
	unsigned used;

	assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
	used = t.counts[0].used - 1;
	return used;
}

STORED(counts_up_to_the_limit)
{
	struct tally t = tally_of("a", hundred, 1);

	for (unsigned i = 1; i <= 100; i++) {
		assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
		assert_int_equal(t.counts[0].used, i);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(settle(&t, 1, 1), COUNTERS_FULL);
		assert_int_equal(t.counts[0].used, 100);
	}
	assert_int_equal(used_of("b"), 0);
}

STORED(amounts_are_whole)
{
	static const struct limit fifty[] = { { 50, 86400 } };
	struct tally t = tally_of("a", fifty, 1);

	assert_int_equal(settle(&t, 1, 20), COUNTERS_TAKEN);
	assert_int_equal(settle(&t, 1, 20), COUNTERS_TAKEN);
	assert_int_equal(settle(&t, 1, 11), COUNTERS_FULL);
	assert_int_equal(t.counts[0].used, 40);
	assert_int_equal(settle(&t, 1, 10), COUNTERS_TAKEN);
	assert_int_equal(t.counts[0].used, 50);
	assert_int_equal(settle(&t, 1, 1), COUNTERS_FULL);
}

STORED(three_windows_are_three_counts)
{
	struct tally t = tally_of("a", three, 3);
	char key[64];

	assert_int_equal(settle(&t, 1, 20), COUNTERS_TAKEN);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(t.counts[i].used, 20);
	assert_int_equal(settle(&t, 1, 1), COUNTERS_FULL);
	for (size_t i = 0; i < 3; i++) {
		long long now = server_time(), s = three[i].seconds;

		assert_in_range(
		    t.counts[i].resets, s - now % s, s - now % s + 10);
		snprintf(key, sizeof(key), "signpost:a:%lld", s);
		/* It expires when the window ends. */
		assert_in_range(
		    number("return {redis.call('TTL',KEYS[1])}", key), 0,
		    s - now % s + 1);
	}
	/* The minute is over: the others go on. */
	tell("DEL signpost:a:60");
	assert_int_equal(settle(&t, 1, 10), COUNTERS_TAKEN);
	assert_int_equal(t.counts[0].used, 10);
	assert_int_equal(t.counts[1].used, 30);
	assert_int_equal(settle(&t, 1, 1), COUNTERS_FULL);
	assert_int_equal(t.counts[0].used, 10);
	assert_int_equal(t.counts[1].used, 30);
	assert_int_equal(t.counts[2].used, 30);
}

STORED(two_tallies_are_one_step)
{
	static const struct limit few[] = { { 5, 86400 } };
	struct tally t[2] = { tally_of("user", hundred, 1),
		tally_of("total", few, 1) };

	assert_int_equal(settle(t, 2, 5), COUNTERS_TAKEN);
	assert_int_equal(t[0].counts[0].used, 5);
	assert_int_equal(t[1].counts[0].used, 5);
	assert_int_equal(settle(t, 2, 1), COUNTERS_FULL);
	assert_int_equal(t[0].counts[0].used, 5);
	assert_int_equal(t[1].counts[0].used, 5);
	assert_int_equal(used_of("user"), 5);
	t[1] = tally_of("user", few, 1);
	breaks(t, 2, 1, "one name twice");
}

STORED(names_are_bytes)
{
	struct tally a = tally_of("", hundred, 1), b = a;

	a.name = SPAN_LIT("x\0\r\n*1 %s\xff{1}");
	b.name = SPAN_LIT("x\0\r\n*1 %s\xff{2}");
	assert_int_equal(settle(&a, 1, 7), COUNTERS_TAKEN);
	assert_int_equal(settle(&b, 1, 1), COUNTERS_TAKEN);
	assert_int_equal(b.counts[0].used, 1);
	assert_int_equal(settle(&a, 1, 1), COUNTERS_TAKEN);
	assert_int_equal(a.counts[0].used, 8);
}

/* The key of a value, and the value with which window's end. */
static void
put_count(long long end, long long count)
{
	char value[64];

	snprintf(value, sizeof(value), "%lld %lld", end, count);
	put("signpost:a:86400", value);
}

STORED(an_old_window_is_over)
{
	struct tally t = tally_of("a", hundred, 1);
	long long end = server_time() / 86400 * 86400;

	put_count(end, 100); /* and no expiry */
	assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
	assert_int_equal(t.counts[0].used, 1);
	put_count(end + 86400, 50);
	assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
	assert_int_equal(t.counts[0].used, 51);
}

STORED(a_clock_that_goes_back_frees_nothing)
{
	struct tally t = tally_of("a", hundred, 1);
	long long end = server_time() / 86400 * 86400 + 86400;
	char script[128];

	put_count(end + 86400LL * 365, 99);
	assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
	assert_int_equal(t.counts[0].used, 100);
	put_count(end + 86400LL * 365, 100);
	assert_int_equal(settle(&t, 1, 1), COUNTERS_FULL);
	assert_int_equal(t.counts[0].used, 100);
	/* It ends with this window now. */
	snprintf(script, sizeof(script),
	    "return {redis.call('GET', KEYS[1]) == '%lld 100' and 1 or 0}",
	    end);
	assert_int_equal(number(script, "signpost:a:86400"), 1);
	assert_in_range(
	    number("return {redis.call('TTL',KEYS[1])}", "signpost:a:86400"), 1,
	    86400);
}

STORED(a_lower_limit_is_full)
{
	static const struct limit few[] = { { 5, 86400 } };
	struct tally t = tally_of("a", hundred, 1);

	assert_int_equal(settle(&t, 1, 20), COUNTERS_TAKEN);
	t.limits = few;
	assert_int_equal(settle(&t, 1, 1), COUNTERS_FULL);
	assert_int_equal(t.counts[0].used, 20);
}

/* It breaks the step, and leaves the other tally and other names alone. */
STORED(a_damaged_value_breaks)
{
	static const char *const bad[] = { "", "x", "1", "1 1", "0 1",
		"86400 0", "86400 -1", "-86400 1", "86400 1 ", " 86400 1",
		"86400  1", "86400\n1", "86400 1\n", "86400 01", "086400 1",
		"86401 1", "86400 1000001", "86400 99999999", "8.64e4 1",
		"86400 1e2", "0x15180 1", "864000000000 1", "nan 1",
		"inf inf" };
	struct tally t[2] = { tally_of("b", hundred, 1),
		tally_of("a", hundred, 1) };

	assert_int_equal(used_of("b"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put("signpost:a:86400", bad[i]);
		breaks(t, 2, 1, "holds something else than a count");
	}
	tell("DEL signpost:a:86400");
	tell("SADD signpost:a:86400 x"); /* an answer that raw refuses */
	breaks(t, 2, 1, "holds something else than a count");
	assert_int_equal(used_of("b"), 1);
	put("signpost:a:86400", "86400 1000000");
	assert_int_equal(settle(t, 2, 1), COUNTERS_TAKEN);
	assert_int_equal(t[1].counts[0].used, 1);
}

/* Takes until it is full; how often it was taken. */
static unsigned
take_all(void)
{
	struct counters *own = redis_new(&server.config, PATIENCE_MS);
	struct tally t = tally_of("many", hundred, 1);
	long long until = counters_clock() + PATIENCE_MS;
	unsigned taken = 0, full = 0;

	while (full < 100 && counters_clock() < until) {
		struct counters_verdict v = own->take(own, &t, 1, 1, 0);

		taken += v.what == COUNTERS_TAKEN;
		full += v.what == COUNTERS_FULL;
		if (v.what == COUNTERS_BROKEN)
			moment();
	}
	own->close(own);
	return taken;
}

STORED(four_processes_take_what_there_is)
{
	unsigned taken = 0;
	pid_t pids[4];
	int status;

	for (size_t i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit((int)take_all());
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		taken += (unsigned)WEXITSTATUS(status);
	}
	assert_int_equal(taken, 100);
}

/* The number behind a name in what INFO says. */
static long long
info(const char *name)
{
	const char *found = strstr(tell("INFO"), name);

	assert_non_null(found);
	return strtoll(found + strlen(name) + 1, NULL, 10);
}

/* A store that is used on both sides of fork() has two connections. */
STORED(a_child_has_a_connection_of_its_own)
{
	struct tally t = tally_of("a", hundred, 1);
	unsigned parent = 0;
	int status;
	pid_t pid;

	assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
	pid = fork();
	if (pid == 0) {
		long long before = info("total_connections_received");

		used_of("c");
		if (info("total_connections_received") != before + 2)
			_exit(2);
		t = tally_of("b", hundred, 1);
		for (unsigned i = 1; i <= 50; i++)
			if (settle(&t, 1, 1) != COUNTERS_TAKEN ||
			    t.counts[0].used != i)
				_exit(1);
		_exit(0);
	}
	for (; parent < 50; parent++) {
		assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
		assert_int_equal(t.counts[0].used, parent + 2);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

STORED(a_flushed_script_is_sent_again)
{
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(used_of("a"), i);
		tell("SCRIPT FLUSH");
	}
	tell("FLUSHALL"); /* an operator's reset */
	assert_int_equal(used_of("a"), 0);
}

STORED(a_killed_connection_is_made_again)
{
	struct tally t = tally_of("a", hundred, 1);

	assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
	for (unsigned i = 2; i < 10; i++) {
		tell("CLIENT KILL TYPE normal");
		assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
		assert_int_equal(t.counts[0].used, i);
	}
}

STORED(a_server_that_starts_again)
{
	struct tally t = tally_of("a", hundred, 1);

	assert_int_equal(settle(&t, 1, 9), COUNTERS_TAKEN);
	redis_server_kill(&server);
	breaks(&t, 1, 1, "is the server running");
	redis_server_run(&server);
	assert_int_equal(settle(&t, 1, 1), COUNTERS_TAKEN);
	assert_int_equal(t.counts[0].used, 1); /* it saved nothing */
	redis_server_kill(&server);
	redis_server_run(&server);
	assert_int_equal(settle(&t, 1, 2), COUNTERS_TAKEN);
	assert_int_equal(t.counts[0].used, 2);
}

/*
 * Sixty-four requests wait behind a server that hangs: one of them waits for
 * it in each second, the others are told at once. What was sent is counted when
 * it goes on.
 */
STORED(a_server_that_hangs)
{
	struct tally t = tally_of("a", hundred, 1);
	int waited = 0, free_fd;

	assert_int_equal(used_of("a"), 0);
	assert_int_equal(used_of("b"), 0);
	store->close(store);
	free_fd = dup(0);
	close(free_fd);
	store = redis_new(&server.config, REDIS_STEP_MS);
	kill(server.pid, SIGSTOP);
	for (int i = 0; i < 64; i++) {
		long long begun = counters_clock();

		breaks(&t, 1, 1, "no answer within 200 ms");
		waited += counters_clock() - begun >= REDIS_STEP_MS;
	}
	assert_in_range(waited, 1, 32);
	assert_non_null(store->probe(store));
	/* Nobody will read its late answer. */
	assert_int_equal(dup(0), free_fd);
	close(free_fd);
	kill(server.pid, SIGCONT);
	store->close(store);
	store = redis_new(&server.config, PATIENCE_MS);
	assert_in_range(used_of("b"), 1, 1);
	assert_int_equal(used_of("b"), 2);
	/* Those that hung were read too, but only those. */
	assert_in_range(used_of("a"), 1, 1 + waited);
}

STORED(what_the_server_says_is_told)
{
	static const struct {
		const char *before, *after, *says;
	} cases[] = {
		{ "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "READONLY" },
		{ "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "OOM" },
		{ "CONFIG SET min-replicas-to-write 3",
		    "CONFIG SET min-replicas-to-write 0", "NOREPLICAS" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tally t = tally_of("a", hundred, 1);

		assert_int_equal(used_of("a"), 2 * i);
		tell(cases[i].before);
		breaks(&t, 1, 1, cases[i].says);
		breaks(&t, 1, 1, "it says: ");
		assert_non_null(store->probe(store)); /* the same */
		tell(cases[i].after);
		assert_int_equal(used_of("a"), 2 * i + 1);
	}
}

STORED(a_probe_takes_nothing)
{
	long long until = counters_clock() + PATIENCE_MS;

	while (store->probe(store) != NULL && counters_clock() < until)
		moment();
	assert_null(store->probe(store));
	/* Its own key, which goes again, and no count. */
	assert_int_equal(
	    number("return {redis.call('DBSIZE')}", "signpost"), 1);
	assert_int_equal(
	    number("return {redis.call('EXISTS', KEYS[1])}", "signpost:probe"),
	    1);
	redis_server_kill(&server);
	assert_non_null(strstr(store->probe(store), "is the server running"));
	redis_server_run(&server);
	while (store->probe(store) != NULL && counters_clock() < until)
		moment();
	assert_null(store->probe(store));
}

/* Whatever happens, no descriptor is left. */
STORED(nothing_is_left_open)
{
	struct tally t = tally_of("a", hundred, 1);
	int before = dup(0);

	close(before);
	for (int i = 0; i < 50; i++) {
		struct counters *one = redis_new(&server.config, PATIENCE_MS);

		one->take(one, &t, 1, 1, 0);
		one->close(one);
		one = redis_new(&server.config, PATIENCE_MS);
		one->probe(one);
		one->close(one);
	}
	assert_int_equal(dup(0), before);
	close(before);
}

/* Tests of their own server. */

static int
close_other(void **state)
{
	return close_store(state) + end_server(state) + start_server(state);
}

static int
open_locked(void **state)
{
	end_server(state);
	redis_server_place(&server);
	server.password = PASSWORD;
	redis_server_run(&server);
	server.config.password = SPAN_LIT(PASSWORD);
	return open_store(state);
}

static void
breaks_with(struct span password, unsigned database, const char *why)
{
	struct store_config config = server.config;
	struct tally t = tally_of("a", hundred, 1);

	config.password = password;
	config.database = database;
	store->close(store);
	store = redis_new(&config, PATIENCE_MS);
	breaks(&t, 1, 1, why);
	breaks(&t, 1, 1, why);
	assert_null(strstr(take_from(store, &t, 1, 1).reason, "nobody"));
	store->close(store);
	store = redis_new(&server.config, PATIENCE_MS);
}

TEST_WHEN(redis_built_in, a_password_opens, open_locked, close_other)
{
	assert_int_equal(used_of("a"), 0);
	breaks_with(SPAN_LIT("test-password-of-nobody-else"), 0,
	    "refuses the password");
	breaks_with(SPAN_LIT(""), 0,
	    "required. (name the file with its password: "
	    "store_password_file)");
	assert_int_equal(used_of("a"), 1);
}

TEST_WHEN(redis_built_in, databases_are_apart, open_locked, close_other)
{
	assert_int_equal(used_of("a"), 0);
	server.config.database = 15;
	store->close(store);
	store = redis_new(&server.config, PATIENCE_MS);
	assert_int_equal(used_of("a"), 0);
	assert_int_equal(used_of("a"), 1);
	server.config.database = 0;
	breaks_with(server.config.password, 16, "it says: ERR DB index");
	assert_int_equal(used_of("a"), 1);
}

STORED(a_password_that_nobody_wants)
{
	breaks_with(SPAN_LIT(PASSWORD), 0, "does this server ask for one?");
	assert_int_equal(used_of("a"), 0);
}

static int
open_tcp(void **state)
{
	end_server(state);
	redis_server_place(&server);
	server.port = free_port();
	redis_server_run(&server);
	return open_store(state);
}

TEST_WHEN(redis_built_in, tcp_is_spoken, open_tcp, close_other)
{
	struct store_config config = { .kind = STORE_TCP,
		.place = SPAN_LIT("127.0.0.1"),
		.port = server.port };

	store->close(store);
	store = redis_new(&config, PATIENCE_MS);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(used_of("a"), i);
	/* The same count, seen through the socket. */
	store->close(store);
	store = redis_new(&server.config, PATIENCE_MS);
	assert_int_equal(used_of("a"), 20);
}

STORED(the_largest_step_fits)
{
	static const struct limit limits[] = { { LIMIT_COUNT_MAX, 60 },
		{ LIMIT_COUNT_MAX, 3600 }, { LIMIT_COUNT_MAX, 86400 } };
	static char names[2][1026];
	struct tally t[2];

	for (size_t i = 0; i < 2; i++) {
		memset(names[i], (int)('a' + i), 1024);
		t[i] = tally_of(names[i], limits, 3);
	}
	assert_int_equal(settle(t, 2, BATCH_MAX), COUNTERS_TAKEN);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(t[i / 3].counts[i % 3].used, BATCH_MAX);
	names[1][1024] = 'b';
	t[1] = tally_of(names[1], limits, 3);
	breaks(t, 2, BATCH_MAX, "too long");
	breaks(t, 1, BATCH_MAX + 1, "this can't be counted");
}

STORED(a_connection_is_kept)
{
	long long before;
	int fd = dup(0);

	close(fd);
	assert_int_equal(used_of("a"), 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	before = info("total_connections_received");
	for (unsigned i = 1; i < 100; i++)
		assert_int_equal(used_of("a"), i);
	assert_null(store->probe(store));
	assert_int_equal(info("total_connections_received"), before + 1);
}

/* Tests with a fake in the server's place. */

#define TAKEN "*3\r\n:1\r\n:1\r\n:60\r\n"

static struct redis_server fake;

FIXTURE(remove_fake)
{
	if (store != NULL)
		store->close(store);
	store = NULL;
	redis_server_end(&fake);
}

#define FAKED(name) TEST_WHEN(redis_built_in, name, NULL, remove_fake)

/* Another store there, which has not failed yet. */
static void
renew(unsigned ms)
{
	if (store != NULL)
		store->close(store);
	store = redis_new(&fake.config, ms);
	assert_non_null(store);
}

static void
start(enum fake_what what, const char *text)
{
	fake_start(&fake, what, text);
	renew(PATIENCE_MS);
}

static enum counters_what
takes(void)
{
	struct tally t = tally_of("a", hundred, 1);

	return take_from(store, &t, 1, 1).what;
}

/* One step breaks, for this reason. */
static void
fails(const char *why)
{
	struct tally t = tally_of("a", hundred, 1);

	renew(PATIENCE_MS);
	breaks(&t, 1, 1, why);
}

FAKED(an_answer_comes_in_pieces)
{
	start(FAKE_CUTS, TAKEN);
	for (size_t i = 0; i < strlen(TAKEN); i++) {
		renew(PATIENCE_MS);
		assert_int_equal(takes(), COUNTERS_TAKEN);
	}
}

/* Asked twice on one connection, it closes: the second question goes again. */
FAKED(a_closed_one_is_opened_anew)
{
	signal(SIGPIPE, SIG_DFL);
	start(FAKE_STEPS_DOWN, TAKEN);
	for (int i = 0; i < 100; i++)
		assert_int_equal(takes(), COUNTERS_TAKEN);
	/* But not when half an answer came, and it may count twice. */
	remove_fake(NULL);
	start(FAKE_FALTERS, TAKEN);
	assert_int_equal(takes(), COUNTERS_TAKEN);
	breaks(&(struct tally){ .name = SPAN_LIT("a"),
		   .crowd = CROWD_KNOWN,
		   .n = 1,
		   .limits = hundred },
	    1, 1, "its answer makes no sense");
	/* Nor the script's, gone or not when it is sent. */
	remove_fake(NULL);
	start(FAKE_BREAKS_OFF, "-NOSCRIPT\r\n");
	for (int i = 0; i < 50; i++)
		fails("it closes the connection");
	remove_fake(NULL);
	start(FAKE_STEPS_DOWN, "-NOSCRIPT\r\n");
	fails("it closes the connection");
}

FAKED(a_new_one_is_tried_once)
{
	signal(SIGPIPE, SIG_DFL);
	start(FAKE_CLOSES, "");
	fails("it closes the connection");
	fails("it closes the connection");
	remove_fake(NULL);
	start(FAKE_SHUTS, "");
	fails("it closes the connection");
}

/* Too many clients: an error that nobody asked for, and the end. */
FAKED(an_error_at_once_is_told)
{
	struct tally t = tally_of("a", hundred, 1);
	const char *reason;

	start(FAKE_GREETS, "-ERR max number of clients reached\r\n");
	reason = take_from(store, &t, 1, 1).reason;
	/* Unless it was gone before it could be asked. */
	assert_true(strstr(reason, "it says: ERR max") != NULL ||
		    strstr(reason, "it closes the connection") != NULL);
}

/* The time ends at one moment, whatever comes meanwhile. */
static void
is_late(enum fake_what what, const char *text)
{
	struct tally t = tally_of("a", hundred, 1);
	long long begun;

	start(what, text);
	renew(120);
	begun = counters_clock();
	breaks(&t, 1, 1, "no answer within 120 ms");
	assert_in_range(counters_clock() - begun, 120, PATIENCE_MS);
	remove_fake(NULL);
}

TEST_WHEN(redis_built_in, what_never_ends_is_late, NULL, NULL)
{
	static const char *const promises[] = { "$536870912\r\nx",
		"$9223372036854775807\r\n", "+", "*1\r\n$9999999\r\n",
		"*3\r\n:1\r\n:1" };

	is_late(FAKE_HANGS, "");
	is_late(FAKE_DRIPS, "*100000000000\r\n");
	is_late(FAKE_DRIPS, "+PONGPONGPONGPONGPONG");
	is_late(FAKE_DRIPS, TAKEN);
	for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++)
		is_late(FAKE_ANSWERS, promises[i]);
}

FAKED(a_server_that_floods)
{
	static char text[65536];

	memset(text, 'x', sizeof(text) - 1);
	text[0] = '+';
	start(FAKE_FLOODS, text);
	fails("makes no sense");
}

/* A Unix socket's queue is full: connecting waits for room, or ends. */
FAKED(a_full_queue_is_waited_for)
{
	struct tally t = tally_of("a", hundred, 1);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fds[80], error = 0;
	size_t n = 0;
	pid_t child;

	start(FAKE_ANSWERS, TAKEN);
	kill(fake.pid, SIGSTOP);
	strcpy(to.sun_path, fake.path);
	for (; n < 80 && error == 0; n++) {
		fds[n] = socket(
		    AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (connect(fds[n], (struct sockaddr *)&to, sizeof(to)) != 0)
			error = errno;
	}
	assert_int_equal(error, EAGAIN);
	renew(50);
	breaks(&t, 1, 1, "no answer within 50 ms");
	while (n > 0)
		close(fds[--n]);
	renew(PATIENCE_MS);
	child = fork();
	if (child == 0) {
		moment();
		_exit(kill(fake.pid, SIGCONT) != 0);
	}
	assert_int_equal(takes(), COUNTERS_TAKEN);
	waitpid(child, NULL, 0);
}

FAKED(an_answer_is_bounded)
{
	static char text[4098] = "-";

	memset(text + 1, 'x', 4093);
	strcpy(text + 4094, "\r\n");
	start(FAKE_ANSWERS, text);
	fails("it says: xxx");
	remove_fake(NULL);
	strcpy(text + 4094, "x\r\n");
	start(FAKE_ANSWERS, text);
	fails("makes no sense");
	remove_fake(NULL);
	start(FAKE_BREAKS_OFF, "*2\r\n:1\r\n");
	fails("its answer makes no sense: is this Redis?");
}

/* What nobody asked for must not become the next question's answer. */
FAKED(a_word_too_many_is_never_an_answer)
{
	start(FAKE_ADDS, TAKEN);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(takes(), COUNTERS_TAKEN);
		for (int j = 0; j < 10; j++)
			moment();
	}
}

/* A server that has no AUTH repeats what it was given. */
FAKED(the_password_is_not_told)
{
	struct tally t = tally_of("a", hundred, 1);

	start(FAKE_ANSWERS,
	    "-ERR unknown command `AUTH`, with args beginning with: "
	    "`test-password-of-nobody`\r\n");
	fake.config.password = SPAN_LIT(PASSWORD);
	fails("it refuses the password of store_password_file: is it");
	assert_null(strstr(take_from(store, &t, 1, 1).reason, "nobody"));
}

FAKED(a_greeting_is_not_a_welcome)
{
	start(FAKE_ANSWERS, TAKEN);
	fake.config.password = SPAN_LIT(PASSWORD);
	fails("its answer makes no sense");
	fake.config.password = SPAN_LIT("");
	fake.config.database = 3;
	fails("its answer makes no sense");
	fake.config.database = 0;
	renew(PATIENCE_MS);
	assert_int_equal(takes(), COUNTERS_TAKEN);
}

FAKED(a_reason_says_where)
{
	char path[SOCKET_PATH_MAX + 1];

	start(FAKE_CLOSES, "");
	fake.config = (struct store_config){ .kind = STORE_TCP,
		.place = SPAN_LIT("127.0.0.1"),
		.port = free_port() };
	fails("redis at \"127.0.0.1\" port ");
	fails(": Connection refused: is the server running");
	fake.config.place = SPAN_LIT("::1");
	fails(": is the server running");
	fake.config = (struct store_config){ .kind = STORE_UNIX,
		.place = SPAN_LIT("/tmp/signpost-none") };
	fails("redis at \"/tmp/signpost-none\": No such file or directory: "
	      "is the server running, and is this the right place?");
	memset(path, '/', SOCKET_PATH_MAX);
	path[SOCKET_PATH_MAX] = '\0';
	fake.config =
	    (struct store_config){ .kind = STORE_UNIX, .place = span_of(path) };
	fails("is this the right place?");
}

/* TCP has no error for a full queue: what is sent there is lost. */
TEST_WHEN(redis_built_in, a_full_queue_of_tcp_is_late, NULL, NULL)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fds[4];
	socklen_t size = sizeof(to);
	struct tally t = tally_of("a", hundred, 1);
	struct store_config config = { .kind = STORE_TCP,
		.place = SPAN_LIT("127.0.0.1") };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&to, size), 0);
	assert_int_equal(listen(listener, 0), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&to, &size), 0);
	for (size_t i = 0; i < 4; i++) {
		fds[i] = socket(
		    AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		connect(fds[i], (struct sockaddr *)&to, size);
	}
	config.port = ntohs(to.sin_port);
	store = redis_new(&config, 50);
	breaks(&t, 1, 1, ": no answer within 50 ms");
	store->close(store);
	store = NULL;
	for (size_t i = 0; i < 4; i++)
		close(fds[i]);
	close(listener);
}

TEST_WHEN(redis_built_in, ipv6_is_spoken, NULL, NULL)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_addr = in6addr_loopback };
	int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(to);
	struct tally t = tally_of("a", hundred, 1);
	struct store_config config = { .kind = STORE_TCP,
		.place = SPAN_LIT("::1") };

	if (bind(listener, (struct sockaddr *)&to, size) != 0 ||
	    listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&to, &size) != 0)
		skip(); /* no such protocol here */
	config.port = ntohs(to.sin6_port);
	store = redis_new(&config, 50);
	breaks(&t, 1, 1, "no answer within 50 ms");
	store->close(store);
	store = NULL;
	close(listener);
}

/* The same answer for each of these, with a fake for each. */
static void
each_fails(const char *const *texts, size_t n, const char *why)
{
	for (size_t i = 0; i < n; i++) {
		start(FAKE_ANSWERS, texts[i]);
		fails(why);
		remove_fake(NULL);
	}
}

/* A fake's answer to a step is believed only when it can be true. */
TEST_WHEN(redis_built_in, lies_are_not_believed, NULL, NULL)
{
	static const char *const lies[] = {
		"+OK\r\n",
		"*1\r\n:1\r\n",
		"*1\r\n:0\r\n",
		"*3\r\n:1\r\n:0\r\n:60\r\n",
		"*3\r\n:1\r\n:-1\r\n:60\r\n",
		"*3\r\n:1\r\n:101\r\n:60\r\n",
		"*3\r\n:1\r\n:4294967297\r\n:60\r\n",
		"*3\r\n:1\r\n:1\r\n:0\r\n",
		"*3\r\n:1\r\n:1\r\n:-1\r\n",
		"*3\r\n:1\r\n:1\r\n:86401\r\n",
		"*3\r\n:2\r\n:1\r\n:60\r\n",
		"*3\r\n:-1\r\n:1\r\n:60\r\n",
		"*3\r\n:4294967297\r\n:1\r\n:60\r\n",
		"*3\r\n:0\r\n:99\r\n:60\r\n",
		"*3\r\n:0\r\n:-1\r\n:60\r\n",
		"*3\r\n:0\r\n:1000001\r\n:60\r\n",
		"*3\r\n:0\r\n:100\r\n:86401\r\n",
		"*2\r\n:1\r\n:1\r\n",
		"*4\r\n:1\r\n:1\r\n:60\r\n:1\r\n",
		"*5\r\n:1\r\n:1\r\n:60\r\n:1\r\n:60\r\n",
		"*2\r\n:2\r\n:2\r\n",
		"*2\r\n:2\r\n$-1\r\n",
		"*3\r\n:1\r\n$1\r\n1\r\n:60\r\n",
		"*3\r\n:1\r\n*1\r\n:1\r\n:60\r\n",
		"*3\r\n:1\r\n$-1\r\n:60\r\n",
		"*3\r\n:1\r\n+1\r\n:60\r\n",
		"*3\r\n:1\r\n#t\r\n:60\r\n",
		"*3\r\n:1\r\n,1\r\n:60\r\n",
		TAKEN "+",
		TAKEN ":1\r\n",
		TAKEN TAKEN,
	};

	each_fails(lies, sizeof(lies) / sizeof(lies[0]), "makes no sense");
	start(FAKE_ANSWERS, TAKEN);
	assert_int_equal(takes(), COUNTERS_TAKEN);
	remove_fake(NULL);
	start(FAKE_ANSWERS, "*3\r\n:0\r\n:100\r\n:86400\r\n");
	assert_int_equal(takes(), COUNTERS_FULL);
	remove_fake(NULL);
}

TEST_WHEN(redis_built_in, all_else_is_refused, NULL, NULL)
{
	static const char *const bad[] = { "HTTP/1.1 400 Bad Request\r\n\r\n",
		"\r\n", ":1\r\n", "$2\r\nhi\r\n", "$-1\r\n", "*-1\r\n",
		"*0\r\n", "*-2\r\n", "*14\r\n", "*1000000000\r\n",
		"*2147483647\r\n", "*2147483648\r\n", "*4294967296\r\n",
		"*9223372036854775807\r\n", "*99999999999999999999\r\n",
		"*1\r\n*1\r\n:1\r\n", "*1\r\n*2000000000\r\n",
		"*2\r\n*1\r\n:1\r\n:1\r\n", "*1\r\n$1\r\n1\r\n",
		"*1\r\n$-1\r\n", "*1\r\n+1\r\n", "*1\r\n-ERR\r\n",
		"*1\r\n:1x\r\n", "*1\r\n:\r\n",
		"*1\r\n:99999999999999999999\r\n", "*x\r\n",
		"%1\r\n+a\r\n:1\r\n", "_\r\n", "#t\r\n", ",1.5\r\n",
		"*1\r\n#t\r\n", "*1\r\n,1\r\n", "+PONG\r\n+",
		"+PONG\r\n+PONG\r\n", "*1\r\n:1\r\n:2\r\n" };

	each_fails(bad, sizeof(bad) / sizeof(bad[0]),
	    "its answer makes no sense: is this Redis?");
}

TEST_WHEN(redis_built_in, errors_are_told_and_cleaned, NULL, NULL)
{
	static const char *const errors[][2] = {
		{ "-LOADING Redis is loading\r\n", "it says: LOADING" },
		{ "-MOVED 3999 127.0.0.1:6381\r\n", "it says: MOVED" },
		{ "-BUSY in a script\r\n", "it says: BUSY" },
		{ "-NOSCRIPT always\r\n", "it says: NOSCRIPT" },
		{ "-ERR a\x1b[31m\xc3\xa9\x7f.\r\n",
		    "it says: ERR a?[31m???." },
		{ "*1\r\n:2\r\n", "something else than a count" },
	};
	struct tally t = tally_of("a", hundred, 1);
	char text[200] = "-";
	const char *said;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		each_fails(&errors[i][0], 1, errors[i][1]);
	for (size_t n = 99; n <= 101; n++) {
		memset(text + 1, 'x', n);
		strcpy(text + 1 + n, "\r\n");
		start(FAKE_ANSWERS, text);
		said = strstr(take_from(store, &t, 1, 1).reason, ": x");
		assert_int_equal(strlen(said), 2 + (n < 100 ? n : 100));
		remove_fake(NULL);
	}
}

/* All numbers of the longest list, each in its place. */
FAKED(every_number_has_its_place)
{
	struct tally t[2] = { tally_of("a", three, 3),
		tally_of("b", three, 3) };

	start(FAKE_ANSWERS,
	    "*13\r\n:1\r\n:11\r\n:1\r\n:12\r\n:2\r\n:13\r\n:3\r\n:14\r\n:4\r\n"
	    ":15\r\n:5\r\n:16\r\n:6\r\n");
	assert_int_equal(take_from(store, t, 2, 5).what, COUNTERS_TAKEN);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(t[i / 3].counts[i % 3].used, 11 + i);
		assert_int_equal(t[i / 3].counts[i % 3].resets, 1 + i);
	}
}

TEST_WHEN(left_out, without_hiredis_there_is_no_store, NULL, NULL)
{
	const struct store_config config = { .kind = STORE_UNIX,
		.place = SPAN_INIT("/tmp/x") };

	assert_null(redis_new(&config, REDIS_STEP_MS));
	/* Whoever leaves it out says so. */
	assert_non_null(getenv("WITHOUT_HIREDIS"));
}

GROUP(start_server, end_server);
