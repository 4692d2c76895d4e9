/*
 * Configurations and every message of theirs, by config_load() and the command
 * check.
 *
 *   accept TEXT    it is taken: no error, and no warning but those named below
 *   reject TEXT    it isn't: the errors are those named below
 *   accepts WHAT   each line below is a text of its own, and all of them have
 *   rejects WHAT   the same expectations: WHAT, if it is there, and others
 *
 * Below stand further lines of the text (of accept and reject), and what is
 * expected, in any order:
 *
 *   error LINE: WORDS      said of this line (0: of none) with these words;
 *   warning LINE: WORDS    each line names one message, so that a message that
 *   note LINE: WORDS       comes twice is named twice. Notes need not be named
 *   never WORDS            no message has these words
 *   shows WORDS            signpost check prints them;
 *   then WORDS             right below it: and the next line begins with these
 *   then                   (or there the line ends)
 *   json WORDS             signpost check --json prints them
 *
 * Settings:
 *
 *   frame, base      what stands around each text (see cases.h)
 *   file NAME MODE [TEXT]   a file beside the configuration, of the text and
 *                    the lines below; with <#> in them, for each of 0 to 16
 *   secret WORDS     no message has them, nor what signpost check prints
 *
 * cloudinary.secret, session.key and token.key are there.
 */

#include "test.h"

#include "capture.h"
#include "cases.h"
#include "cli/cli.h"
#include "policy/config.h"
#include "sandbox.h"
#include "store/redis.h"

#define NUMBERED 16

static struct sandbox box;
static struct capture printed;

