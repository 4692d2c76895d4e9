/*
 * What the doctor reads of other programs' files: lines of web servers'
 * configurations, suexec's own configuration, a unit
 * of systemd's, and what a process says of itself. Each answer is a part of the
 * input.
 */
#include <string.h>

#include "cli/process.h"
#include "cli/roots.h"
#include "cli/suexec.h"
#include "cli/unit.h"
#include "fuzz.h"

static bool
is_part(struct span part, struct span all)
{
	return part.n == 0 ||
	       (part.p >= all.p && part.p + part.n <= all.p + all.n);
}

static void
check_words(struct span all)
{
	static struct process p;
	size_t n = 0;
	const char *word;

	p = (struct process){ .n = all.n };
	if (all.n >= sizeof(p.words))
		return;
	if (all.n > 0)
		memcpy(p.words, all.p, all.n);
	for (size_t i = 0; (word = process_word(&p, i)) != NULL; i++)
		n += strlen(word) + 1;
	must(n == all.n || n == all.n + 1, "all words, the last NUL or not");
}

static void
check_suexec(struct span all)
{
	static struct suexec_rules rules;

	rules = (struct suexec_rules){ .uid_min = 1 };
	suexec_custom(&rules, all);
	must(rules.doc_root[0] == '\0' || rules.doc_root[0] == '/',
	    "an absolute folder, or what it was");
	must(!span_has(span_of(rules.userdir), '\n'), "one line");
}

static void
check_unit(struct span all)
{
	static struct unit u;

	unit_init(&u);
	unit_take(&u, all);
	for (size_t i = 0; i < u.n; i++) {
		const struct unit_credential *c = &u.list[i];

		must(unit_names(c->name), "a name that systemd takes");
		must(c->source.n == 0 || c->source.p[0] == '/',
		    "an absolute source, or none");
		must(unit_credential(&u, c->name) != NULL, "it is found");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { data, size }, found;
	struct span_cut a = span_cut(all, '\n');

	found = roots_line(a.head);
	must(is_part(found, a.head), "a folder is a part of its line");
	must(found.n == 0 || found.p[0] == '/', "a folder is absolute");
	must(!span_has(found, '$'), "a folder has no variable");

	check_words(all);
	check_suexec(all);
	check_unit(all);
	return 0;
}
