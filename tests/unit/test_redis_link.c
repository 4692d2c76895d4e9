#define _GNU_SOURCE

#include "test.h"

#include "store/redis_link.h"

#include "redis_server.h"

static struct redis_server fake;
static struct redis_link link_;
static const struct span ping = SPAN_INIT("PING");

FIXTURE(remove_fake)
{
	redis_link_hang_up(&link_);
	redis_server_end(&fake);
}

#define ASKED(name) TEST_WHEN(redis_wire_built_in, name, NULL, remove_fake)

static bool
left_out(void)
{
	return !redis_wire_built_in();
}

static void
start(enum fake_what what, const char *text)
{
	fake_start(&fake, what, text);
	redis_link_init(&link_, &fake.config, 200);
}

/* With all the time that a slow machine needs. */
static bool
asks(const struct redis_answer **answer)
{
	link_.until = peer_clock() + PATIENCE_MS;
	return redis_link_ask(&link_, &ping, 1, answer);
}

/* Fails, and because of this. */
static void
fails(const char *why)
{
	const struct redis_answer *a;

	assert_false(asks(&a));
	if (strstr(link_.reason, why) == NULL)
		fail_msg("not \"%s\": %s", why, link_.reason);
	redis_link_hang_up(&link_);
}

ASKED(a_connection_is_kept)
{
	const struct redis_answer *a;
	int fd;

	start(FAKE_ANSWERS, "+PONG\r\n");
	assert_true(asks(&a));
	assert_true(span_is(a->text, "PONG"));
	fd = link_.peer.fd;
	for (int i = 0; i < 100; i++) {
		assert_true(asks(&a));
		assert_int_equal(link_.peer.fd, fd);
		assert_true(redis_link_ask_again(&link_, &ping, 1, &a));
	}
}

/* Asked twice on one connection, it closes: the second question goes again. */
ASKED(a_closed_one_is_opened_anew)
{
	const struct redis_answer *a;

	start(FAKE_STEPS_DOWN, "*1\r\n:5\r\n");
	for (int i = 0; i < 100; i++) {
		assert_true(asks(&a));
		assert_int_equal(a->numbers[0], 5);
	}
	assert_false(redis_link_ask_again(&link_, &ping, 1, &a));
	assert_non_null(strstr(link_.reason, "closes"));
}

/* A new one that is closed is not tried again. */
ASKED(a_new_one_is_tried_once)
{
	start(FAKE_CLOSES, "");
	fails("it closes the connection");
	fails("it closes the connection");
}

ASKED(shut_at_once)
{
	start(FAKE_SHUTS, "");
	fails("it closes the connection");
}

/* Too many clients: an error that nobody asked for, and the end. */
ASKED(an_error_at_once_is_told)
{
	const struct redis_answer *a;

	start(FAKE_GREETS, "-ERR max number of clients reached\r\n");
	if (asks(&a)) {
		assert_true(a->is_error);
		redis_link_fail_answer(&link_, a);
		assert_non_null(strstr(link_.reason, "it says: ERR max"));
	} else {
		/* It was gone before it could be asked. */
		assert_non_null(strstr(link_.reason, "closes"));
	}
}

/* The time is counted on one clock and ends at one moment, not never. */
static void
ends_in_time(const char *why)
{
	const struct redis_answer *a;
	long long begun = peer_clock();

	redis_link_begin(&link_);
	assert_false(redis_link_ask(&link_, &ping, 1, &a));
	redis_link_hang_up(&link_);
	assert_true(peer_clock() - begun < PATIENCE_MS);
	if (strstr(link_.reason, why) == NULL)
		fail_msg("not \"%s\": %s", why, link_.reason);
}

ASKED(a_server_that_hangs)
{
	start(FAKE_HANGS, "");
	ends_in_time("no answer within 200 ms");
}

ASKED(a_server_that_drips)
{
	start(FAKE_DRIPS, "*100000000000\r\n");
	ends_in_time("no answer within 200 ms");
}

