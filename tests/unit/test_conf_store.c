#include "test.h"

#include "sandbox.h"

static struct bench b;

static const struct store_config *
read_text(const char *text)
{
	bench_read(&b, text);
	conf_store(&b.l, b.root);
	return &b.config.store;
}

/* A store of this name, of which nothing is said. */
static const struct store_config *
right(const char *name)
{
	char text[512];

	snprintf(text, sizeof(text), "store = \"%s\";", name);
	read_text(text);
	if (b.box.said[0] != '\0')
		fail_msg("%s: %s", name, b.box.said);
	assert_int_equal(b.config.store.place.p[b.config.store.place.n], '\0');
	return &b.config.store;
}

static void
wrong(const char *name, const char *said)
{
	char text[512];

	snprintf(text, sizeof(text), "\nstore = \"%s\";", name);
	read_text(text);
	assert_true(sandbox_said(&b.box, said));
	if (b.box.report.errors != 1)
		fail_msg("%s: %s", name, b.box.said);
}

TEST(test_folder)
{
	char want[128];

	snprintf(want, sizeof(want), "%s/counters", b.box.dir);
	assert_int_equal(read_text("")->kind, STORE_FILE);
	assert_string_equal(b.box.said, "");
	assert_true(span_is(b.config.store.place, want));
	assert_int_equal(right("counters")->kind, STORE_FILE);
	assert_true(span_is(b.config.store.place, want));
	assert_true(span_is(right("counters//")->place, want));
	assert_true(span_is(right("/tmp/c")->place, "/tmp/c"));
	assert_true(span_is(right("/tmp/a:b@c")->place, "/tmp/a:b@c"));
	snprintf(want, sizeof(want), "%s/./a:b", b.box.dir);
	assert_true(span_is(right("./a:b")->place, want));
	wrong("", "error 2: store = \"\" is no name");
	wrong("/", "store = \"/\" is no name");
	wrong("/nonexistent/c", "there is no folder /nonexistent");
	read_text("store = 1;");
	assert_true(sandbox_said(&b.box, "store must be a string"));
}

static void
is_tcp(const char *name, const char *place, unsigned port, unsigned database)
{
	const struct store_config *store = right(name);

	assert_int_equal(store->kind, STORE_TCP);
	assert_true(span_is(store->place, place));
	assert_int_equal(store->port, port);
	assert_int_equal(store->database, database);
	assert_int_equal(store->password.n, 0);
}

TEST(test_tcp)
{
	is_tcp("redis://127.0.0.1", "127.0.0.1", 6379, 0);
	is_tcp("redis://localhost", "127.0.0.1", 6379, 0);
	is_tcp("redis://localhost:6380/2", "127.0.0.1", 6380, 2);
	is_tcp("redis://192.0.2.10:1/0", "192.0.2.10", 1, 0);
	is_tcp("redis://192.0.2.10:65535", "192.0.2.10", 65535, 0);
	is_tcp("redis://192.0.2.10/9999", "192.0.2.10", 6379, 9999);
	is_tcp("redis://[::1]", "::1", 6379, 0);
	is_tcp("redis://[2001:DB8::0:10]:7000/7", "2001:db8::10", 7000, 7);
	is_tcp("redis://[::ffff:192.0.2.1]", "192.0.2.1", 6379, 0);
}

/* A name is never looked up; nothing else is guessed. */
TEST(test_tcp_wrong)
{
	static const char *const hosts[] = { "", "cache", "cache.internal",
		"localhost.", "Localhost", "127.1", "010.0.0.1", "1.2.3.4.5",
		"[127.0.0.1]", "[localhost]", "[::1", "[::1]x", "[]", "[",
		"[::1%lo]", "::1", "[[::1]]", " 127.0.0.1" };
	static const char *const ports[] = { "", "0", "65536", "06379", "x",
		"6379x", "-1", "6379:1" };
	static const char *const databases[] = { "", "10000", "01", "x", "1/",
		"-1", "0?x" };
	char name[128];

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		snprintf(name, sizeof(name), "redis://%s", hosts[i]);
		wrong(name, "is no IP address, and a name would wait for DNS "
			    "longer than a request may: write "
			    "\"redis://127.0.0.1:6379\", \"redis://[::1]/1\"");
	}
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		snprintf(name, sizeof(name), "redis://[::1]:%s/1", ports[i]);
		wrong(name, "is no port from 1 to 65535");
		snprintf(name, sizeof(name), "redis://127.0.0.1:%s", ports[i]);
		wrong(name, "is no port from 1 to 65535");
	}
	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++) {
		snprintf(name, sizeof(name), "redis://[::1]/%s", databases[i]);
		wrong(name, "is no database from 0 to 9999");
	}
}

