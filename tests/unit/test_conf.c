#define _DEFAULT_SOURCE /* fork, RLIMIT_AS */

#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "sandbox.h"

static struct sandbox box;

/*
 * libconfig 1.5 forgets a string when it stands before a syntax error. (This
 * holds for all groups: there is one of these in a program.)
 */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\n";
}

#define SAMPLE SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES

/* As SAMPLE, with more of what can be cut. */
#define LONG_SAMPLE                                                            \
	"# the account\n"                                                      \
	"clouds = { main = { url_file = \"url\"; upload_prefix = "             \
	"\"https://api-eu.cloudinary.com\"; };\n"                              \
	"           other = { cloud_name = \"demo\"; api_key = \"123\"; "      \
	"api_secret_file = \"cloudinary.secret\" } };\n"                       \
	"/* who\n * is asking */\n"                                            \
	"session = { cookie = \"session\"; leeway = 10;\n"                     \
	"  require = ( { claim = \"typ\"; is = [ \"access\" ]; } );\n"         \
	"  keys = ( { id = \"1\"; file = \"session.key\"; },\n"                \
	"           { id = \"2\"; file = \"old.key\"; encoding = \"hex\"; } "  \
	");\n"                                                                 \
	"};\n"                                                                 \
	"origins = [ \"https://www.example.com\", \"https://a.example\" ];\n"  \
	"store = \"redis://127.0.0.1/1\"; log = \"x.log\";\n"                  \
	"policies = {\n"                                                       \
	"  avatar = { cloud = \"main\"; action = \"upload\"; // a picture\n"   \
	"    set = { public_id = \"users/{user}/{random}\"; overwrite = "      \
	"false;\n            allowed_formats = \"jpg,png\"; }\n"               \
	"    allow = { context = { caption = \"text 200\"; }; }; }\n"          \
	"  remove = { cloud = \"other\"; action = \"destroy\"; limit = "       \
	"\"60/hour\"; allow = { "                                              \
	"public_id = "                                                         \
	"\"users/{user}/**\"; }; };\n"                                         \
	"}"

/* Refused, with this among what is said; the number of mistakes. */
static unsigned
wrong(const char *text, const char *said)
{
	assert_null(sandbox_load(&box, text));
	assert_true(sandbox_said(&box, said));
	return box.report.errors;
}

TEST(test_sample)
{
	struct config *c = sandbox_load(&box, SAMPLE);
	char path[64];

	if (c == NULL)
		fail_msg("%s", box.said);
	assert_int_equal(box.report.errors, 0);
	assert_true(span_is(c->path, box.conf));
	assert_int_equal(c->n_clouds, 1);
	assert_true(span_is(c->clouds[0].cloud_name, "demo"));
	assert_true(span_is(c->clouds[0].api_secret, SANDBOX_SECRET));
	assert_true(span_is(c->session.cookie, "session"));
	assert_int_equal(c->session.n_keys, 1);
	assert_int_equal(c->origins.n, 0);
	assert_int_equal(c->n_policies, 1);
	assert_non_null(config_policy(c, SPAN_LIT("avatar")));
	assert_ptr_equal(c->policies[0].cloud, &c->clouds[0]);
	assert_int_equal(c->n_secret_paths, 2);
	snprintf(path, sizeof(path), "%s/cloudinary.secret", box.dir);
	assert_true(span_is(c->secret_paths[0], path));
	assert_null(vault_take(c->vault, 1)); /* it is sealed */
	assert_int_equal(c->store.kind, STORE_FILE);
	snprintf(path, sizeof(path), "%s/counters", box.dir);
	assert_true(span_is(c->store.place, path));
	assert_false(c->counts);
	assert_true(c->log.n == 0 && c->deny_users_file.n == 0);
	config_free(c);
}

/* The secrets lie in the vault alone: nothing is left in the one block. */
TEST(test_no_copy)
{
	struct config *c = sandbox_load(&box, LONG_SAMPLE);
	const unsigned char *p;

	assert_non_null(c);
	p = c->memory;
	for (size_t i = 0; i + 8 < CONFIG_MEMORY_MAX / 8; i++) {
		assert_int_not_equal(memcmp(p + i, SANDBOX_SECRET, 8), 0);
		assert_int_not_equal(memcmp(p + i, SANDBOX_KEY, 8), 0);
	}
	config_free(c);
}

