/*
 * The commands with their words.
 *
 *   run WORDS        it ends with 0; 'a b' is one word, and what stands in
 *                    braces is told in commanding.h
 *   fails WORDS      it ends with 1
 *   misused WORDS    it ends with 2, and nothing is on standard output
 *   tells WORDS      it ends with 0 or 1, as what else the machine has
 *
 * Below stand, for this run, first
 *
 *   as root          only where root tests; `as others`: not there
 *   > TEXT           a line of standard input
 *   conf TEXT        the configuration from here on: the frame with this in it
 *   put NAME TEXT    a file of the folder, of this line
 *   env NAME=VALUE   a variable of the environment, or NAME for none
 *
 * and then what is expected, in any order:
 *
 *   prints TEXT      standard output has it
 *   begins TEXT      standard output begins with it
 *   all TEXT         standard output is it
 *   errs TEXT        standard error has it
 *   never TEXT       neither has it
 *   mode NAME MODE   a file of the folder has this mode; 0: it isn't there
 *   holds NAME TEXT  it has this text
 *
 * and then perhaps another of the first four, in the same folder. Settings
 * are `frame`, `conf` for it, `file`, `now`, and `always` with more words
 * behind each case's own.
 */
#define _GNU_SOURCE /* nftw */

#include "test.h"

#include "commanding.h"

#define WORDS_MAX 30

static bool
is(const char *line, const char *word, const char **text)
{
	*text = cases_behind(line, word);
	return *text != NULL;
}

/* How long the first word is: a blank in braces is a part of it. */
static size_t
word_length(const char *text)
{
	const char *p = text, *end;

	while (*p != '\0' && *p != ' ') {
		end = *p == '{' ? closing(p) : NULL;
		p = end == NULL ? p + 1 : end + 1;
	}
	return (size_t)(p - text);
}

/* The words of a command; all of them have to be freed. */
static void
split(const char *text, const char *words[WORDS_MAX + 1])
{
	size_t n = 0;

	words[n++] = strdup("signpost");
	while (*text != '\0' && n < WORDS_MAX) {
		bool quoted = *text == '\'';
		size_t k = quoted ? strcspn(text + 1, "'") : word_length(text);
		char *word = strndup(text + quoted, k);

		words[n++] = meant(word).p;
		free(word);
		text += k + (quoted ? 2 : 0);
		text += *text == ' ';
	}
	words[n] = NULL;
}

static void
configure(const struct item *item, const char *text)
{
	char *framed = cases_framed(item, text);
	struct made_text conf = meant(framed);

	sandbox_file(&box, "signpost.conf", conf.p, 0600);
	free(conf.p);
	free(framed);
}

static char variable[64]; /* that a case has set */

static void
set_variable(const char *text)
{
	struct made_text all = meant(text);
	char *value = strchr(all.p, '=');

	snprintf(variable, sizeof(variable), "%.*s", (int)strcspn(all.p, "="),
	    all.p);
	if (value == NULL)
		unsetenv(variable);
	else
		setenv(variable, value + 1, 1);
	free(all.p);
}

/* A line that is there for the run, and not for what comes of it. */
static bool
prepare(const struct item *item, const char *line, FILE *input)
{
	struct made_text all;
	const char *text;
	size_t n;

	if (is(line, "conf", &text)) {
		configure(item, text);
	} else if (is(line, "env", &text)) {
		set_variable(text);
	} else if (is(line, "put", &text)) {
		n = strcspn(text, " ");
		all = meant(text + n + (text[n] == ' '));
		commanding_put(text, n, all.p, 0644);
		free(all.p);
	} else if (is(line, ">", &text)) {
		all = meant(text);
		fwrite(all.p, 1, all.n, input);
		fputc('\n', input);
		free(all.p);
	} else {
		return is(line, "as", &text);
	}
	return true;
}

static void
missed(const struct item *item, const char *line, int code)
{
	cases_fail(item, "expected: %s\nbut it ends with %d, and prints\n%s%s",
	    line, code, caught.out, caught.err);
}

/* A file of the folder: its mode, 0 where there is none. */
static unsigned
look(const char *name, char *content, size_t room)
{
	char path[512];
	struct stat st;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", box.dir, name);
	content[0] = '\0';
	if (lstat(path, &st) != 0)
		return 0;
	file = S_ISREG(st.st_mode) ? fopen(path, "r") : NULL;
	if (file != NULL) {
		content[fread(content, 1, room - 1, file)] = '\0';
		fclose(file);
	}
	return (unsigned)st.st_mode & 07777;
}

