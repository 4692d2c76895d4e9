/*
 * The commands as their users have them: cli_main() with words and standard
 * input, in a folder of its own for each case, and what it printed. The folder
 * stands for the machine where doctor looks for systemd's units. In the
 * texts of the cases stand for something else
 *
 *   {conf} {dir}        the configuration's path, and its folder's
 *   {program}           the path of this program
 *   {endpoint}          the path of the endpoint
 *   {secret} {me}       the first account's API secret; this user's number
 *   {last}              the first line that the run before printed
 *   {x HEX}             these bytes
 *   {sign TEXT}         {sha256 TEXT{secret}}
 *   {sha256 TEXT}       and sha1, sha384, sha512, md5: in hex
 *   {hmac-sha256 KEY TEXT}
 *   {upper TEXT} {base64 TEXT}   of what is in hex
 */
#ifndef TESTS_COMMANDING_H
#define TESTS_COMMANDING_H

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <time.h>

#include "capture.h"
#include "cases.h"
#include "cli/cli.h"
#include "cli/peek.h"
#include "hooks.h"
#include "sandbox.h"
#include "tree.h"

static struct sandbox box;
static struct capture caught;
static char last_line[8192];
static time_t time_set; /* by the setting `now`; 0: it is what it is */

static time_t
commanding_time(time_t *out)
{
	(void)out;
	return time_set;
}

/* A text that is being made. */
struct made_text {
	char *p;
	size_t n;
	FILE *to;
};

static inline struct made_text *
text_begin(struct made_text *t)
{
	t->to = open_memstream(&t->p, &t->n);
	if (t->to == NULL)
		abort();
	return t;
}

static inline void
text_end(struct made_text *t)
{
	if (fclose(t->to) != 0)
		abort();
}

static inline size_t
unhex(const char *text, unsigned char *out, size_t room)
{
	size_t n = 0;

	for (unsigned byte; n < room && sscanf(text, "%2x", &byte) == 1; n++) {
		out[n] = (unsigned char)byte;
		text += 2;
	}
	return n;
}

static inline void
put_hex(FILE *to, const unsigned char *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(to, "%02x", p[i]);
}

/* The digest of this name, or with a key before the text an HMAC of it. */
static inline bool
put_digest(FILE *to, const char *name, const char *text, size_t n)
{
	const bool keyed = strncmp(name, "hmac-", 5) == 0;
	const EVP_MD *md = EVP_get_digestbyname(name + (keyed ? 5 : 0));
	const char *blank = keyed ? memchr(text, ' ', n) : NULL;
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	if (md == NULL || (keyed && blank == NULL))
		return false;
	if (keyed)
		HMAC(md, text, (int)(blank - text),
		    (const unsigned char *)blank + 1,
		    n - (size_t)(blank - text) - 1, out, &size);
	else
		EVP_Digest(text, n, out, &size, md, NULL);
	put_hex(to, out, size);
	return true;
}

/* What one {NAME TEXT} stands for; false where it is itself. */
static inline bool
put_meant(FILE *to, const char *name, const char *text, size_t n)
{
	unsigned char bytes[1024], coded[2 * EVP_MAX_MD_SIZE];

	if (strcmp(name, "conf") == 0)
		fputs(box.conf, to);
	else if (strcmp(name, "dir") == 0)
		fputs(box.dir, to);
	else if (strcmp(name, "program") == 0)
		fputs(peek_self(), to);
	else if (strcmp(name, "endpoint") == 0)
		fputs(peek_endpoint(), to);
	else if (strcmp(name, "secret") == 0)
		fputs(SANDBOX_SECRET, to);
	else if (strcmp(name, "me") == 0)
		fprintf(to, "%u", (unsigned)geteuid());
	else if (strcmp(name, "last") == 0)
		fputs(last_line, to);
	else if (strcmp(name, "x") == 0)
		fwrite(bytes, 1, unhex(text, bytes, sizeof(bytes)), to);
	else if (strcmp(name, "base64") == 0 && n <= 2 * EVP_MAX_MD_SIZE)
		fwrite(coded, 1,
		    (size_t)EVP_EncodeBlock(
			coded, bytes, (int)unhex(text, bytes, sizeof(bytes))),
		    to);
	else if (strcmp(name, "upper") == 0)
		for (size_t i = 0; i < n; i++)
			fputc(toupper((unsigned char)text[i]), to);
	else
		return put_digest(to, name, text, n);
	return true;
}

/* The closing brace of the one at p; NULL when there is none. */
static inline const char *
closing(const char *p)
{
	int depth = 0;

	for (; *p != '\0'; p++) {
		depth += (*p == '{') - (*p == '}');
		if (depth == 0)
			return p;
	}
	return NULL;
}