/* A file that was cut is never taken for whole. */
TEST(test_prefixes)
{
	struct span whole = SPAN_LIT(LONG_SAMPLE);
	struct config *c = sandbox_load_bytes(&box, whole);

	if (c == NULL)
		fail_msg("%s", box.said);
	config_free(c);
	for (size_t n = 0; n < whole.n; n++) {
		c = sandbox_load_bytes(&box, span_head(whole, n));
		if (c != NULL)
			fail_msg("taken: the first %zu bytes", n);
		assert_true(box.report.errors > 0);
	}
}

/* What may follow the last brace, and what may not. */
TEST(test_ends)
{
	static const char *const ends[] = { "", ";", ";\n", "\n", " # end",
		"; // end\n", "\r\n/* end */", "," };
	char text[sizeof(LONG_SAMPLE) + 64];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct config *c;

		snprintf(text, sizeof(text), LONG_SAMPLE "%s", ends[i]);
		c = sandbox_load(&box, text);
		if (c == NULL)
			fail_msg("%s", box.said);
		config_free(c);
	}
	wrong(LONG_SAMPLE "; /* end", "this comment is never closed");
	wrong(LONG_SAMPLE "};", "\"}\" closes nothing");
	wrong(LONG_SAMPLE ";;", "this can't be understood");
	wrong(LONG_SAMPLE "; x = 1;", "unknown name \"x\"");
	wrong(LONG_SAMPLE ";\n\norigin = [ ];", "did you mean \"origins\"?");
}

/* Each byte left out, and each one doubled: taken or refused, never worse. */
TEST(test_each_byte)
{
	struct span whole = SPAN_LIT(SAMPLE);
	unsigned char text[sizeof(SAMPLE) + 1];

	for (size_t i = 0; i < whole.n; i++) {
		for (size_t n = 0; n <= 2; n += 2) {
			struct config *c;

			memcpy(text, whole.p, i);
			memset(text + i, whole.p[i], n);
			memcpy(text + i + n, whole.p + i + 1, whole.n - i - 1);
			c = sandbox_load_bytes(
			    &box, (struct span){ text, whole.n - 1 + n });
			assert_int_equal(c == NULL, box.report.errors > 0);
			config_free(c);
		}
	}
}

TEST(test_order)
{
	assert_int_equal(wrong(SANDBOX_CLOUD SANDBOX_POLICIES SANDBOX_SESSION,
			     "session stands behind policies"),
	    1);
	assert_true(sandbox_said(&box, "error 13: session stands"));
	assert_int_equal(
	    wrong(SANDBOX_CLOUD SANDBOX_SESSION, "policies is"), 1);
	assert_int_equal(
	    wrong(SANDBOX_CLOUD SANDBOX_POLICIES, "session is missing"), 1);
	assert_true(wrong(SANDBOX_SESSION SANDBOX_POLICIES,
			"cloudinary is missing") > 0);
	assert_true(wrong("", "policies is missing") >= 3);
}

TEST(test_names)
{
	wrong("cloudnary = 1;\n" SAMPLE, "error 1: unknown name \"cloudnary\" "
					 "here: did you mean \"cloudinary\"?");
	wrong("zz = 1;\n" SAMPLE,
	    "it can be \"cloudinary\", \"clouds\", \"session\", "
	    "\"origins\", \"store\", \"store_password_file\", \"log\" or "
	    "\"policies\"");
	/* All of the mistakes, in every section. */
	assert_true(wrong("cloudinary = { cloud_name = \"a b\"; };\n"
			  "session = { algorithm = \"none\"; };\n"
			  "origins = [ \"x\" ];\n" SANDBOX_POLICIES,
			"error 3: \"x\" is no origin") >= 6);
	assert_true(sandbox_said(&box, "error 1: the cloud name"));
	assert_true(sandbox_said(&box, "error 2: algorithm = \"none\""));
}

