#define _GNU_SOURCE /* getline */

#include "cases.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void *
grown(void *p, size_t n, size_t size)
{
	p = realloc(p, (n + 1) * size);
	if (p == NULL)
		abort();
	return p;
}

__attribute__((noreturn)) static void
wrong(const char *path, int line, const char *why)
{
	fprintf(stderr, "%s:%d: %s\n", path, line, why);
	exit(2);
}

void
cases_number(const char *text, size_t n, unsigned long number, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		if (n - i < 3 || strncmp(text + i, "<#>", 3) != 0) {
			fputc(text[i], out);
			continue;
		}
		fprintf(out, "%lu", number);
		i += 2;
	}
}

/* "TEXT*N>>" behind "<<" into out; what follows it, or NULL for another. */
static const char *
repeat(const char *p, FILE *out)
{
	const char *end = strstr(p, ">>"), *star = end;
	char *behind;
	unsigned long n;

	while (star != NULL && star > p && *star != '*')
		star--;
	if (star == NULL || star == p)
		return NULL;
	n = strtoul(star + 1, &behind, 10);
	if (behind != end || behind == star + 1)
		return NULL;
	for (unsigned long i = 0; i < n; i++)
		cases_number(p, (size_t)(star - p), i, out);
	return end + 2;
}

/* A copy with the repetitions written out. */
static char *
spread(const char *text)
{
	char *made;
	size_t n;
	FILE *out = open_memstream(&made, &n);

	if (out == NULL)
		abort();
	while (*text != '\0') {
		const char *next =
		    strncmp(text, "<<", 2) == 0 ? repeat(text + 2, out) : NULL;

		if (next == NULL)
			fputc(*text++, out);
		else
			text = next;
	}
	fclose(out);
	return made;
}

static const char *
indented(const char *line)
{
	if (line[0] == '\t')
		return line + 1;
	return strncmp(line, "    ", 4) == 0 ? line + 4 : NULL;
}

static struct item
begun(const char *path, int at, const char *line)
{
	size_t n = strcspn(line, " ");
	struct item item = { .file = path, .line = at };

	item.word = strndup(line, n);
	item.text = spread(line + n + (line[n] == ' '));
	return item;
}

static void
add_line(struct item *item, const char *text)
{
	union {
		const char *const *given;
		const char **own;
	} lines = { item->lines };

	lines.own = grown(lines.own, item->n, sizeof(lines.own[0]));
	lines.own[item->n++] = spread(text);
	item->lines = lines.given;
}

struct cases
cases_read(const char *path)
{
	struct item *items = NULL;
	FILE *in = fopen(path, "r");
	size_t n = 0, size = 0;
	char *line = NULL;
	ssize_t got;

	path = strdup(path);
	if (in == NULL || path == NULL)
		wrong(path, 0, "it can't be read");
	for (int at = 1; (got = getline(&line, &size, in)) > 0; at++) {
		if (line[got - 1] == '\n')
			line[--got] = '\0';
		if (strlen(line) != (size_t)got)
			wrong(path, at, "it has a NUL");
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (indented(line) != NULL && n == 0)
			wrong(path, at, "nothing stands above this line");
		if (indented(line) != NULL) {
			add_line(&items[n - 1], indented(line));
			continue;
		}
		if (line[0] == ' ')
			wrong(path, at,
			    "a line below another begins with a "
			    "tab or with four blanks");
		items = grown(items, n, sizeof(items[0]));
		items[n++] = begun(path, at, line);
	}
	free(line);
	fclose(in);
	for (size_t i = 1; i < n; i++)
		items[i].before = &items[i - 1];
	return (struct cases){ n, items };
}

const struct item *
cases_setting(const struct item *item, const char *word)
{
	do
		item = item->before;
	while (item != NULL && strcmp(item->word, word) != 0);
	return item;
}

const char *
cases_behind(const char *line, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) != 0 || (line[n] != ' ' && line[n] != '\0'))
		return NULL;
	return line + n + (line[n] == ' ');
}

/* The lines of a setting around the text. */
static char *
around(const struct item *frame, const char *text)
{
	char *made;
	size_t n;
	FILE *out;

	if (frame == NULL)
		return strdup(text);
	out = open_memstream(&made, &n);
	if (out == NULL)
		abort();
	for (size_t i = 0; i < frame->n; i++) {
		const char *line = frame->lines[i];
		size_t k = strcspn(line, "@");

		fprintf(out, "%.*s", (int)k, line);
		if (line[k] == '@')
			fprintf(out, "%s%s", text, line + k + 1);
		fputc(' ', out);
	}
	fclose(out);
	return made;
}

char *
cases_framed(const struct item *item, const char *text)
{
	char *framed = around(cases_setting(item, "frame"), text);
	char *made = around(cases_setting(item, "base"), framed);

	free(framed);
	return made;
}

void
cases_fail(const struct item *item, const char *format, ...)
{
	char words[65536];
	va_list list;

	va_start(list, format);
	vsnprintf(words, sizeof(words), format, list);
	va_end(list);
	/* cmocka's own message is cut at 1,024 bytes */
	fflush(stdout);
	fprintf(stderr, "%s:%d: %s %s\n%s\n", item->file, item->line,
	    item->word, item->text, words);
	_fail(item->file, item->line);
	abort();
}

void
cases_seed(const struct item *item, const char *folder, const char *target,
    const void *bytes, size_t n)
{
	const char *name = strrchr(item->file, '/') + 1;
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, target);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%.*s-%d", folder, target,
	    (int)strcspn(name, "."), name, item->line);
	out = fopen(path, "wb");
	if (out == NULL || fwrite(bytes, 1, n, out) != n || fclose(out) != 0)
		abort();
}
