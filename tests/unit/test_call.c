#include "test.h"

#include "capture.h"
#include "cli/cli.h"
#include "sandbox.h"

static struct sandbox box;
static struct capture c;
static char config_option[128];

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	snprintf(config_option, sizeof(config_option), "--config=%s", box.conf);
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION
	    "policies = {\n"
	    "  avatar = { action = \"upload\"; limit = \"2/day\";\n"
	    "    set = { public_id = \"users/{user}/{random}\";\n"
	    "      overwrite = false; allowed_formats = \"jpg\"; };\n"
	    "    allow = { context = { caption = \"text 20\"; }; }; };\n"
	    "};\n",
	    0600);
	return 0;
}

/* The counters' folder too. */
static int
teardown(void **state)
{
	char path[320];
	DIR *d;
	struct dirent *e;

	(void)state;
	snprintf(path, sizeof(path), "%s/counters", box.dir);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL)
		unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(path);
	sandbox_close(&box);
	return 0;
}

#define CALL(...) CAPTURE(&c, cli_call, "call", config_option, __VA_ARGS__)

TEST(status_headers_body)
{
	assert_int_equal(CALL("--user=alice"), 0);
	assert_memory_equal(
	    c.out, "200 OK\nContent-Type: application/json\n", 38);
	assert_non_null(strstr(c.out, "\n\n{\"cloud_name\":\"demo\","));
	assert_non_null(strstr(c.err, "decision=answered"));
	assert_non_null(strstr(c.err, "user=alice"));
	assert_int_equal(CALL("policy=avatar"), 1);
	assert_memory_equal(c.out, "401 Unauthorized\n", 17);
	assert_non_null(strstr(c.err, "reason=\"no session cookie was sent\""));
}

TEST(as_an_object)
{
	assert_int_equal(CALL("--user=alice", "--json"), 0);
	assert_memory_equal(c.out,
	    "{\"status\":200,\"headers\":{\"Content-Type\":\"application/json"
	    "\",",
	    57);
	assert_non_null(
	    strstr(c.out, "},\"body\":\"{\\\"cloud_name\\\":\\\"demo\\\","));
	assert_int_equal(c.out[strlen(c.out) - 1], '\n');
}

TEST(counts)
{
	assert_int_equal(CALL("--user=bob", "policy=avatar"), 0);
	assert_non_null(strstr(c.out, "RateLimit: \"day\";r=1;"));
	assert_int_equal(CALL("--user=bob", "policy=avatar&eager=x"), 1);
	assert_int_equal(CALL("--user=bob", "policy=avatar"), 0);
	assert_int_equal(CALL("--user=bob", "policy=avatar"), 1);
	assert_memory_equal(c.out, "429 Too Many Requests\n", 22);
	assert_int_equal(CALL("--user=carol", "policy=avatar"), 0);
}

TEST(bodies)
{
	char path[320];

	assert_int_equal(CALL("--user=d1", "--content-type=application/json",
			     "--body={\"policy\":\"avatar\"}"),
	    0);
	assert_int_equal(
	    CALL("--user=d1", "--method=GET", "--body={\"policy\":\"avatar\"}"),
	    1);
	sandbox_file(&box, "body", "policy=avatar", 0600);
	snprintf(path, sizeof(path), "--body=@%s/body", box.dir);
	assert_int_equal(CALL("--user=d2", path,
			     "--header=Content-Type: "
			     "application/x-www-form-urlencoded"),
	    0);
	assert_int_equal(CALL("--user=d2", "--body=@/no/such"), 2);
	assert_int_equal(CALL("--user=d2", "--body=@/dev/zero"), 1);
	assert_memory_equal(c.out, "413 ", 4);
}

TEST(methods_and_headers)
{
	assert_int_equal(CALL("--method=PUT", "--user=a"), 1);
	assert_memory_equal(c.out, "405 ", 4);
	assert_int_equal(CALL("--method=OPTIONS"), 0);
	assert_memory_equal(c.out, "204 ", 4);
	assert_int_equal(
	    CALL("--user=a", "--header=Origin: https://evil.example"), 1);
	assert_memory_equal(c.out, "403 ", 4);
	assert_int_equal(CALL("--user=a", "--cookie=session=x"), 1);
	assert_non_null(strstr(c.err, "sent twice"));
	assert_int_equal(CALL("health"), 0);
}

TEST(usage_mistakes)
{
	assert_int_equal(CALL("a", "b"), 2);
	assert_int_equal(CALL("--header=a\nb: c"), 2);
	assert_int_equal(CALL("--cookie=a\nb"), 2);
	assert_int_equal(CALL("a\nb"), 2);
	assert_int_equal(CALL("--method="), 2);
	assert_int_equal(CALL("--address=host"), 2);
	assert_int_equal(CALL("--user="), 2);
	assert_int_equal(CALL("--claim=a=b"), 2);
	assert_int_equal(CALL("--user=a", "--claim=sub=b"), 1);
	assert_string_equal(c.out, "");
	assert_int_equal(CAPTURE(&c, cli_call, "call", "--help"), 0);
}

TEST(without_a_configuration)
{
	assert_int_equal(CAPTURE(&c, cli_call, "call", "--config=/no/such",
			     "--user=a", "policy=avatar"),
	    1);
	assert_memory_equal(c.out, "503 ", 4);
	assert_non_null(strstr(c.err, "event=config"));
}

GROUP(setup, teardown);
