/*
 * What Cloudinary's messages and clients' strings are told to be by
 * `signpost explain --json`.
 *
 *   explain WORDS    below: what is pasted, with these words behind the command
 *   sent STRING      Cloudinary's string; below: what was signed in its place
 *   received STRING  Cloudinary's string; below: the signature that it got
 *   compare STRING   Cloudinary's string; below: what is given as ours, and
 *                    before it how each part of it differs, or "same"
 *
 * Each line below is a verdict, ": ", and a text:
 *
 *   verdict = code [ "?" ] [ " " name ] *( " " sign code ) / "refused"
 *   sign = "+" / "-"
 *
 * that is the cause's code, "?" where the signature was not made again by it,
 * the parameters that it names, and what is found besides, or not. Settings are
 * `file` and `now`; what stands in braces is told in commanding.h.
 */
#define _GNU_SOURCE /* nftw */

#include "test.h"

#include <jansson.h>

#include "commanding.h"

#define SEED_MAX 2048 /* as in tests/fuzz/fuzz_explain.c */

/* The secrets' accounts; {sign TEXT} is the first one's. */
static const struct span accounts = SPAN_INIT(
    "clouds = {\n"
    "  one = { cloud_name = \"demo\"; api_key = \"874837483274837\";\n"
    "    api_secret_file = \"cloudinary.secret\";\n"
    "    verify_secret_files = [ \"old.secret\" ]; };\n"
    "  two = { cloud_name = \"second\"; api_key = \"123456789012345\";\n"
    "    api_secret_file = \"two.secret\"; signature_algorithm = \"sha1\"; };\n"
    "};\n" SANDBOX_SESSION "policies = { p = { action = \"upload\";\n"
    "  cloud = \"one\"; set = { public_id = \"u/{user}/{random}\";\n"
    "  overwrite = false; allowed_formats = \"jpg\"; }; }; };\n");

static void
name_one(json_t *one, bool proved, FILE *to)
{
	json_t *name = json_object_get(one, "name");

	fprintf(to, "%s%s%s%s",
	    json_string_value(json_object_get(one, "cause")), proved ? "" : "?",
	    name == NULL ? "" : " ",
	    name == NULL ? "" : json_string_value(name));
}

/* How the parts differ: "code name, code name". */
static void
name_parts(json_t *all, FILE *to)
{
	json_t *list =
		   json_object_get(json_object_get(all, "difference"), "items"),
	       *one;
	size_t i;

	if (list == NULL)
		fputs("same", to);
	json_array_foreach(list, i, one)
	{
		fputs(i > 0 ? ", " : "", to);
		name_one(one, true, to);
	}
}

static bool
has_also(json_t *all, const char *code, size_t n)
{
	json_t *list = json_object_get(all, "also");
	bool found = false;

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);

		found =
		    found || (json_string_length(one) == n &&
				 memcmp(json_string_value(one), code, n) == 0);
	}
	return found;
}

/* Where the signs of a verdict begin. */
static const char *
signs_of(const char *line, const char *end)
{
	while (line < end &&
	       (line[0] != ' ' || (line[1] != '+' && line[1] != '-')))
		line++;
	return line;
}

/* Is this what was said? */
static void
judge(const struct item *item, const char *line, int code)
{
	json_t *all = json_loads(caught.out, JSON_REJECT_DUPLICATES, NULL);
	const char *end = strstr(line, ": "), *sign = signs_of(line, end);
	struct made_text verdict;
	size_t n;

	if (strncmp(line, "refused: ", 9) == 0 && code == 2 &&
	    caught.out[0] == '\0')
		return;
	if (all == NULL)
		cases_fail(item, "%s\nbut it ends with %d: %s%s", line, code,
		    caught.out, caught.err);
	text_begin(&verdict);
	if (strcmp(item->word, "compare") == 0)
		name_parts(all, verdict.to);
	else
		name_one(all, json_is_true(json_object_get(all, "proved")),
		    verdict.to);
	text_end(&verdict);
	if (verdict.n != (size_t)(sign - line) ||
	    memcmp(verdict.p, line, verdict.n) != 0 ||
	    code != (strncmp(verdict.p, "none", 4) == 0))
		cases_fail(item, "%s\nbut it is %s, with exit code %d\n%s",
		    line, verdict.p, code, caught.out);
	for (; sign < end; sign += n) {
		n = 2 + strcspn(sign + 2, " :");
		if (has_also(all, sign + 2, n - 2) != (sign[1] == '+'))
			cases_fail(item, "%s\nbut \"also\" is another\n%s",
			    line, caught.out);
	}
	free(verdict.p);
	json_decref(all);
}

/* What is pasted for one of the lines below: the text, or Cloudinary's message
 * with the signature of it. */
static struct made_text
paste(const struct item *item, const char *text)
{
	bool is_signed = strcmp(item->word, "sent") == 0 &&
			 strncmp(text, "{sha", 4) != 0 &&
			 strncmp(text, "{hmac-", 6) != 0;
	char *message;
	struct made_text all;

	if (strcmp(item->word, "explain") == 0)
		return meant(text);
	if (asprintf(&message,
		"Invalid Signature %s%s%s. String to sign - '%s'.",
		is_signed ? "{sign " : "",
		strcmp(item->word, "compare") == 0 ? "x" : text,
		is_signed ? "}" : "", item->text) < 0)
		abort();
	all = meant(message);
	free(message);
	return all;
}

static void
run_line(const struct item *item, const char *line)
{
	const char *words[8] = { "signpost", "explain", "--json", box.conf },
		   *text = strstr(line, ": ");
	struct made_text pasted, option;

	if (text == NULL)
		cases_fail(item, "no verdict: %s", line);
	pasted = paste(item, text + 2);
	option =
	    meant(strcmp(item->word, "explain") == 0 ? item->text : text + 2);
	if (strcmp(item->word, "compare") == 0)
		words[4] = "--ours";
	if (words[4] != NULL ||
	    (option.n > 0 && strcmp(item->word, "explain") == 0))
		words[words[4] == NULL ? 4 : 5] = option.p;
	judge(item, line,
	    commanding_run(item, words,
		(struct span){ (unsigned char *)pasted.p, pasted.n }));
	free(pasted.p);
	free(option.p);
}

static void
run(const struct item *item)
{
	if (item->n == 0)
		cases_fail(item, "it expects nothing");
	commanding_open(item);
	sandbox_bytes(&box, "signpost.conf", accounts, 0600);
	sandbox_file(&box, "two.secret", "test-secret-of-nobody-2\n", 0600);
	sandbox_file(&box, "old.secret", "test-secret-of-nobody-3\n", 0600);
	for (size_t i = 0; i < item->n; i++)
		run_line(item, item->lines[i]);
	commanding_close();
}

static void
seed(const struct item *item, const char *folder)
{
	struct item line = *item;

	for (size_t i = 0; i < item->n; i++) {
		struct made_text pasted =
		    paste(item, strstr(item->lines[i], ": ") + 2);

		line.line++;
		if (pasted.n <= SEED_MAX)
			cases_seed(
			    &line, folder, "explain", pasted.p, pasted.n);
		free(pasted.p);
	}
}

CASES("complaints", "explain sent received compare; now", run, seed);
