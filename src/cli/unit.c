#include "cli/unit.h"

#include <stddef.h>

#include "base/text.h"

#define CREDENTIAL_NAME_MAX 255

void
unit_init(struct unit *u)
{
	memset(u, 0, offsetof(struct unit, mem));
	sink_init(&u->text, u->mem, sizeof(u->mem));
}

bool
unit_names(struct span name)
{
	return name.n > 0 && name.n <= CREDENTIAL_NAME_MAX &&
	       !span_is(name, ".") && !span_is(name, "..") &&
	       !span_has(name, '/') && !span_has(name, ':') &&
	       text_utf8(name) && !text_has_control(name);
}

/* Absolute, and without "//", "." and ".." in it. */
static bool
is_normal(struct span path)
{
	struct span_cut cut = { .tail = path, .found = true };

	if (path.n < 2 || path.n > PATH_TEXT_MAX || path.p[0] != '/' ||
	    span_has(path, '\0'))
		return false;
	cut = span_cut(path, '/');
	while (cut.found) {
		cut = span_cut(cut.tail, '/');
		if (cut.head.n == 0
			? cut.found
			: span_is(cut.head, ".") || span_is(cut.head, ".."))
			return false;
	}
	return true;
}

/*
 * What the text means, in u's memory: "%%" is "%", and, in a name, "\x" is
 * "x". False where a specifier stands for something.
 */
static bool
expand(struct unit *u, struct span s, bool name, struct span *out)
{
	size_t mark = u->text.n;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && (++i == s.n || s.p[i] != '%'))
			return false;
		if (s.p[i] == '\\' && name && ++i == s.n)
			break;
		sink_byte(&u->text, s.p[i]);
	}
	*out = sink_since(&u->text, mark);
	return !u->text.full;
}

/* Up to the first ":" that has no "\" before it. */
static struct span_cut
cut_name(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == '\\')
			i++;
		else if (value.p[i] == ':')
			return (struct span_cut){ span_head(value, i),
				span_skip(value, i + 1), true };
	return (struct span_cut){ .head = value };
}

/* A reset drops what was set, or what was loaded, and not both. */
static void
drop(struct unit *u, bool set)
{
	size_t n = 0;

	for (size_t i = 0; i < u->n; i++)
		if (u->list[i].set != set)
			u->list[n++] = u->list[i];
	u->n = n;
}

static void
put(struct unit *u, struct unit_credential one)
{
	size_t i = 0;

	while (i < u->n && (u->list[i].set != one.set ||
			       !span_eq(u->list[i].name, one.name)))
		i++;
	if (i == UNIT_CREDENTIALS_MAX) {
		u->unsure = true;
		return;
	}
	u->list[i] = one;
	u->n += i == u->n;
}

static void
take_credential(struct unit *u, struct span value, bool set, bool encrypted)
{
	struct span_cut cut = cut_name(value);
	struct unit_credential one = { .set = set, .encrypted = encrypted };

	u->late = u->late || (u->last && !set);
	if (value.n == 0) {
		drop(u, set);
		return;
	}
	if (!expand(u, cut.head, true, &one.name)) {
		u->unsure = true;
		return;
	}
	if (!unit_names(one.name) || (set && !cut.found))
		return;
	/* Without a path of its own it is looked for elsewhere. */
	if (!set && cut.tail.n > 0 && expand(u, cut.tail, false, &one.source)) {
		if (unit_names(one.source))
			one.source = (struct span){ NULL, 0 };
		else if (!is_normal(one.source))
			return;
	}
	put(u, one);
}

static void
put_folder(struct unit *u, const char *above, struct span name)
{
	size_t mark = u->text.n;

	sink_say(&u->text, "%s%v", above, name);
	if (u->n_folders == UNIT_FOLDERS_MAX || u->text.full ||
	    span_has(name, '%')) {
		u->unsure = true;
		return;
	}
	u->folders[u->n_folders++] = sink_since(&u->text, mark);
}

/*
 * Names, each with ":" and a link's name behind it, or paths, each with "-" and
 * "+" before it. An empty value drops none here: at worst nothing is found.
 */