/* libconfig's own findings, with their lines. */
TEST(test_syntax)
{
	wrong("\na 1;\n", "error 2: this can't be understood");
	wrong("a = 1;\na = 2;\n", "error 2: this name stands twice");
	wrong("a = [ 1,\n\"x\" ];",
	    "error 2: what stands in [ ] must be all of "
	    "one kind");
	wrong("a = 1;;", "error 1: this can't be understood");
	/* What the text's look finds keeps libconfig out of it. */
	assert_int_equal(wrong("@include \"x\"\na = \"b\" \"c\";\nd = 0x10;",
			     "error 1: @include is not taken"),
	    3);
	assert_true(sandbox_said(&box, "error 2: two strings in a row"));
	assert_true(sandbox_said(&box, "error 3: \"0x10\" is no number here"));
}

TEST(test_nul)
{
	static const char text[] = SAMPLE "\0x";

	assert_null(sandbox_load_bytes(&box,
	    (struct span){ (const unsigned char *)text, sizeof(text) - 1 }));
	assert_true(sandbox_said(&box, "a NUL byte"));
}

/* The sample, blown up with n - its size line ends. */
static struct config *
load_long(size_t n)
{
	static unsigned char text[CONFIG_MAX + 2];

	memset(text, '\n', sizeof(text));
	memcpy(text, SAMPLE, sizeof(SAMPLE) - 1);
	return sandbox_load_bytes(&box, (struct span){ text, n });
}

TEST(test_length)
{
	struct config *c;

	for (size_t n = CONFIG_MAX - 1; n <= CONFIG_MAX; n++) {
		c = load_long(n);
		if (c == NULL)
			fail_msg("%s", box.said);
		config_free(c);
	}
	assert_null(load_long(CONFIG_MAX + 1));
	assert_true(sandbox_said(&box, "it is longer than 262144 bytes"));
}

static void
load_refused(const char *path)
{
	sandbox_hush(&box);
	assert_null(config_load(path, &box.report));
	assert_int_equal(box.report.errors, 1);
	assert_true(sandbox_said(&box, "error 0: "));
}

/* As trusted_open() says. */
TEST(test_file)
{
	char link[80];
	struct config *c;

	sandbox_file(&box, "signpost.conf", SAMPLE, 0644);
	c = config_load(box.conf, &box.report);
	assert_non_null(c);
	config_free(c);
	assert_int_equal(chmod(box.conf, 0666), 0);
	load_refused(box.conf);
	assert_int_equal(chmod(box.conf, 0644), 0);
	snprintf(link, sizeof(link), "%s/link.conf", box.dir);
	assert_int_equal(symlink(box.conf, link), 0);
	load_refused(link);
	load_refused(box.dir);
	load_refused("/nonexistent/signpost.conf");
	load_refused("");
}

/* Names of secrets start at the configuration's own folder. */
TEST(test_relative)
{
	char here[256];
	struct config *c;

	assert_non_null(getcwd(here, sizeof(here)));
	sandbox_hush(&box);
	sandbox_file(&box, "signpost.conf", SAMPLE, 0600);
	assert_int_equal(chdir(box.dir), 0);
	c = config_load("signpost.conf", &box.report);
	assert_int_equal(chdir(here), 0);
	if (c == NULL)
		fail_msg("%s", box.said);
	assert_true(span_is(c->path, "signpost.conf"));
	assert_true(c->secret_paths[0].p[0] == '/');
	assert_true(c->store.place.p[0] == '/');
	assert_true(span_starts(c->store.place, span_of(box.dir)));
	config_free(c);
}

/* Errors of a caller's report before are not ours. */
TEST(test_earlier_errors)
{
	struct config *c;

	sandbox_hush(&box);
	box.report.errors = 3;
	sandbox_file(&box, "signpost.conf", SAMPLE, 0600);
	c = config_load(box.conf, &box.report);
	assert_non_null(c);
	assert_int_equal(box.report.errors, 3);
	config_free(c);
}