ASKED(a_server_that_drips_an_answer)
{
	start(FAKE_DRIPS, "+PONGPONGPONGPONGPONG");
	ends_in_time("no answer within 200 ms");
}

ASKED(a_server_that_floods)
{
	static char text[65536];

	memset(text, 'x', sizeof(text) - 1);
	text[0] = '+';
	start(FAKE_FLOODS, text);
	ends_in_time("makes no sense");
}

ASKED(a_server_that_promises)
{
	start(FAKE_ANSWERS, "$536870912\r\nx");
	ends_in_time("no answer within 200 ms");
}

ASKED(nonsense_is_told)
{
	static const char *const texts[] = { "HTTP/1.1 400 Bad\r\n\r\n",
		"*2\r\n*1\r\n:1\r\n:1\r\n", "*2000000000\r\n", "$2\r\nhi\r\n",
		"+PONG\r\n+PONG\r\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		start(FAKE_ANSWERS, texts[i]);
		fails("its answer makes no sense: is this Redis?");
		redis_server_end(&fake);
	}
	start(FAKE_BREAKS_OFF, "*2\r\n:1\r\n");
	fails("its answer makes no sense: is this Redis?");
}

/* A second answer for one question must not become the next one's. */
ASKED(a_word_too_many_is_never_an_answer)
{
	const struct redis_answer *a;
	long long until = peer_clock() + PATIENCE_MS;
	siginfo_t ended;

	start(FAKE_DRIPS, "+A\r\n+B\r\n");
	assert_true(asks(&a));
	assert_true(span_is(a->text, "A"));
	while (peer_is_quiet(&link_.peer) && peer_clock() < until)
		moment();
	assert_false(peer_is_quiet(&link_.peer));
	kill(fake.pid, SIGKILL);
	assert_int_equal(
	    waitid(P_PID, (id_t)fake.pid, &ended, WEXITED | WNOWAIT), 0);
	/* It must ask on a new connection, and there is none any more. */
	fails("Connection refused: is the server running");
}

/* A server that has no AUTH repeats what it was given. */
ASKED(the_password_is_not_told)
{
	start(FAKE_ANSWERS,
	    "-ERR unknown command `AUTH`, with args beginning with: "
	    "`test-password-of-nobody`\r\n");
	fake.config.password = SPAN_LIT("test-password-of-nobody");
	fails("it refuses the password of store_password_file: is it");
	assert_null(strstr(link_.reason, "nobody"));
}

ASKED(a_greeting_is_not_a_welcome)
{
	start(FAKE_ANSWERS, "+PONG\r\n");
	fake.config.password = SPAN_LIT("test-password-of-nobody");
	fails("its answer makes no sense");
	fake.config.password = SPAN_LIT("");
	fake.config.database = 3;
	fails("its answer makes no sense");
	fake.config.database = 0;
	assert_true(asks(&(const struct redis_answer *){ NULL }));
}

ASKED(a_reason_says_where)
{
	char path[SOCKET_PATH_MAX + 1];

	start(FAKE_CLOSES, "");
	fake.config = (struct store_config){ .kind = STORE_TCP,
		.place = SPAN_LIT("127.0.0.1"),
		.port = free_port() };
	fails("redis at \"127.0.0.1\" port ");
	fails(": Connection refused: is the server running");
	memset(path, '/', SOCKET_PATH_MAX);
	path[SOCKET_PATH_MAX] = '\0';
	fake.config =
	    (struct store_config){ .kind = STORE_UNIX, .place = span_of(path) };
	fails("is this the right place?");
	redis_link_fail(&link_, "%s%s", path, path);
	redis_link_fail(&link_, "%s%s%s", path, path, path);
	assert_true(strlen(link_.reason) < sizeof(link_.reason));
}

TEST_WHEN(left_out, without_hiredis_nothing_is_asked, NULL, remove_fake)
{
	start(FAKE_ANSWERS, "+PONG\r\n");
	fails("no memory");
}