static bool
is_expectation(const char *line)
{
	static const char *const words[] = { "error ", "warning ", "note ",
		"never ", "shows ", "then", "json " };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(line, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* accepts, rejects */
static bool
has_each(const struct item *item)
{
	return item->word[strlen(item->word) - 1] == 's';
}

/* All of it that is no expectation: one text, or for a seed several. */
static char *
text_of(const struct item *item)
{
	bool each = has_each(item);
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		abort();
	fprintf(out, "%s", each ? "" : item->text);
	for (size_t i = 0; i < item->n; i++)
		if (!is_expectation(item->lines[i]))
			fprintf(out, "\n%s", item->lines[i]);
	fclose(out);
	return text;
}

static void
put_file(const struct item *item, unsigned long number)
{
	char *name, *text;
	unsigned mode;
	size_t n, end = strcspn(item->text, " ");
	FILE *named = open_memstream(&name, &n), *out;
	int behind = 0;

	if (named == NULL)
		abort();
	cases_number(item->text, end, number, named);
	fclose(named);
	out = open_memstream(&text, &n);
	if (out == NULL)
		abort();
	if (sscanf(item->text + end, "%o%n", &mode, &behind) != 1)
		cases_fail(item, "it needs a name and a mode");
	end += (size_t)behind;
	if (item->text[end] == ' ') {
		cases_number(item->text + end + 1, strlen(item->text + end + 1),
		    number, out);
		fputc('\n', out);
	}
	for (size_t i = 0; i < item->n; i++)
		fprintf(out, "%s\n", item->lines[i]);
	fclose(out);
	sandbox_file(&box, name, text, mode);
	free(text);
	free(name);
}

/* The files that are set above the case, the nearest of a name counts. */
static void
put_files(const struct item *item)
{
	if (item == NULL)
		return;
	put_files(item->before);
	for (unsigned long i = 0; strcmp(item->word, "file") == 0; i++) {
		put_file(item, i);
		if (i == NUMBERED || strstr(item->text, "<#>") == NULL)
			break;
	}
}

/* The first line of what was said from p on that begins with head, up to its
 * colon, and has the words behind; NULL when there is none. */
static char *
said(char *p, const char *expected)
{
	size_t head = strcspn(expected, ":");

	while (*p != '\0') {
		char *end = strchr(p, '\n');
		char *found;

		*end = '\0';
		found = strncmp(p, expected, head) == 0 && p[head] == ':'
			    ? strstr(p + head, expected + head + 2)
			    : NULL;
		*end = '\n';
		if (found != NULL)
			return p;
		p = end + 1;
	}
	return NULL;
}

/* text: which of several it is, or "". */
static bool
begins(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

/* The first of n lines, and each "then" right below it; how many lines. */
static size_t
expect_printed(const struct item *item, const char *text,
    const char *const *lines, size_t n)
{
	size_t size, k = 1;
	char *words;
	FILE *out = open_memstream(&words, &size);

	if (out == NULL)
		abort();
	fprintf(out, "%s", strchr(lines[0], ' ') + 1);
	for (; k < n && begins(lines[k], "then"); k++)
		fprintf(out, "\n%s",
		    lines[k] + strlen(lines[k][4] == ' ' ? "then " : "then"));
	fclose(out);
	if (begins(lines[0], "json "))
		CAPTURE(&printed, cli_check, "check", "--json", box.conf);
	else
		CAPTURE(&printed, cli_check, "check", box.conf);
	/* Nothing is shown of a store that is not built in. */
	if (strstr(printed.out, words) == NULL &&
	    (redis_built_in() ||
		(strstr(printed.out, "build it with hiredis") == NULL &&
		    strstr(printed.err, "build it with hiredis") == NULL)))
		cases_fail(item, "%s\nexpected: %s\nbut it shows\n%s", text,
		    words, printed.out);
	free(words);
	return k;
}

/* text: which of several it is, or "". */
static void
expect(const struct item *item, const char *text, const char *line)
{
	char *at;

	if (strncmp(line, "never ", 6) == 0) {
		if (strstr(box.said, line + 6) != NULL)
			cases_fail(item, "%s\nexpected: %s\nbut came\n%s", text,
			    line, box.said);
		return;
	}
	at = said(box.said, line);
	if (at == NULL)
		cases_fail(item, "%s\nexpected: %s\nbut came%s\n%s", text, line,
		    box.said[0] == '\0' ? " nothing" : "", box.said);
	*at = '-'; /* taken: no second expectation is met by it */
}

static bool
tells(const char *words)
{
	return strstr(box.said, words) != NULL ||
	       strstr(printed.out, words) != NULL;
}

/* Of the keys that are there, not even eight bytes in a row are told. */
static void
keep_secrets(const struct item *item)
{
	static const char *const keys[] = { SANDBOX_SECRET, SANDBOX_KEY };
	const struct item *at = item;
	char part[9] = "";

	for (size_t i = 0; i < 2; i++)
		for (const char *p = keys[i]; strlen(p) >= 8; p++) {
			memcpy(part, p, 8);
			if (tells(part))
				cases_fail(item, "it says %s", part);
		}
	while ((at = cases_setting(at, "secret")) != NULL)
		if (tells(at->text))
			cases_fail(item, "it says %s\n%s%s", at->text, box.said,
			    printed.out);
}

static void
expect_all(const struct item *item, const char *which, const char *const *lines,
    size_t n)
{
	for (size_t i = 0; i < n;) {
		if (begins(lines[i], "shows ") || begins(lines[i], "json ")) {
			i += expect_printed(item, which, &lines[i], n - i);
			continue;
		}
		if (is_expectation(lines[i]))
			expect(item, which, lines[i]);
		i++;
	}
}

/* One of the configurations of a case; which: "", or one of several. */
static void
judge(const struct item *item, const char *text, const char *which)
{
	bool accept = strncmp(item->word, "accept", 6) == 0;
	const char *unwanted = accept ? "warning" : "error";
	char *framed = cases_framed(item, text);
	struct config *config = sandbox_load(&box, framed);

	free(framed);
	printed.out[0] = '\0';
	if ((config != NULL) != accept)
		cases_fail(item, "%s\nexpected: %.6sed\nbut came\n%s", which,
		    item->word, box.said);
	config_free(config);
	if (has_each(item) && item->text[0] != '\0')
		expect_all(item, which, &item->text, 1);
	expect_all(item, which, item->lines, item->n);
	keep_secrets(item);
	for (const char *p = box.said; *p != '\0'; p = strchr(p, '\n') + 1)
		if (strncmp(p, unwanted, strlen(unwanted)) == 0)
			cases_fail(item, "%s\nnot expected: %.*s", which,
			    (int)strcspn(p, "\n"), p);
}

static void
run_each(const struct item *item)
{
	size_t texts = 0;

	if (item->text[0] != '\0' && !is_expectation(item->text))
		cases_fail(item, "this is nothing to expect");
	for (size_t i = 0; i < item->n; i++) {
		if (is_expectation(item->lines[i]))
			continue;
		judge(item, item->lines[i], item->lines[i]);
		texts++;
	}
	if (texts == 0)
		cases_fail(item, "it has no text");
}

static void
run(const struct item *item)
{
	char *text = text_of(item);

	put_files(item);
	if (has_each(item))
		run_each(item);
	else
		judge(item, text, "");
	free(text);
}

/* The name of a store, behind the byte that puts nothing before it. */
static void
seed_store(const struct item *item, const char *folder, const char *text)
{
	static const char set[] = "store = \"";
	const char *at = strstr(text, set);
	char input[256];

	if (at == NULL)
		return;
	at += sizeof(set) - 1;
	snprintf(input, sizeof(input), "\006%.*s", (int)strcspn(at, "\""), at);
	cases_seed(item, folder, "conf_store", input, strlen(input));
}

static void
seed(const struct item *item, const char *folder)
{
	char *text = text_of(item), *framed = cases_framed(item, text);

	cases_seed(item, folder, "conf_text", framed, strlen(framed));
	seed_store(item, folder, text);
	free(framed);
	free(text);
}

CASES("configurations", "accept reject accepts rejects; base file frame secret",
    run, seed);
AROUND(sandbox_open(&box), sandbox_close(&box));