/* One run tells of every section, and of what each sound policy lets go. */
TEST(test_every_mistake)
{
	static const char *const said[] = {
		"error 1: the API key must be",
		"error 1: api_secret_file",
		"error 2: unknown name \"cookies\"",
		"error 3: \"https://a.example/\" is no origin",
		"error 5: action = \"uplaod\" is unknown",
		"error 6: public_id = \"users/**\" need not be the user's own",
		"error 7: without public_id in set",
		"error 8: \"nosuch\" is no parameter",
	};

	assert_null(sandbox_load(&box,
	    "cloudinary = { cloud_name = \"demo\"; api_key = \"x\"; "
	    "api_secret_file = \"nosuch\"; };\n"
	    "session = { cookies = \"session\"; };\n"
	    "origins = [ \"https://a.example/\" ];\n"
	    "policies = {\n"
	    "a = { action = \"uplaod\"; };\n"
	    "b = { action = \"destroy\"; limit = \"1/day\"; allow = { "
	    "public_id = \"users/**\"; }; };\n"
	    "c = { action = \"upload\"; set = { folder = \"x\"; }; };\n"
	    "d = { action = \"upload\"; set = { nosuch = 1; }; };\n"
	    "};\n"));
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		assert_true(sandbox_said(&box, said[i]));
	/* What is wrong in itself is not judged any further. */
	assert_null(strstr(box.said, "error 8: without"));
	assert_null(strstr(box.said, "was not looked at"));
}

/* A text that can't be read hides the rest, and says so. */
TEST(test_hidden)
{
	assert_null(sandbox_load(&box, "a = \"x\" \"y\";\n"));
	assert_true(sandbox_said(&box, "note 0: what the settings say was not "
				       "looked at"));
	assert_null(sandbox_load(&box, "a = = 1;\n"));
	assert_true(sandbox_said(&box, "was not looked at"));
	assert_null(sandbox_load(&box, "a = 1;\n"));
	assert_null(strstr(box.said, "was not looked at"));
}

#ifndef __SANITIZE_ADDRESS__ /* which needs all addresses for itself */
/* So that the stack need not grow, as it need not when a file is read again. */
__attribute__((noinline)) static void
grow_stack(void)
{
	volatile unsigned char bytes[262144];

	for (size_t i = 0; i < sizeof(bytes); i += 1024)
		bytes[i] = 1;
}

/* The exit status of a load with no more than so many bytes of new memory. */
static int
load_within(size_t more)
{
	struct watch watch = { 0 };
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		FILE *statm = fopen("/proc/self/statm", "r");
		unsigned long pages = 0;
		struct rlimit limit;

		signal(SIGSEGV, SIG_DFL); /* cmocka's would run on */
		grow_stack();
		if (statm == NULL || fscanf(statm, "%lu", &pages) != 1)
			_exit(9);
		limit.rlim_cur = limit.rlim_max = pages * 4096 + more;
		box.report.watch = &watch;
		_exit(setrlimit(RLIMIT_AS, &limit) != 0 ||
		      config_load(box.conf, &box.report) != NULL);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* Of a text that is as greedy as one can be. */
TEST(test_little_memory)
{
	static char text[CONFIG_MAX - 32];
	size_t n = (size_t)sprintf(text, "policies = ( (1)");

	while (n < sizeof(text) - 16)
		n += (size_t)sprintf(text + n, ",(1)");
	sprintf(text + n, " );\n");
	assert_null(sandbox_load(&box, text));
	for (size_t more = 0; more < 64; more++)
		assert_int_equal(load_within(more << 20), 0);
}
#endif

static int
open_group(void **state)
{
	(void)state;
	sandbox_open(&box);
	sandbox_file(
	    &box, "url", "cloudinary://7:" SANDBOX_SECRET "-other@two\n", 0600);
	sandbox_file(&box, "old.key",
	    "3031323334353637383961626364656630313233343536373839616263646566",
	    0600);
	return 0;
}

static int
close_group(void **state)
{
	(void)state;
	sandbox_close(&box);
	return 0;
}

GROUP(open_group, close_group);
