#define _GNU_SOURCE
#include "store/redis_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "redis_server.h"

static struct redis_server fake;
static struct redis_link link_;
static const struct span ping = SPAN_INIT("PING");

static int
remove_fake(void **state)
{
	(void)state;
	redis_link_hang_up(&link_);
	redis_server_end(&fake);
	return 0;
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

static void
a_connection_is_kept(void **state)
{
	const struct redis_answer *a;
	int fd;

	(void)state;
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
static void
a_closed_one_is_opened_anew(void **state)
{
	const struct redis_answer *a;

	(void)state;
	start(FAKE_STEPS_DOWN, "*1\r\n:5\r\n");
	for (int i = 0; i < 100; i++) {
		assert_true(asks(&a));
		assert_int_equal(a->numbers[0], 5);
	}
	assert_false(redis_link_ask_again(&link_, &ping, 1, &a));
	assert_non_null(strstr(link_.reason, "closes"));
}

/* A new one that is closed is not tried again. */
static void
a_new_one_is_tried_once(void **state)
{
	(void)state;
	start(FAKE_CLOSES, "");
	fails("it closes the connection");
	fails("it closes the connection");
}

static void
shut_at_once(void **state)
{
	(void)state;
	start(FAKE_SHUTS, "");
	fails("it closes the connection");
}

/* Too many clients: an error that nobody asked for, and the end. */
static void
an_error_at_once_is_told(void **state)
{
	const struct redis_answer *a;

	(void)state;
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

static void
a_server_that_hangs(void **state)
{
	(void)state;
	start(FAKE_HANGS, "");
	ends_in_time("no answer within 200 ms");
}

static void
a_server_that_drips(void **state)
{
	(void)state;
	start(FAKE_DRIPS, "*100000000000\r\n");
	ends_in_time("no answer within 200 ms");
}

static void
a_server_that_drips_an_answer(void **state)
{
	(void)state;
	start(FAKE_DRIPS, "+PONGPONGPONGPONGPONG");
	ends_in_time("no answer within 200 ms");
}

static void
a_server_that_floods(void **state)
{
	static char text[65536];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[0] = '+';
	start(FAKE_FLOODS, text);
	ends_in_time("makes no sense");
}

static void
a_server_that_promises(void **state)
{
	(void)state;
	start(FAKE_ANSWERS, "$536870912\r\nx");
	ends_in_time("no answer within 200 ms");
}

static void
nonsense_is_told(void **state)
{
	static const char *const texts[] = { "HTTP/1.1 400 Bad\r\n\r\n",
		"*2\r\n*1\r\n:1\r\n:1\r\n", "*2000000000\r\n", "$2\r\nhi\r\n",
		"+PONG\r\n+PONG\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		start(FAKE_ANSWERS, texts[i]);
		fails("its answer makes no sense: is this Redis?");
		redis_server_end(&fake);
	}
	start(FAKE_BREAKS_OFF, "*2\r\n:1\r\n");
	fails("its answer makes no sense: is this Redis?");
}

/* A second answer for one question must not become the next one's. */
static void
a_word_too_many_is_never_an_answer(void **state)
{
	const struct redis_answer *a;
	long long until = peer_clock() + PATIENCE_MS;
	siginfo_t ended;

	(void)state;
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
static void
the_password_is_not_told(void **state)
{
	(void)state;
	start(FAKE_ANSWERS,
	    "-ERR unknown command `AUTH`, with args beginning with: "
	    "`test-password-of-nobody`\r\n");
	fake.config.password = SPAN_LIT("test-password-of-nobody");
	fails("it refuses the password of store_password_file: is it");
	assert_null(strstr(link_.reason, "nobody"));
}

static void
a_greeting_is_not_a_welcome(void **state)
{
	(void)state;
	start(FAKE_ANSWERS, "+PONG\r\n");
	fake.config.password = SPAN_LIT("test-password-of-nobody");
	fails("its answer makes no sense");
	fake.config.password = SPAN_LIT("");
	fake.config.database = 3;
	fails("its answer makes no sense");
	fake.config.database = 0;
	assert_true(asks(&(const struct redis_answer *){ NULL }));
}

static void
a_reason_says_where(void **state)
{
	char path[SOCKET_PATH_MAX + 1];

	(void)state;
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

static void
without_hiredis_nothing_is_asked(void **state)
{
	(void)state;
	start(FAKE_ANSWERS, "+PONG\r\n");
	fails("no memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_connection_is_kept, remove_fake),
		cmocka_unit_test_teardown(
		    a_closed_one_is_opened_anew, remove_fake),
		cmocka_unit_test_teardown(a_new_one_is_tried_once, remove_fake),
		cmocka_unit_test_teardown(shut_at_once, remove_fake),
		cmocka_unit_test_teardown(
		    an_error_at_once_is_told, remove_fake),
		cmocka_unit_test_teardown(a_server_that_hangs, remove_fake),
		cmocka_unit_test_teardown(a_server_that_drips, remove_fake),
		cmocka_unit_test_teardown(
		    a_server_that_drips_an_answer, remove_fake),
		cmocka_unit_test_teardown(a_server_that_floods, remove_fake),
		cmocka_unit_test_teardown(a_server_that_promises, remove_fake),
		cmocka_unit_test_teardown(nonsense_is_told, remove_fake),
		cmocka_unit_test_teardown(
		    a_word_too_many_is_never_an_answer, remove_fake),
		cmocka_unit_test_teardown(
		    the_password_is_not_told, remove_fake),
		cmocka_unit_test_teardown(
		    a_greeting_is_not_a_welcome, remove_fake),
		cmocka_unit_test_teardown(a_reason_says_where, remove_fake),
	};

	const struct CMUnitTest without[] = { cmocka_unit_test_teardown(
	    without_hiredis_nothing_is_asked, remove_fake) };

	if (!redis_wire_built_in())
		return cmocka_run_group_tests(without, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
