#include "session/php_session.h"

#include "session/claims.h"
#include "session/php_data.h"
#include "session/proof.h"

#define ID_MIN 22
#define JSON_ROOM 65536

bool
php_session_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++) {
		unsigned char c = id.p[i], letter = c | 0x20;

		if ((letter < 'a' || letter > 'z') && (c < '0' || c > '9') &&
		    c != ',' && c != '-')
			return false;
	}
	return id.n >= ID_MIN && id.n <= PHP_ID_MAX;
}

/* One reading, as a JSON object in room. */
static enum session_why
read_once(const struct session_config *config,
    const struct session_asked *asked, struct span id, unsigned char *text,
    struct sink *json, long long *changed)
{
	struct php_session_file file = { { NULL, 0 }, 0 };

	switch (asked->php->read(
	    asked->php, config->save_path, id, text, PHP_SESSION_MAX, &file)) {
	case PHP_FOUND:
		break;
	case PHP_FOUND_TORN:
		return SESSION_PHP_TORN;
	case PHP_FOUND_UNTRUSTED:
		return SESSION_PHP_FILE;
	case PHP_FOUND_NOTHING:
	default:
		return SESSION_PHP_NONE;
	}
	*changed = file.changed;
	json->n = 0;
	return php_data_read(file.text, config->php_serialize, json)
		   ? SESSION_OK
		   : SESSION_PHP_DATA;
}

static enum session_why
read_session(const struct session_config *config,
    const struct session_asked *asked, struct span id, struct session *out,
    long long *changed)
{
	unsigned char *text = arena_bytes(asked->arena, PHP_SESSION_MAX);
	unsigned char *room = arena_bytes(asked->arena, JSON_ROOM);
	enum session_why why = SESSION_REFUSED;
	struct sink json;

	if (text == NULL || room == NULL)
		return why;
	sink_init(&json, room, JSON_ROOM);
	for (int i = 0; i <= PHP_READS_MORE; i++) {
		why = read_once(config, asked, id, text, &json, changed);
		if (why != SESSION_PHP_TORN && why != SESSION_PHP_DATA)
			break;
	}
	return why == SESSION_OK ? proof_json(sink_view(&json), &out->claims)
				 : why;
}

static enum session_why
check_age(const struct session_config *config, long long changed, long long now,
    struct session *out)
{
	if (changed > now + config->leeway)
		return SESSION_FUTURE;
	out->expires = changed + config->max_age;
	return config->max_age > 0 && now < out->expires + config->leeway
		   ? SESSION_OK
		   : SESSION_AGE;
}

enum session_why
php_session_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out)
{
	long long changed = 0;
	struct span id;
	enum session_why why = proof_cookie_decoded(asked, config->cookie, &id);

	if (why != SESSION_OK)
		return why;
	if (!php_session_id(id))
		return SESSION_PHP_ID;
	if (asked->php == NULL)
		return SESSION_REFUSED;
	why = read_session(config, asked, id, out, &changed);
	if (why == SESSION_OK)
		why = check_age(config, changed, asked->now, out);
	return why == SESSION_OK ? claims_user(config, asked->arena, out) : why;
}
