#include "cli/php_make.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/write.h"
#include "http/json.h"

#define ID_BYTES 16

static void
write_text(struct span text, struct sink *out)
{
	sink_say(out, "s:%d:\"%v\";", (long long)text.n, text);
}

static bool write_object(
    struct json_value object, struct arena *arena, struct sink *out);

/* The depth is that of the JSON, which its maker has bounded. */
static bool
write_value(struct json_value value, struct arena *arena, struct sink *out)
{
	struct span text;

	if (value.kind == JSON_KIND_OBJECT)
		return write_object(value, arena, out);
	if (!json_read_text(value, arena, &text))
		return false;
	write_text(text, out);
	return true;
}

static bool
write_object(struct json_value object, struct arena *arena, struct sink *out)
{
	struct json_walk w = json_walk(object);
	struct json_value name, value;

	sink_say(out, "a:%d:{", (long long)json_count(object));
	while (json_next(&w, &name, &value))
		if (!write_value(name, arena, out) ||
		    !write_value(value, arena, out))
			return false;
	sink_byte(out, '}');
	return true;
}

/* What session.serialize_handler = php writes: NAME "|" value, for each. */
static bool
write_members(struct json_value object, struct arena *arena, struct sink *out)
{
	struct json_walk w = json_walk(object);
	struct json_value name, value;
	struct span text;

	while (json_next(&w, &name, &value)) {
		if (!json_read_text(name, arena, &text))
			return false;
		sink_say(out, "%v|", text);
		if (!write_value(value, arena, out))
			return false;
	}
	return true;
}

bool
php_write(
    const struct session_config *config, struct span json, struct sink *out)
{
	struct json_value object = { JSON_KIND_OBJECT, json };
	unsigned char mem[2 * COOKIE_MAX];
	struct arena arena;

	arena_init(&arena, mem, sizeof(mem));
	if (!json_object_valid(json, TOKEN_DEPTH_MAX))
		return false;
	return (config->php_serialize ? write_object(object, &arena, out)
				      : write_members(object, &arena, out)) &&
	       !out->full;
}

static bool
write_file(const char *path, struct span text, long long changed)
{
	const struct timespec times[2] = { { .tv_sec = (time_t)changed },
		{ .tv_sec = (time_t)changed } };
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool right;

	if (fd < 0)
		return false;
	right = write_all(fd, text) && futimens(fd, times) == 0;
	right = close(fd) == 0 && right;
	if (!right)
		unlink(path);
	return right;
}

bool
php_make(const struct session_config *config, struct span json,
    long long issued, struct random_source *random, struct sink *cookie,
    struct sink *why)
{
	unsigned char bytes[ID_BYTES], mem[COOKIE_MAX];
	char name[PATH_TEXT_MAX + PHP_ID_MAX + 8];
	struct sink text, path;

	sink_init(&text, mem, sizeof(mem));
	sink_init(&path, name, sizeof(name));
	if (!random->fill(random, bytes, sizeof(bytes)) ||
	    !php_write(config, json, &text)) {
		sink_text(why, "the session can't be written as PHP would");
		return false;
	}
	sink_say(&path, "%v/sess_", config->save_path);
	sink_hex(&path, (struct span){ bytes, sizeof(bytes) });
	sink_byte(&path, '\0');
	if (path.full || !write_file(name, sink_view(&text), issued)) {
		sink_say(why, "%v: %s: run this as PHP's user",
		    config->save_path, strerror(errno));
		return false;
	}
	sink_say(cookie, "%v=", config->cookie);
	sink_hex(cookie, (struct span){ bytes, sizeof(bytes) });
	return !cookie->full;
}
