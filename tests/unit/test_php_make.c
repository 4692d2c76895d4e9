#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "cli/php_make.h"
#include "sandbox.h"

static struct sandbox box;
static struct session_config config;
static unsigned char mem[512], reason[1024];
static struct sink cookie, why;

/* Sixteen bytes that a test can name. */
static bool
fill(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	memset(out, 0xab, n);
	return true;
}

static bool
fill_nothing(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	(void)out;
	(void)n;
	return false;
}

#define ID "abababababababababababababababab"

static bool
makes(const char *json)
{
	struct random_source source = { fill };

	sink_init(&cookie, mem, sizeof(mem));
	sink_init(&why, reason, sizeof(reason));
	return php_make(
	    &config, span_of(json), 1700000000, &source, &cookie, &why);
}

/* The file that it left, which is removed. */
static void
left(const char *content)
{
	char path[128], text[512];
	struct stat st;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/sess_" ID, box.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_mtim.tv_sec, 1700000000);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	assert_string_equal(text, content);
	assert_int_equal(unlink(path), 0);
}

FIXTURE(setup)
{
	config = (struct session_config){ .format = FORMAT_PHP,
		.cookie = SPAN_INIT("PHPSESSID") };
	config.save_path = span_of(box.dir);
}

TEST_WITH(handlers, setup, NULL)
{
	static const char json[] =
	    "{\"u\":\"a\\\"b\",\"o\":{\"p\":{\"q\":\"\"}}}";

	assert_true(makes(json));
	assert_true(span_is(sink_view(&cookie), "PHPSESSID=" ID));
	left("u|s:3:\"a\"b\";o|a:1:{s:1:\"p\";a:1:{s:1:\"q\";s:0:\"\";}}");
	config.php_serialize = true;
	assert_true(makes(json));
	left("a:2:{s:1:\"u\";s:3:\"a\"b\";s:1:\"o\";a:1:{s:1:\"p\";a:1:{s:1:"
	     "\"q\";s:0:\"\";}}}");
}

/* Never over somebody's session. */
TEST_WITH(no_second, setup, NULL)
{
	assert_true(makes("{\"u\":\"a\"}"));
	assert_false(makes("{\"u\":\"b\"}"));
	assert_non_null(strstr((const char *)reason, "run this as PHP's user"));
	left("u|s:1:\"a\";");
}

/* On a full disk no half of a session is left. */
TEST_WITH(no_room, setup, NULL)
{
	struct rlimit before, little;
	bool made;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little = before;
	little.rlim_cur = 5;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	made = makes("{\"u\":\"a\"}");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(made);
	assert_true(makes("{\"u\":\"a\"}"));
	left("u|s:1:\"a\";");
}

TEST_WITH(mistakes, setup, NULL)
{
	struct random_source none = { fill_nothing };

	assert_false(makes("no JSON"));
	sink_init(&cookie, mem, sizeof(mem));
	assert_false(php_make(
	    &config, SPAN_LIT("{\"u\":\"a\"}"), 1, &none, &cookie, &why));
	config.save_path = SPAN_LIT("/no/such");
	assert_false(makes("{\"u\":\"a\"}"));
}

AROUND(sandbox_open(&box), sandbox_close(&box));