static void
take_folders(struct unit *u, const char *above, struct span value)
{
	struct span_cut cut = { .tail = value, .found = true };
	bool path = above[0] == '\0';

	while (cut.found) {
		cut = span_cut(cut.tail, ' ');
		cut.head = span_trim(cut.head);
		while (path && cut.head.n > 0 &&
		       (cut.head.p[0] == '-' || cut.head.p[0] == '+'))
			cut.head = span_skip(cut.head, 1);
		if (cut.head.n > 0)
			put_folder(u, above,
			    path ? cut.head : span_cut(cut.head, ':').head);
	}
}

static bool
is_true(struct span value)
{
	static const char *const words[] = { "1", "yes", "y", "true", "t",
		"on" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is_nocase(value, words[i]))
			return true;
	return false;
}

/* "%d" is their folder, and so is the variable. */
static bool
names_copies(struct span command)
{
	for (; command.n > 0; command = span_skip(command, 1))
		if (span_starts(command, SPAN_LIT("%d")) ||
		    span_starts(command, SPAN_LIT("CREDENTIALS_DIRECTORY")))
			return true;
	return false;
}

static void
take_setting(struct unit *u, struct span name, struct span value)
{
	static const char *const folders[][2] = {
		{ "StateDirectory", "/var/lib/" },
		{ "LogsDirectory", "/var/log/" },
		{ "CacheDirectory", "/var/cache/" },
		{ "RuntimeDirectory", "/run/" },
		{ "ReadWritePaths", "" },
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (span_is(name, folders[i][0]))
			take_folders(u, folders[i][1], value);
	if (span_is(name, "LoadCredential"))
		take_credential(u, value, false, false);
	else if (span_is(name, "LoadCredentialEncrypted"))
		take_credential(u, value, false, true);
	else if (span_is(name, "SetCredential"))
		take_credential(u, value, true, false);
	else if (span_is(name, "SetCredentialEncrypted"))
		take_credential(u, value, true, true);
	else if (span_is(name, "DynamicUser"))
		u->dynamic = is_true(value);
	else if (span_is(name, "ProtectHome"))
		u->hides_home = is_true(value) || span_is(value, "tmpfs");
	else if (span_is(name, "PrivateTmp"))
		u->own_tmp = is_true(value);
	else if (span_is(name, "SupplementaryGroups"))
		u->in_groups = u->in_groups || value.n > 0;
	else if (span_is(name, "ExecStart"))
		u->elsewhere = value.n > 0 && !names_copies(value);
	else if (span_is(name, "ImportCredential"))
		u->unsure = u->unsure || value.n > 0;
}

/* A line with its continuations; true where it is within [Service] then. */
static bool
take_line(struct unit *u, struct span line, bool service)
{
	struct span_cut cut;

	line = span_trim(line);
	if (span_starts(line, SPAN_LIT("[")))
		return span_is(line, "[Service]");
	cut = span_cut(line, '=');
	if (service && cut.found)
		take_setting(u, span_trim(cut.head), span_trim(cut.tail));
	return service;
}

static bool
goes_on(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[line.n - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

void
unit_take(struct unit *u, struct span text)
{
	struct span_cut cut = { .tail = text, .found = true };
	size_t mark = u->text.n;
	bool service = false;

	while (cut.found) {
		struct span line;

		cut = span_cut(cut.tail, '\n');
		line = span_trim(cut.head);
		/* Also between a line and its continuation. */
		if (line.n > 0 && (line.p[0] == '#' || line.p[0] == ';'))
			continue;
		line = cut.head;
		if (span_ends(line, SPAN_LIT("\r")))
			line.n--;
		if (goes_on(line) && cut.found) {
			sink_span(&u->text, span_head(line, line.n - 1));
			sink_byte(&u->text, ' ');
			continue;
		}
		sink_span(&u->text, line);
		service = take_line(u, sink_since(&u->text, mark), service);
		mark = u->text.n;
	}
	u->unsure = u->unsure || u->text.full;
}

const struct unit_credential *
unit_credential(const struct unit *u, struct span name)
{
	const struct unit_credential *set = NULL;

	for (size_t i = 0; i < u->n; i++) {
		if (!span_eq(u->list[i].name, name))
			continue;
		if (!u->list[i].set)
			return &u->list[i];
		set = &u->list[i];
	}
	return set;
}

bool
unit_writes(const struct unit *u, struct span path)
{
	for (size_t i = 0; i < u->n_folders; i++) {
		struct span folder = u->folders[i];

		if (span_starts(path, folder) &&
		    (path.n == folder.n || path.p[folder.n] == '/'))
			return true;
	}
	return false;
}
