#include "cli/php_make.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/write.h"

#define ID_BYTES 16

static void
write_text(struct span text, struct sink *out)
{
	sink_say(out, "s:%d:\"%v\";", (long long)text.n, text);
}

static void write_object(json_t *object, struct sink *out);

/* The depth is that of the JSON, which its maker has bounded. */
static void
write_value(json_t *value, struct sink *out)
{
	if (json_is_object(value))
		write_object(value, out);
	else
		write_text(
		    (struct span){
			(const unsigned char *)json_string_value(value),
			json_string_length(value) },
		    out);
}

static void
write_object(json_t *object, struct sink *out)
{
	const char *name;
	json_t *value;

	sink_say(out, "a:%d:{", (long long)json_object_size(object));
	json_object_foreach(object, name, value)
	{
		write_text(span_of(name), out);
		write_value(value, out);
	}
	sink_byte(out, '}');
}

/* What session.serialize_handler = php writes: NAME "|" value, for each. */
static void
write_members(json_t *object, struct sink *out)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		sink_say(out, "%s|", name);
		write_value(value, out);
	}
}

bool
php_write(
    const struct session_config *config, struct span json, struct sink *out)
{
	json_t *object = json_loadb((const char *)json.p, json.n, 0, NULL);

	if (object == NULL)
		return false;
	if (config->php_serialize)
		write_object(object, out);
	else
		write_members(object, out);
	json_decref(object);
	return !out->full;
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