/* What a line expects of the files. */
static bool
lies(const char *text, bool content)
{
	static char held[65536];
	char name[256];
	int n = 0;
	unsigned mode;

	if (sscanf(text, "%255s %n", name, &n) != 1)
		return false;
	mode = look(name, held, sizeof(held));
	return content ? strstr(held, text + n) != NULL
		       : mode == strtoul(text + n, NULL, 8);
}

static bool
holds(const struct item *item, const char *line)
{
	struct made_text want;
	const char *text;
	bool right = false;

	want = meant(line + strcspn(line, " ") + (strchr(line, ' ') != NULL));
	if (is(line, "prints", &text))
		right = strstr(caught.out, want.p) != NULL;
	else if (is(line, "begins", &text))
		right = strncmp(caught.out, want.p, want.n) == 0;
	else if (is(line, "all", &text))
		right = strcmp(caught.out, want.p) == 0;
	else if (is(line, "errs", &text))
		right = strstr(caught.err, want.p) != NULL;
	else if (is(line, "never", &text))
		right = strstr(caught.out, want.p) == NULL &&
			strstr(caught.err, want.p) == NULL;
	else if (is(line, "mode", &text) || is(line, "holds", &text))
		right = lies(want.p, line[0] == 'h');
	else
		cases_fail(item, "what is this? %s", line);
	free(want.p);
	return right;
}

static const char *const verbs[] = { "run", "fails", "misused", "tells" };

/* The exit code of a run's word, 3 for two of them; -1 for another word. */
static int
code_of(const char *line, const char **words)
{
	for (int k = 0; k < 4; k++)
		if (is(line, verbs[k], words))
			return k;
	return -1;
}

/* Runs the command, and looks at what stands below up to the next. */
static void
run_one(const struct item *item, int wanted, const char *text, size_t *at)
{
	const char *words[WORDS_MAX + 1], *next;
	struct made_text input;
	int code;

	text_begin(&input);
	while (*at < item->n && prepare(item, item->lines[*at], input.to))
		++*at;
	text_end(&input);
	split(text, words);
	code = commanding_run(
	    item, words, (struct span){ (unsigned char *)input.p, input.n });
	if (!(wanted == 3 ? code < 2 : code == wanted) ||
	    (code == 2 && caught.out[0] != '\0'))
		missed(item, verbs[wanted], code);
	for (; *at < item->n && code_of(item->lines[*at], &next) < 0; ++*at)
		if (!holds(item, item->lines[*at]))
			missed(item, item->lines[*at], code);
	for (size_t i = 0; words[i] != NULL; i++)
		free((void *)(uintptr_t)words[i]);
	free(input.p);
}

static void
run(const struct item *item)
{
	const struct item *always = cases_setting(item, "always"),
			  *conf = cases_setting(item, "conf");
	const char *text;
	char *words;
	size_t at = 0;
	int code = code_of(item->word, &text);

	if (item->n > 0 && is(item->lines[0], "as", &text) &&
	    (strcmp(text, "root") == 0) != (geteuid() == 0))
		skip();
	commanding_open(item);
	unsetenv(variable);
	if (cases_setting(item, "frame") != NULL)
		configure(item, conf == NULL ? "" : conf->text);
	if (asprintf(&words, "%s %s", item->text,
		always == NULL ? "" : always->text) < 0)
		abort();
	run_one(item, code, words, &at);
	free(words);
	while (at < item->n) {
		code = code_of(item->lines[at++], &text);
		run_one(item, code, text, &at);
	}
	commanding_close();
}

/* What is given to be inspected. */
static void
seed(const struct item *item, const char *folder)
{
	const char *words[WORDS_MAX + 1];

	split(item->text, words);
	if (words[1] != NULL && strcmp(words[1], "inspect") == 0 &&
	    words[2] != NULL && words[2][0] != '-')
		cases_seed(item, folder, "inspect", words[2], strlen(words[2]));
	for (size_t i = 0; words[i] != NULL; i++)
		free((void *)(uintptr_t)words[i]);
}

CASES("commands", "run fails misused tells; always conf file frame now", run,
    seed);
