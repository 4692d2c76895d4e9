#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "policy/loader.h"

bool
conf_read(int fd, unsigned char *p, size_t cap, size_t *n)
{
	size_t got = 0;

	*n = 0;
	while (got < cap) {
		ssize_t r = read(fd, p + got, cap - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return false;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	*n = got;
	return true;
}

/*
 * The file's text. Behind it, not counted, are a line end, since libconfig 1.5
 * takes a # comment that ends with the file for a mistake, and a NUL.
 */
static bool
read_text(struct loader *l, struct span *out)
{
	unsigned char *p = arena_bytes(&l->arena, CONFIG_MAX + 2);
	unsigned char mem[DETAIL_MAX];
	struct sink why;
	bool was_read;
	size_t n;
	int fd;

	sink_init(&why, mem, sizeof(mem));
	if (l->report->watch != NULL)
		watch_note(l->report->watch, span_of(l->file));
	fd = trusted_open(l->file, &why);
	if (fd < 0) {
		conf_error(l, NULL, "%v", (struct span){ mem, why.n });
		return false;
	}
	was_read = p != NULL && conf_read(fd, p, CONFIG_MAX + 1, &n);
	close(fd);
	if (!was_read) {
		conf_error(l, NULL, "it can't be read");
		return false;
	}
	if (n > CONFIG_MAX) {
		conf_error(l, NULL, "it is longer than %d bytes",
		    (long long)CONFIG_MAX);
		return false;
	}
	p[n] = '\n';
	p[n + 1] = '\0';
	*out = (struct span){ p, n };
	return true;
}

static void
say_at(struct loader *l, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_say(l->report, SAY_ERROR, l->file, line, format, &values);
	va_end(values);
}

/* libconfig's few words, in plain ones. */
static void
say_syntax(struct loader *l, const config_t *tree)
{
	static const char *const words[][2] = {
		{ "syntax error",
		    "this can't be understood: a name, =, a comma or ; is "
		    "missing or too much, here or on a line before" },
		{ "duplicate setting name",
		    "this name stands twice in the same group" },
		{ "mismatched element type in array",
		    "what stands in [ ] must be all of one kind; ( ) takes "
		    "anything" },
	};
	const char *text = config_error_text(tree);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(span_of(text), words[i][0]))
			text = words[i][1];
	say_at(l, config_error_line(tree), "%s", text);
}

/*
 * Is policies the last setting? All that restricts stands before it or inside
 * it, so a file that was cut between two settings is never taken for whole.
 */
static void
check_last(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *policies = conf_member(root, "policies");
	int n = config_setting_length(root);
	const config_setting_t *last =
	    n == 0 ? NULL : config_setting_get_elem(root, (unsigned)n - 1);

	if (policies != NULL && last != policies)
		conf_error(l, last,
		    "%s stands behind policies, which must be the last setting "
		    "of the file: move it up",
		    config_setting_name(last));
}

static void
load_tree(struct loader *l, const config_setting_t *root)
{
	static const char *const names[] = { "cloudinary", "clouds", "session",
		"origins", "store", "store_password_file", "log", "policies" };
	unsigned before = l->report->errors;

	conf_known(l, root, names, sizeof(names) / sizeof(names[0]));
	check_last(l, root);
	conf_clouds(l, root);
	conf_session(l, root);
	conf_origins(l, root);
	conf_store(l, root);
	conf_log(l, root);
	conf_policies(l, root);
	if (l->arena.full)
		return;
	if (l->report->errors != before) {
		owner_check_sound(l);
		return;
	}
	owner_check(l);
	if (l->report->advise != NULL)
		l->report->advise(l->report, l->config);
}

/* Whoever mends the text should not take it for right as a whole. */
static void
note_rest(struct loader *l)
{
	conf_note(l, NULL,
	    "what the settings say was not looked at: that can be done when "
	    "the text itself is right");
}

/*
 * libconfig 1.5 ends the process where it gets no memory, which must not
 * happen to one that serves on with what it has. The most that it takes of
 * memory for a byte of text is for lists of one number, "(1),": a setting for
 * each of both, a list, and room for 16 elements in it.
 */
#define TREE_BYTES 128     /* for one of the text */
#define TREE_SPARE 1048576 /* for buffers, and what falls between blocks */

static bool
has_memory(size_t text)
{
	size_t n = text * TREE_BYTES + TREE_SPARE;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && munmap(p, n) == 0;
}

static void
load_text(struct loader *l)
{
	struct span text;
	config_t tree;

	if (!read_text(l, &text))
		return;
	if (l->report->watch != NULL && !has_memory(text.n)) {
		conf_error(l, NULL, "there is no memory to read it");
		return;
	}
	/* What is wrong in the text, libconfig may read as something else. */
	if (!conf_text(text, l->file, l->report)) {
		note_rest(l);
		return;
	}
	config_init(&tree);
	if (config_read_string(&tree, (const char *)text.p) == CONFIG_TRUE) {
		load_tree(l, config_root_setting(&tree));
	} else {
		say_syntax(l, &tree);
		note_rest(l);
	}
	config_destroy(&tree);
}

/* The folder of a file: "." for a bare name. */
static struct span
folder_of(struct span path)
{
	struct span_cut cut = span_cut_last(path, '/');

	if (!cut.found)
		return SPAN_LIT(".");
	return cut.head.n == 0 ? SPAN_LIT("/") : cut.head;
}

/* An empty configuration, and all that the loader works with. */
static bool
start(struct loader *l, const char *path, void *memory)
{
	struct config *config;

	arena_init(&l->arena, memory, CONFIG_MEMORY_MAX);
	config = arena_take(&l->arena, sizeof(*config));
	l->secret_paths =
	    arena_array(&l->arena, SECRETS_MAX, sizeof(*l->secret_paths));
	config->path = arena_copy(&l->arena, span_of(path));
	l->dir = (const char *)arena_copy(&l->arena, folder_of(config->path)).p;
	config->secret_paths = l->secret_paths;
	config->memory = memory;
	config->vault = vault_new();
	l->config = config;
	return !l->arena.full && config->vault != NULL;
}

/* What remains when everything has been read. */
static void
finish(struct loader *l)
{
	if (l->arena.full)
		conf_error(l, NULL, "it says more than there is room for");
	if (!vault_seal(l->config->vault))
		conf_error(l, NULL, "its secrets can't be made read-only");
	if (!vault_locked(l->config->vault))
		conf_note(l, NULL,
		    "secrets could reach the swap space: this system does not "
		    "let us lock memory (ulimit -l)");
}

struct config *
config_load(const char *path, struct report *report)
{
	struct loader l = { .report = report, .file = path };
	unsigned before = report->errors;
	void *memory = malloc(CONFIG_MEMORY_MAX);

	if (memory == NULL || !start(&l, path, memory))
		conf_error(&l, NULL, "there is no memory to read it");
	else
		load_text(&l);
	if (l.config == NULL)
		free(memory);
	else if (report->errors == before)
		finish(&l);
	if (report->errors == before)
		return l.config;
	config_free(l.config);
	return NULL;
}
