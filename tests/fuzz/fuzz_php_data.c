/*
 * PHP's session files, of any bytes. The input's first byte chooses the
 * handler, the second the time, the third what the file system says; the rest
 * is taken in turn as a file, as a Cookie header, and, line by line, as texts
 * that PHP would have written. What is read is JSON, each text in it is the one
 * that was written, and no file is opened but one that an id names.
 */
#include "fuzz.h"
#include "proving.h"
#include "session/php.h"

#define INPUT_MAX 4096
#define JSON_ROOM 65536 /* all that php.c has */
#define LINES_MAX 64
#define CHANGED (PROVING_NOW - 60)
#define ID "0123456789abcdefghijklmnopqrstuv"

/* A folder of sessions: every id has this one. */
static struct folder {
	struct php_sessions sessions; /* the first member */
	enum php_found found;
	struct span text;
	unsigned torn; /* so often before that */
	unsigned reads;
} folder;

static struct session_config config;
static struct session_key no_key;
static unsigned char json_room[JSON_ROOM];

static bool
is_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ,-"
			   "abcdefghijklmnopqrstuvwxyz",
			id.p[i]) == NULL ||
		    id.p[i] == '\0')
			return false;
	return id.n >= 22 && id.n <= 256;
}

static enum php_found
read_file(struct php_sessions *self, struct span path, struct span id,
    unsigned char *room, size_t cap, struct php_session_file *out)
{
	struct folder *f = (struct folder *)(void *)self;

	must(is_id(id), "an id is all that gets into a path");
	must(span_is(path, "/sessions"), "it is the folder");
	must(cap >= f->text.n, "there is room for a file");
	f->reads++;
	if (f->found != PHP_FOUND)
		return f->found;
	if (f->reads <= f->torn)
		return PHP_FOUND_TORN;
	/* Nothing behind it is the file's. */
	memset(room, '}', cap);
	if (f->text.n > 0)
		memcpy(room, f->text.p, f->text.n);
	out->text = (struct span){ room, f->text.n };
	out->changed = CHANGED;
	return PHP_FOUND;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	config = proving_format("php", "PHPSESSID", "user.id");
	config.save_path = SPAN_LIT("/sessions");
	config.keys = &no_key;
	folder.sessions.read = read_file;
	return 0;
}

/* In room bytes; the text lies in memory of exactly its size. */
static bool
read_data(struct span text, size_t room, struct sink *json)
{
	unsigned char *copy = malloc(text.n > 0 ? text.n : 1);
	bool right;

	must(copy != NULL, "there is memory");
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	sink_init(json, json_room, room);
	right =
	    php_read((struct span){ copy, text.n }, config.php_serialize, json);
	free(copy);
	return right;
}

/* Is it a session file? Then its JSON is right, and needs the room it has. */
static bool
check_data(struct span text)
{
	struct sink json;
	bool right = read_data(text, JSON_ROOM, &json);
	size_t n = json.n;

	if (!right)
		return false;
	must(json_object_valid(sink_view(&json), TOKEN_DEPTH_MAX),
	    "what is read is JSON");
	must(read_data(text, n, &json), "it fits into its own size");
	must(n == 0 || !read_data(text, n - 1, &json),
	    "it does not fit into less");
	if (config.php_serialize)
		must(!read_data(span_head(text, text.n - 1), JSON_ROOM, &json),
		    "a file that is cut is none");
	return true;
}

static enum session_why
prove_file(struct span header, struct span text, long long now)
{
	folder.text = text;
	folder.reads = 0;
	return prove(&config, header, now, &folder.sessions);
}

/* The input is a file. */
static void
check_file(struct span text, bool right, long long now)
{
	static unsigned char memory[JSON_ROOM];
	bool there = folder.found == PHP_FOUND && folder.torn <= PHP_READS_MORE;
	bool in_time = now >= CHANGED && now < CHANGED + config.max_age;
	struct span user = { NULL, 0 };
	struct arena arena;
	enum session_why why;
	struct sink json;

	why = prove_file(SPAN_LIT("PHPSESSID=" ID), text, now);
	must(folder.reads >= 1 && folder.reads <= 1 + PHP_READS_MORE,
	    "a file is read this often");
	must(folder.found == PHP_FOUND || folder.reads == 1,
	    "what is not there is not read again");
	arena_init(&arena, memory, sizeof(memory));
	if (right) {
		read_data(text, JSON_ROOM, &json);
		right =
		    proving_payload(&config, sink_view(&json), &arena, &user);
	}
	must((why == SESSION_OK) == (right && there && in_time),
	    "a session of a user opens while it lives");
	if (why == SESSION_OK)
		must(span_eq(proven.user, user) &&
			 proven.expires == CHANGED + config.max_age,
		    "it is this user's, until it is over");
}

