#define _DEFAULT_SOURCE /* fork, RLIMIT_AS */

#include "test.h"

#include <ctype.h>
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

/* Taken or not, with these words. */
static void
loads(const char *text, bool right, const char *said)
{
	struct config *c = sandbox_load(&box, text);

	if (right != (c != NULL))
		fail_msg("%s", box.said);
	assert_true(said == NULL || right || sandbox_said(&box, said));
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
	for (size_t n = 0; n < whole.n; n += THINNED(3)) {
		c = sandbox_load_bytes(&box, span_head(whole, n));
		if (c != NULL)
			fail_msg("taken: the first %zu bytes", n);
		assert_true(box.report.errors > 0);
	}
}

/* Each byte left out, and each one doubled: taken or refused, never worse. */
TEST(test_each_byte)
{
	struct span whole = SPAN_LIT(SAMPLE);
	unsigned char text[sizeof(SAMPLE) + 1];

	for (size_t i = 0; i < whole.n; i += THINNED(3)) {
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

/* Is this right as the beginning of the sample? box has what is said. */
static bool
begins(struct span before)
{
	static unsigned char text[1024];
	struct config *c;

	memcpy(text, before.p, before.n);
	memcpy(text + before.n, SAMPLE, sizeof(SAMPLE) - 1);
	c = sandbox_load_bytes(
	    &box, (struct span){ text, before.n + sizeof(SAMPLE) - 1 });
	config_free(c);
	return c != NULL;
}

/* Whether it can be read at all, and not whether it makes sense. */
static bool
reads(struct span before)
{
	return begins(before) ||
	       strstr(box.said, "what the settings say was not looked") == NULL;
}

/* Each byte in a comment, in a string, behind a backslash, and as a token. */
TEST(test_bytes)
{
	for (int c = 0; c < 256; c += THINNED(3)) {
		unsigned char comment[] = "# ?\n", string[] = "a = \"?\";\n";
		unsigned char escape[] = "a = \"\\?\";\n",
			      token[] = "aa = 1; ?\n";
		bool blank = c == '\t' || c == '\r' || c == '\n';
		bool text = c >= 0x20 && c < 0x7f;
		bool fits;

		comment[2] = string[5] = escape[6] = token[8] =
		    (unsigned char)c;
		assert_int_equal(
		    begins((struct span){ comment, 4 }), text || blank);
		assert_int_equal(reads((struct span){ string, 9 }),
		    text && c != '"' && c != '\\');
		assert_int_equal(reads((struct span){ escape, 10 }),
		    c != 0 && strchr("\\\"nrtf", c) != NULL);
		/* libconfig says so of what is no setting. */
		fits = reads((struct span){ token, 10 }) ||
		       strstr(box.said, "can't be understood") != NULL;
		assert_int_equal(
		    fits, blank || isalnum(c) ||
			      (c != 0 && strchr(" #*=:,;", c) != NULL));
	}
}

/* Of more than one byte, with the line. */
TEST(test_more_bytes)
{
	static const struct {
		const char *text, *said; /* NULL: it is right */
	} texts[] = {
		{ "\n\r\n\n", NULL },
		{ "#\r\n", NULL },
		{ "# a\r\r\n", "error 1: a control character" },
		{ "# a\rb\n", "error 1: a control character" },
		{ "\n# \t\t\v\n", "error 2: a control character" },
		{ "# \xc2\xa0 \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\n", NULL },
		{ "\n# \x1b[2J\n", "error 2: a control character" },
		{ "# \xc2\x9b\n", "error 1: a control character" },
		{ "# \xc3\n\xa9\n", "error 1: not UTF-8" },
		{ "# \xc3\n\xa9\n", "error 2: not UTF-8" },
		{ "# \xc0\xaf\n", "error 1: not UTF-8" },
		{ "# \xed\xa0\x80\n", "error 1: not UTF-8" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(
		    begins(span_of(texts[i].text)), texts[i].said == NULL);
		if (texts[i].said != NULL)
			assert_true(sandbox_said(&box, texts[i].said));
	}
	assert_false(begins(SPAN_LIT("\n# \0\n")));
	assert_true(sandbox_said(&box, "error 2: a NUL byte"));
}

/* A hundred are said. */
TEST(test_many_mistakes)
{
	char text[2048] = "", *end = text;
	size_t n = 0;

	for (int i = 0; i < 102; i++)
		end += sprintf(end, "x%d = 1;\n", i);
	assert_null(sandbox_load(&box, text));
	assert_true(sandbox_said(&box, "error 100: unknown name"));
	assert_true(sandbox_said(&box, "error 101: and more; mend these"));
	for (const char *p = box.said; *p != '\0'; p = strchr(p, '\n') + 1)
		n++;
	assert_int_equal(n, CONFIG_ERRORS_MAX + 1);
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

#define DENYING                                                                \
	"session = { cookie = \"session\"; deny_users_file = "                 \
	"\"denied.users\"; keys = ( { id = \"1\"; file = "                     \
	"\"session.key\"; } ); };\n"

/* Users who may not ask. */
TEST(test_many_denied)
{
	static char list[2 * (DENIED_MAX + 1) + 1];

	for (size_t i = 0; i < sizeof(list) - 1; i += 2)
		memcpy(list + i, "a\n", 2);
	sandbox_file(&box, "denied.users", list, 0600);
	loads(SANDBOX_CLOUD DENYING SANDBOX_POLICIES, false,
	    "line 65537: these are more than 65536 users");
	list[2 * DENIED_MAX] = '\0';
	sandbox_file(&box, "denied.users", list, 0600);
	loads(SANDBOX_CLOUD DENYING SANDBOX_POLICIES, true, NULL);
}

/* Who serves looks after the list: it may be mended without a restart. */
TEST(test_served)
{
	struct config *c;

	sandbox_file(&box, "denied.users", "a\n b\n", 0600);
	loads(SANDBOX_CLOUD DENYING SANDBOX_POLICIES, false, "line 2: ");
	sandbox_hush(&box);
	box.report.serves = true;
	c = config_load(box.conf, &box.report);
	assert_non_null(c);
	assert_int_equal(c->n_private, 2); /* and the counts */
	assert_true(span_eq(c->private_paths[0], c->deny_users_file));
	config_free(c);
}

/*
 * Is a text taken that fills the room with so many long patterns and so many
 * bytes, before a policy with something of everything? It is refused for no
 * other reason.
 */
static bool
fits(size_t patterns, size_t bytes)
{
	static char text[CONFIG_MAX];
	char *end = text + sprintf(text,
			       SANDBOX_CLOUD SANDBOX_SESSION "policies = {\n");
	struct config *c;

	for (size_t i = 0; i < patterns; i++) {
		if (i % LIST_MAX == 0)
			end += sprintf(end,
			    "%sp%zu = { action = \"destroy\"; users = \"a\"; "
			    "any_owner = true; limit = \"1/day\"; allow = { "
			    "public_id = [ ",
			    i > 0 ? "]; }; };\n" : "", i);
		end += sprintf(end, "%s\"", i % LIST_MAX == 0 ? "" : ",");
		for (size_t k = 0; k < ID_MAX - 1; k += 2)
			end += sprintf(end, "a/");
		end += sprintf(end, "a\"");
	}
	end += sprintf(end,
	    "]; }; };\nf = { action = \"upload\"; reusable = true; set = { "
	    "eval "
	    "= \"%0*d\"; }; };\n",
	    (int)bytes, 1);
	sprintf(end, "l = { action = \"upload\"; limit = [ \"9/hour\" ]; "
		     "limit_total = \"90/day\"; users = [ \"a\", \"b\" ];\n"
		     "addresses = \"::1\"; set = { public_id = "
		     "\"u/{user}/{random}\"; tags = \"t{user}\"; context = { a "
		     "= 1; }; };\nallow = { metadata = { b = [ \"x\" ]; }; "
		     "source = [ \"uw\" ]; folder = [ \"f/{user}/*\" ]; }; };\n"
		     "};\n");
	c = sandbox_load(&box, text);
	config_free(c);
	assert_int_equal(box.report.errors == 0, c != NULL);
	assert_true(c != NULL || sandbox_said(&box, "room"));
	return c != NULL;
}

/* Whatever there is no room for, it ends, and never as if all were right. */
TEST(test_room)
{
	size_t patterns = 1, bytes = 1;

	for (size_t step = 512; step > 0; step /= 2)
		if (patterns + step < 900 && fits(patterns + step, bytes))
			patterns += step;
	for (size_t step = 4096; step > 0; step /= 2)
		if (fits(patterns, bytes + step))
			bytes += step;
	assert_true(patterns < 898 && bytes < VALUE_MAX - 4096);
	for (size_t more = 1; more < 3072; more += 32 * THINNED(4))
		assert_false(fits(patterns, bytes + more));
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

FIXTURE(open_group)
{
	sandbox_open(&box);
	sandbox_file(
	    &box, "url", "cloudinary://7:" SANDBOX_SECRET "-other@two\n", 0600);
	sandbox_file(&box, "old.key",
	    "3031323334353637383961626364656630313233343536373839616263646566",
	    0600);
}

FIXTURE(close_group)
{
	sandbox_close(&box);
}

GROUP(open_group, close_group);