TEST(test_unix)
{
	char name[160];

	assert_int_equal(right("unix:/run/r.sock")->kind, STORE_UNIX);
	assert_true(span_is(b.config.store.place, "/run/r.sock"));
	assert_int_equal(b.config.store.database, 0);
	assert_true(span_is(right("unix:/run/a@b:c")->place, "/run/a@b:c"));
	wrong("unix:", "a socket is named by its whole path");
	wrong("unix:/", "a socket is named by its whole path");
	wrong("unix:r.sock", "a socket is named by its whole path");
	wrong("unix://run/r.sock", "a socket is named by its whole path");
	wrong("unix:///run/r.sock", "a socket is named by its whole path");
	wrong("unix:/run/r.sock?db=1", "a socket is named by its whole path");
	wrong("unix:/run/r\\n", "a socket is named by its whole path");
	memset(name, 'a', sizeof(name));
	memcpy(name, "unix:/", 6);
	name[5 + SOCKET_PATH_MAX] = '\0';
	assert_int_equal(right(name)->place.n, SOCKET_PATH_MAX);
	name[5 + SOCKET_PATH_MAX] = 'a';
	name[6 + SOCKET_PATH_MAX] = '\0';
	wrong(name, "the socket's path has 108 bytes, and 107 are the most");
}

/* What looks like another address is never taken for a folder. */
TEST(test_others)
{
	static const char *const others[] = { "rediss://127.0.0.1",
		"redis:127.0.0.1", "redis:/127.0.0.1", "Redis://127.0.0.1",
		"valkey://127.0.0.1", "http://127.0.0.1", "redis:", "a:b",
		"redis+unix:/run/r.sock", "Unix:/run/r.sock", "localhost:6379",
		"file:/var/c", "tcp://127.0.0.1", "127.0.0.1:6379" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		wrong(others[i], "is not known: write \"redis://127.0.0.1");
}

/* A password that somebody wrote here is not said again. */
TEST(test_password_here)
{
	static const char *const names[] = { "redis://:hunter2@127.0.0.1",
		"redis://me:hunter2@127.0.0.1/1", "rediss://me:hunter2@x" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		wrong(names[i], "error 2: store: no password is written here");
		assert_null(strstr(b.box.said, "hunter2"));
	}
	wrong("redis://127.0.0.1/0?password=hunter2", "is no database");
	assert_null(strstr(b.box.said, "hunter2"));
}

TEST(test_password)
{
	sandbox_file(&b.box, "redis.password", "0123456789abcdef\n", 0600);
	read_text("store = \"redis://[::1]\"; store_password_file = "
		  "\"redis.password\";");
	assert_string_equal(b.box.said, "");
	assert_true(span_is(b.config.store.password, "0123456789abcdef"));
	assert_int_equal(b.config.n_secret_paths, 1);
	read_text("store = \"unix:/r\"; store_password_file = "
		  "\"redis.password\";");
	assert_true(span_is(b.config.store.password, "0123456789abcdef"));

	read_text("store = \"counters\";\nstore_password_file = "
		  "\"redis.password\";");
	assert_true(sandbox_said(
	    &b.box, "error 2: store_password_file belongs to Redis"));
	assert_int_equal(b.config.n_secret_paths, 0);
	read_text("store_password_file = \"redis.password\";");
	assert_true(sandbox_said(&b.box, "store_password_file belongs to"));
	read_text("store = \"unix:/r\"; store_password_file = \"nowhere\";");
	assert_true(sandbox_said(&b.box, "store_password_file: "));
	assert_int_equal(b.config.store.password.n, 0);
	sandbox_file(&b.box, "redis.password", "0123456789abcdef\n", 0644);
	read_text("store = \"unix:/r\"; store_password_file = "
		  "\"redis.password\";");
	assert_true(sandbox_said(&b.box, "everybody has rights to it"));
	sandbox_file(&b.box, "redis.password", "short\n", 0600);
	read_text("store = \"unix:/r\"; store_password_file = "
		  "\"redis.password\";");
	assert_true(sandbox_said(&b.box, "this secret has 5 bytes"));
	assert_int_equal(b.config.store.password.n, 0);
}

AROUND(bench_open(&b), bench_close(&b));