/* The input is a header. */
static void
check_header(struct span input, long long now)
{
	static unsigned char room[2 * INPUT_MAX];
	struct span text = config.php_serialize
			       ? SPAN_LIT("a:1:{s:4:\"user\";a:1:{s:2:\"id\";"
					  "i:7;}}")
			       : SPAN_LIT("user|a:1:{s:2:\"id\";i:7;}");
	enum session_why why;
	struct sink out;

	must(prove_file(input, text, now) != SESSION_OK || folder.reads > 0,
	    "there is a file behind a session");
	sink_init(&out, room, sizeof(room));
	why = prove_file(proving_header(&config, input, &out), text, now);
	/* A comma comes encoded. */
	must(!is_id(input) || span_has(input, ',') || folder.reads > 0,
	    "an id names a file");
	must(why != SESSION_OK || span_is(proven.user, "7"),
	    "it is this user's");
}

static void
put_string(struct span text, struct sink *out)
{
	sink_say(out, "s:%d:\"%v\";", (long long)text.n, text);
}

/* One line of the input is a text, named k0, k1 and so on. */
static void
put_line(struct span line, size_t i, struct sink *out)
{
	unsigned char mem[32];
	struct sink name;

	sink_init(&name, mem, sizeof(mem));
	sink_say(&name, "k%d", (long long)i);
	if (config.php_serialize)
		put_string(sink_view(&name), out);
	else
		sink_say(out, "%v|", sink_view(&name));
	put_string(line, out);
}

static size_t
put_lines(struct span input, struct sink *out)
{
	struct span_cut cut = { .tail = input, .found = true };
	unsigned char mem[8 * INPUT_MAX];
	struct sink members;
	size_t n = 0;

	sink_init(&members, mem, sizeof(mem));
	for (; cut.found && n < LINES_MAX; n++) {
		cut = span_cut(cut.tail, '\n');
		put_line(cut.head, n, &members);
	}
	if (config.php_serialize)
		sink_say(out, "a:%d:{%v}", (long long)n, sink_view(&members));
	else
		sink_span(out, sink_view(&members));
	must(!members.full && !out->full, "there is room for the lines");
	return n;
}

static void
check_line(struct json_value v, struct span line)
{
	static unsigned char memory[2 * INPUT_MAX];
	bool text = line.n <= PHP_TEXT_MAX && text_utf8(line) &&
		    !text_has_control(line);
	struct arena arena;
	struct span out;

	arena_init(&arena, memory, sizeof(memory));
	must(v.kind == (text ? JSON_KIND_STRING : JSON_KIND_NULL),
	    "what is no text is null");
	must(!text || (json_read_text(v, &arena, &out) && span_eq(out, line)),
	    "a text is what was written");
}

/* The input's lines are texts. */
static void
check_lines(struct span input)
{
	static unsigned char room[8 * INPUT_MAX];
	struct span_cut cut = { .tail = input };
	unsigned char mem[32];
	struct sink out, json, name;
	size_t n;

	sink_init(&out, room, sizeof(room));
	n = put_lines(input, &out);
	must(check_data(sink_view(&out)), "what PHP writes is read");
	must(read_data(sink_view(&out), JSON_ROOM, &json), "and again");
	for (size_t i = 0; i < n; i++) {
		struct json_value all = { JSON_KIND_OBJECT, sink_view(&json) };

		cut = span_cut(cut.tail, '\n');
		sink_init(&name, mem, sizeof(mem));
		sink_say(&name, "k%d", (long long)i);
		check_line(json_member(all, sink_view(&name)), cut.head);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum php_found founds[] = { PHP_FOUND, PHP_FOUND,
		PHP_FOUND, PHP_FOUND, PHP_FOUND, PHP_FOUND, PHP_FOUND_NOTHING,
		PHP_FOUND_UNTRUSTED };
	struct span input = { data, size };
	long long now;
	size_t how;

	if (size < 3 || size > INPUT_MAX)
		return 0;
	config.php_serialize = proving_digit(data[0], 2) == 1;
	now = proving_now(data[1]);
	how = proving_digit(data[2], 8);
	folder.found = founds[how];
	folder.torn = how < 6 ? (unsigned)how : 0;
	input = span_skip(input, 3);
	check_file(input, check_data(input), now);
	folder.found = PHP_FOUND;
	folder.torn = 0;
	check_header(input, now);
	check_lines(input);
	return 0;
}
