#define _DEFAULT_SOURCE /* mkdtemp, symlink */

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "gateway/live.h"
#include "serving.h"

FIXTURE(set_up)
{
	memset(&fake_answer, 0, sizeof(fake_answer));
	serve_init(&serve);
	logging_open();
}

FIXTURE(tear_down)
{
	serve_end(&serve);
	logging_close();
}

/* The answer as text, with its end after the body. */
static const char *
ask(struct request request)
{
	static char text[4096];
	struct variables v = { .request = request };
	struct span got = serve_answer(&serve, &v);

	assert_true(got.n > 0 && got.n < sizeof(text));
	memcpy(text, got.p, got.n);
	text[got.n] = '\0';
	return text;
}

/* The line without its time, and without the number at its end. */
static const char *
read_line(void)
{
	const char *text = read_log();
	char *end = strstr(logged, " us=");

	assert_memory_equal(text, "time=", 5);
	assert_non_null(end);
	assert_int_equal(strspn(end + 4, "0123456789") + 5, strlen(end));
	assert_int_equal(end[strlen(end) - 1], '\n');
	*end = '\0';
	return text + sizeof("time=YYYY-MM-DDThh:mm:ssZ ") - 1;
}

/* A granted one, as the core gives it. */
static const struct answer granted = { .status = 200,
	.code = "granted",
	.user = SPAN_INIT("alice"),
	.policy = SPAN_INIT("avatar"),
	.action = "upload",
	.public_id = SPAN_INIT("users/alice/0f"),
	.request_id = "0123456789abcdef" };

static const struct request get = { .intake = INTAKE_WHOLE,
	.method = SPAN_INIT("GET"),
	.cookie = SPAN_INIT("session=SECRET"),
	.authorization = SPAN_INIT("Bearer SECRET"),
	.query = SPAN_INIT("signature=SECRET"),
	.remote_addr = SPAN_INIT("192.0.2.1") };

TEST_WITH(test_answer, set_up, tear_down)
{
	const char *text = ask((struct request){
	    .intake = INTAKE_WHOLE, .method = SPAN_LIT("GET") });

	assert_memory_equal(text, "Status: 200 OK\r\n", 16);
	assert_non_null(strstr(text, "\r\n\r\nintake=1 about= method=GET"));
	assert_string_equal(
	    read_line(), "decision=answered status=200 code=fake");
}

TEST_WITH(test_grant, set_up, tear_down)
{
	fake_answer = granted;
	ask(get);
	assert_string_equal(read_line(),
	    "request_id=0123456789abcdef decision=granted status=200 "
	    "code=granted policy=avatar action=upload user=alice "
	    "public_id=users/alice/0f address=192.0.2.1");
	fake_answer.code = "preflight";
	fake_answer.status = 204;
	ask(get);
	assert_non_null(strstr(read_line(), " decision=answered status=204 "));
	/* Whatever the code says. */
	fake_answer.code = "granted";
	fake_answer.status = 400;
	ask(get);
	assert_non_null(strstr(read_line(), " decision=refused status=400 "));
	fake_answer.status = 399;
	ask(get);
	assert_non_null(strstr(read_line(), " decision=granted status=399 "));
}

TEST_WITH(test_refusal, set_up, tear_down)
{
	const char *text;

	fake_answer = granted;
	fake_answer.status = 403;
	fake_answer.code = "value_not_allowed";
	fake_answer.public_id = (struct span){ NULL, 0 };
	fake_answer.param = SPAN_LIT("tags");
	fake_answer.reason = "a \"quoted\" reason";
	text = ask(get);
	assert_non_null(strstr(text, "Status: 403"));
	assert_string_equal(read_line(),
	    "request_id=0123456789abcdef decision=refused status=403 "
	    "code=value_not_allowed policy=avatar action=upload user=alice "
	    "param=tags reason=\"a \\\"quoted\\\" reason\" "
	    "address=192.0.2.1");
}

TEST_WITH(test_refusal_is_logged, set_up, tear_down)
{
	const char *text = ask((struct request){ .intake = INTAKE_TWICE,
	    .about = SPAN_LIT("HTTP_COOKIE"),
	    .cookie = SPAN_LIT("session=SECRET"),
	    .authorization = SPAN_LIT("Bearer SECRET"),
	    .remote_addr = SPAN_LIT("192.0.2.1") });

	assert_non_null(strstr(text, "Status: 400"));
	assert_string_equal(read_line(),
	    "decision=refused status=400 code=fake address=192.0.2.1");
}