/* A text with all of that in its place. */
static inline struct made_text
meant(const char *text)
{
	struct made_text all, inner;

	text_begin(&all);
	while (*text != '\0') {
		const char *end = *text == '{' ? closing(text) : NULL;
		size_t n = strcspn(text + 1, " }");
		size_t from = 1 + n + (end != NULL && text[1 + n] == ' ');
		char name[32], *behind;
		bool known = false;

		if (end != NULL && n < sizeof(name)) {
			snprintf(name, sizeof(name), "%.*s", (int)n, text + 1);
			behind =
			    strndup(text + from, (size_t)(end - text) - from);
			inner = meant(behind);
			if (strcmp(name, "sign") == 0) {
				inner.p = realloc(
				    inner.p, inner.n + sizeof(SANDBOX_SECRET));
				memcpy(inner.p + inner.n, SANDBOX_SECRET,
				    sizeof(SANDBOX_SECRET));
				inner.n += sizeof(SANDBOX_SECRET) - 1;
				strcpy(name, "sha256");
			}
			known = put_meant(all.to, name, inner.p, inner.n);
			free(behind);
			free(inner.p);
		}
		if (known)
			text = end + 1;
		else
			fputc(*text++, all.to);
	}
	text_end(&all);
	return all;
}

/* A file of the folder, and the folders above it; n bytes are its name. */
static inline void
commanding_put(const char *name, size_t n, const char *text, mode_t mode)
{
	char path[256];

	for (size_t i = 0; i <= n; i++) {
		snprintf(path, sizeof(path), "%s/%.*s", box.dir, (int)i, name);
		if (name[i] == '/' && i < n)
			mkdir(path, 0755);
	}
	sandbox_file(&box, path + strlen(box.dir) + 1, text, mode);
}

/* The files that are set above the case, the nearest of a name counts. */
static inline void
commanding_files(const struct item *item)
{
	struct made_text text, line;
	char name[128];
	unsigned mode;

	if (item == NULL)
		return;
	commanding_files(item->before);
	if (strcmp(item->word, "file") != 0)
		return;
	if (sscanf(item->text, "%127s %o", name, &mode) != 2)
		cases_fail(item, "it needs a name and a mode");
	text_begin(&text);
	for (size_t i = 0; i < item->n; i++) {
		line = meant(item->lines[i]);
		fprintf(text.to, "%s\n", line.p);
		free(line.p);
	}
	text_end(&text);
	commanding_put(name, strlen(name), text.p, mode);
	free(text.p);
}

static inline void
commanding_close(void)
{
	hooks.time = NULL;
	hooks.above = NULL;
	if (tree_remove(box.dir) != 0)
		abort();
	box.dir[0] = '\0';
}

/* A fresh folder with the settings' files, and their time. */
static inline void
commanding_open(const struct item *item)
{
	const struct item *now = cases_setting(item, "now");

	if (box.dir[0] != '\0')
		commanding_close(); /* of a case that failed */
	sandbox_open(&box);
	commanding_files(item);
	last_line[0] = '\0';
	time_set = now == NULL ? 0 : strtol(now->text, NULL, 10);
	hooks.above = box.dir;
	hooks.time = now == NULL ? NULL : commanding_time;
}

/* Runs `signpost WORDS`, with this on standard input; its exit code. No run
 * shows a secret, whatever the case is about. */
static inline int
commanding_run(
    const struct item *item, const char *const *words, struct span input)
{
	FILE *in = tmpfile();
	int kept = dup(0), code;

	if (in == NULL || kept < 0 ||
	    (input.n > 0 && fwrite(input.p, 1, input.n, in) != input.n) ||
	    fflush(in) != 0 || dup2(fileno(in), 0) < 0)
		abort();
	clearerr(stdin);
	rewind(stdin);
	code = capture_run(&caught, cli_main, words);
	if (dup2(kept, 0) < 0 || close(kept) != 0 || fclose(in) != 0)
		abort();
	for (int k = 0; k < 2; k++) {
		const char *said = k == 0 ? caught.out : caught.err;

		if (strstr(said, SANDBOX_SECRET) != NULL ||
		    strstr(said, SANDBOX_KEY) != NULL ||
		    strstr(said, "of-nobody") != NULL)
			cases_fail(item, "a secret is shown");
	}
	snprintf(last_line, sizeof(last_line), "%.*s",
	    (int)strcspn(caught.out, "\n"), caught.out);
	return code;
}

#endif