/* One line of printable ASCII, whatever the bytes are. */
TEST_WITH(test_hostile, set_up, tear_down)
{
	static const char bytes[] = "a\n\x1b[0m\" user=root\\\x80\xff\x01";
	struct span value = { (const unsigned char *)bytes, sizeof(bytes) };
	struct request request = get;
	const char *line;

	fake_answer = granted;
	fake_answer.user = fake_answer.policy = fake_answer.public_id = value;
	fake_answer.param = value;
	request.remote_addr = value;
	ask(request);
	line = read_line();
	for (size_t i = 0; line[i] != '\0'; i++)
		assert_in_range(line[i], 0x20, 0x7e);
#define ESCAPED "\"a\\x0a\\x1b[0m\\\" user=root\\\\\\x80\\xff\\x01\\x00\""
	assert_string_equal(line,
	    "request_id=0123456789abcdef decision=granted status=200 "
	    "code=granted policy=" ESCAPED " action=upload user=" ESCAPED
	    " public_id=" ESCAPED " param=" ESCAPED " address=" ESCAPED);
}

/* Every value as long as can be, each byte of it written as four. */
TEST_WITH(test_longest_line, set_up, tear_down)
{
	static const char *const names[] = { " request_id=", " decision=",
		" status=", " code=", " policy=", " action=", " user=",
		" public_id=", " param=", " reason=", " address=", " us=" };
	struct request request = get;
	unsigned char value[600];
	const char *line;

	memset(value, '\n', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	fake_answer = (struct answer){ .status = 403,
		.code = (const char *)value,
		.action = (const char *)value,
		.reason = (const char *)value,
		.user = { value, 599 },
		.policy = { value, 599 },
		.public_id = { value, 599 },
		.param = { value, 599 },
		.request_id = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n" };
	request.remote_addr = (struct span){ value, 512 };
	/* The first one is lost, so that the next says so too. */
	log_to(-1);
	ask(request);
	log_to(log_pipe[1]);
	ask(request);
	line = read_log();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(strstr(line, names[i]));
	assert_null(strstr(line, "cut=true"));
	assert_string_equal(line + strlen(line) - 8, " lost=1\n");
	assert_in_range(strlen(line), LOG_LINE_MAX - 200, LOG_LINE_MAX - 1);
}

/* An answer that does not fit: the log says what was sent. */
TEST_WITH(test_out_of_room, set_up, tear_down)
{
	static unsigned char large[HEAD_OUT_MAX + BODY_OUT_MAX + 1];
	struct variables v = { .request = get };
	struct span got;

	fake_answer = granted;
	fake_answer.allow_origin = (struct span){ large, sizeof(large) };
	got = serve_answer(&serve, &v);
	assert_true(span_starts(got, SPAN_LIT("Status: 500")));
	assert_non_null(strstr(read_line(),
	    " decision=refused status=500 code=out_of_room policy=avatar"));
}

/* Nobody reads the log: requests go on, and it says later what is missing. */
TEST_WITH(test_full_pipe, set_up, tear_down)
{
	int lines = 0, lost = 0;
	const char *text;

	fake_answer = granted;
	for (int i = 0; i < 10000; i++)
		assert_memory_equal(ask(get), "Status: 200", 11);
	while (*(text = read_log()) != '\0')
		for (; (text = strchr(text, '\n')) != NULL; text++)
			lines++;
	assert_in_range(lines, 10, 9999);
	ask(get);
	text = strstr(read_log(), " lost=");
	assert_non_null(text);
	for (text += 6; *text != '\n'; text++)
		lost = 10 * lost + (*text - '0');
	assert_int_equal(lines + lost, 10000);
	ask(get);
	assert_null(strstr(read_log(), " lost="));
}

TEST_WITH(test_reader_gone, set_up, tear_down)
{
	close(log_pipe[0]);
	assert_memory_equal(ask(get), "Status: 200", 11);
	close(log_pipe[1]);
	assert_memory_equal(ask(get), "Status: 200", 11);
	assert_int_equal(pipe(log_pipe), 0);
}

static void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

TEST_WITH(test_log_file, set_up, tear_down)
{
	char dir[] = "/tmp/signpost-XXXXXX", path[64];

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	log_file_init(&serve.log, span_of(path));
	ask(get);
	assert_string_equal(read_log(), "");
	assert_int_equal(access(path, F_OK), 0);
	/* A file that takes no line; the reason follows the line. */
	log_to_file(-1);
	log_to_file(open("/dev/full", O_WRONLY | O_CLOEXEC));
	ask(get);
	read_log();
	assert_non_null(strstr(logged, " decision=answered "));
	assert_non_null(strstr(logged, " event=log reason="));
	assert_non_null(strstr(logged, "no room on its disk"));
	serve_end(&serve);
	unlink(path);
	rmdir(dir);
}

/* One of which nothing can be had, and which is long over its time. */
TEST_WITH(test_no_path, set_up, tear_down)
{
	static const struct config config;
	static struct live live;

	serve.config = &config;
	live_start(&live, &serve, NULL);
	live.next_look = 0;
	live_look(&live, &serve, clock_milliseconds());
	assert_ptr_equal(serve.config, &config);
	serve.config = NULL;
}

/* What a core is given of the world. */
TEST_WITH(test_world, set_up, tear_down)
{
	static const struct config config;
	char dir[] = "/tmp/signpost-XXXXXX", path[64];

	ask(get);
	assert_int_equal(fake_world.generation, 0);
	assert_null(fake_world.counters);
	assert_non_null(fake_world.denied);
	assert_int_equal(fake_world.denied->n, 0);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/denied", dir);
	serve.config = &config;
	denied_init(&serve.denied, span_of(path));
	serve.world.generation = 3;
	ask(get);
	assert_int_equal(fake_world.generation, 3);
	assert_null(fake_world.denied);
	assert_non_null(strstr(read_log(), " event=denied reason="));
	write_text(path, "mallory\n");
	denied_init(&serve.denied, span_of(path));
	ask(get);
	assert_true(names_have(fake_world.denied, SPAN_LIT("mallory")));
	assert_false(names_have(fake_world.denied, SPAN_LIT("alice")));
	serve_end(&serve);
	unlink(path);
	rmdir(dir);
}

static int closed;

static void
count_close(struct counters *self)
{
	(void)self;
	closed++;
}

TEST_WITH(test_end, set_up, tear_down)
{
	struct counters counters = { .close = count_close };

	serve.world.counters = &counters;
	ask(get);
	assert_ptr_equal(fake_world.counters, &counters);
	closed = 0;
	serve_end(&serve);
	serve_end(&serve);
	assert_int_equal(closed, 1);
	ask(get);
	assert_null(fake_world.counters);
}

TEST_WITH(test_refusal_of_nothing, set_up, tear_down)
{
	struct span got =
	    serve_refusal(&serve, INTAKE_ROLE, SPAN_LIT("The role"));

	assert_true(span_starts(got, SPAN_LIT("Status: 403")));
	assert_non_null(strstr(read_log(), "status=403"));
}

TEST_WITH(test_log, set_up, tear_down)
{
	log_event("start", SPAN_LIT("a b"));
	assert_non_null(strstr(read_log(), " event=start reason=\"a b\"\n"));
	log_event("start", (struct span){ NULL, 0 });
	assert_non_null(strstr(read_log(), " event=start\n"));
}

static void
assert_root(const char *given, const char *real)
{
	char wanted[256];
	const char *text = ask((struct request){
	    .intake = INTAKE_WHOLE, .document_root = span_of(given) });

	snprintf(wanted, sizeof(wanted), " root=%s", real);
	assert_non_null(strstr(text, wanted));
	assert_string_equal(strstr(text, " root="), wanted);
}

/* Without links; kept while the text is the same; as given if not there. */
TEST_WITH(test_document_root, set_up, tear_down)
{
	char dir[] = "/tmp/signpost-XXXXXX";
	char real[64], link[64];

	assert_non_null(mkdtemp(dir));
	snprintf(real, sizeof(real), "%s/real", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink("real", link), 0);
	assert_root("", "");
	assert_root(link, real);
	assert_root(link, real);
	assert_root(real, real);
	assert_root("/nowhere/at/all", "/nowhere/at/all");
	assert_root("/", "/");
	unlink(link);
	rmdir(real);
	rmdir(dir);
}

TEST_WITH(test_document_root_limit, set_up, tear_down)
{
	char text[PATH_TEXT_MAX + 2];

	memset(text, '/', sizeof(text));
	text[PATH_TEXT_MAX] = '\0';
	ask((struct request){
	    .intake = INTAKE_WHOLE, .document_root = span_of(text) });
	text[PATH_TEXT_MAX] = '/';
	text[PATH_TEXT_MAX + 1] = '\0';
	assert_root(text, "");
}

GROUP(serving_open, NULL);
