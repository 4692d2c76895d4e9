#include "session/php.h"

#include "base/limits.h"
#include "base/text.h"
#include "session/families.h"
#include "session/proof.h"

/*
 * file  = *( name "|" value )                          handler "php"
 *       / "a:" count ":{" *( key value ) "}"           handler "php_serialize"
 * value = "N;" / "b:" BIT ";" / "i:" integer ";" / "d:" float ";"
 *       / ( "s:" / "E:" ) length ":" DQUOTE *OCTET DQUOTE ";"
 *       / "a:" count ":{" *( key value ) "}"
 *       / "O:" length ":" DQUOTE name DQUOTE ":" count ":{" *( key value ) "}"
 *       / "C:" length ":" DQUOTE name DQUOTE ":" length ":{" *OCTET "}"
 *       / ( "r:" / "R:" ) count ";"
 * key   = "i:" integer ";" / "s:" length ":" DQUOTE *OCTET DQUOTE ";"
 *
 * (php_var_serialize() and the handlers of ext/session.) A name of the handler
 * "php" has no "|" in it; PHP refuses to write one.
 */
struct reader {
	struct span rest;
	struct sink *json;
};

static bool take_value(struct reader *r, unsigned depth, bool silent);

static bool
take(struct reader *r, const char *text)
{
	struct span s = span_of(text);

	if (!span_starts(r->rest, s))
		return false;
	r->rest = span_skip(r->rest, s.n);
	return true;
}

/* What stands before this byte, which is taken too. */
static bool
take_until(struct reader *r, unsigned char end, struct span *out)
{
	struct span_cut cut = span_cut(r->rest, end);

	*out = cut.head;
	r->rest = cut.tail;
	return cut.found;
}

/* A length or a count: more than the file holds is none. */
static bool
take_size(struct reader *r, unsigned char end, size_t *n)
{
	struct span digits;
	long long value;

	*n = 0;
	if (!take_until(r, end, &digits) || !span_digits(digits, &value) ||
	    value > PHP_SESSION_MAX)
		return false;
	*n = (size_t)value;
	return true;
}

/* length ":" DQUOTE *OCTET DQUOTE */
static bool
take_string(struct reader *r, struct span *out)
{
	size_t n;

	*out = (struct span){ NULL, 0 };
	if (!take_size(r, ':', &n) || !take(r, "\"") || r->rest.n < n)
		return false;
	*out = span_head(r->rest, n);
	r->rest = span_skip(r->rest, n);
	return take(r, "\"");
}

static bool
is_integer(struct span s)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	long long ignored;

	return span_digits(span_skip(s, minus), &ignored) &&
	       !(minus && ignored == 0);
}

static bool
is_number(struct span s)
{
	bool minus = s.n > 0 && s.p[0] == '-';

	for (size_t i = minus; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > minus;
}

/* One of more than 18 digits is no user's; it becomes null. */
static bool
take_integer(struct reader *r, struct span *out)
{
	if (!take_until(r, ';', out) || !is_number(*out))
		return false;
	if (!is_integer(*out))
		*out = SPAN_LIT("null");
	return true;
}

static bool
is_clean(struct span s)
{
	return s.n <= PHP_TEXT_MAX && text_utf8(s) && !text_has_control(s);
}

static void
put_text(struct reader *r, struct span text)
{
	sink_byte(r->json, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			sink_byte(r->json, '\\');
		sink_byte(r->json, text.p[i]);
	}
	sink_byte(r->json, '"');
}

/* A name that is no text is none that a path could say. */
static void
put_name(struct reader *r, struct span name)
{
	struct span before = sink_view(r->json);

	if (before.n > 0 && before.p[before.n - 1] != '{')
		sink_byte(r->json, ',');
	put_text(r, is_clean(name) ? name : SPAN_LIT(" "));
	sink_byte(r->json, ':');
}

static bool
take_key(struct reader *r, bool silent)
{
	struct span key;

	if (take(r, "i:")) {
		if (!take_until(r, ';', &key) || !is_number(key))
			return false;
	} else if (!take(r, "s:") || !take_string(r, &key) || !take(r, ";")) {
		return false;
	}
	if (!silent)
		put_name(r, key);
	return true;
}

/* count ":{" *( key value ) "}" */
static bool
take_members(struct reader *r, unsigned depth, bool silent)
{
	size_t n;

	if (!take_size(r, ':', &n) || !take(r, "{"))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!take_key(r, silent) || !take_value(r, depth, silent))
			return false;
	return take(r, "}");
}

static bool
take_array(struct reader *r, unsigned depth, bool silent)
{
	bool right;

	if (!silent)
		sink_byte(r->json, '{');
	right = take_members(r, depth, silent);
	if (!silent)
		sink_byte(r->json, '}');
	return right;
}

/* An object, whose members are its class' own business. */
static bool
take_object(struct reader *r, unsigned depth)
{
	struct span name;

	return take_string(r, &name) && take(r, ":") &&
	       take_members(r, depth, true);
}

/* One that serializes itself. */
static bool
take_custom(struct reader *r)
{
	struct span name;
	size_t n;

	if (!take_string(r, &name) || !take(r, ":") || !take_size(r, ':', &n) ||
	    !take(r, "{") || r->rest.n < n)
		return false;
	r->rest = span_skip(r->rest, n);
	return take(r, "}");
}

/* N, d, r, R, E, O, C: skipped. */
static bool
take_other(struct reader *r, unsigned depth)
{
	struct span text;

	if (take(r, "N;"))
		return true;
	if (take(r, "d:") || take(r, "r:") || take(r, "R:"))
		return take_until(r, ';', &text) && text.n > 0;
	if (take(r, "E:"))
		return take_string(r, &text) && take(r, ";");
	if (take(r, "O:"))
		return depth > 0 && take_object(r, depth - 1);
	return take(r, "C:") && take_custom(r);
}

/* b, i, s: what can be a user or a claim. */
static bool
take_plain(struct reader *r, bool *taken, bool silent)
{
	struct span text = SPAN_LIT("null");
	bool string = false, right = true;

	*taken = true;
	if (take(r, "b:1;"))
		text = SPAN_LIT("true");
	else if (take(r, "b:0;"))
		text = SPAN_LIT("false");
	else if (take(r, "i:"))
		right = take_integer(r, &text);
	else if (take(r, "s:"))
		string = right = take_string(r, &text) && take(r, ";");
	else
		*taken = false;
	if (!*taken || !right || silent)
		return right;
	if (string && is_clean(text))
		put_text(r, text);
	else
		sink_span(r->json, string ? SPAN_LIT("null") : text);
	return true;
}

static bool
take_value(struct reader *r, unsigned depth, bool silent)
{
	bool taken, right = take_plain(r, &taken, silent);

	if (taken || !right)
		return right;
	if (take(r, "a:"))
		return depth > 0 && take_array(r, depth - 1, silent);
	if (!silent)
		sink_text(r->json, "null");
	return take_other(r, depth);
}

bool
php_data_read(struct span text, bool php_serialize, struct sink *json)
{
	struct reader r = { text, json };
	bool right = true;
	struct span name;

	if (php_serialize)
		return take(&r, "a:") &&
		       take_array(&r, TOKEN_DEPTH_MAX - 1, false) &&
		       r.rest.n == 0 && !json->full;
	sink_byte(json, '{');
	while (right && r.rest.n > 0) {
		right = take_until(&r, '|', &name) && name.n > 0;
		if (right) {
			put_name(&r, name);
			right = take_value(&r, TOKEN_DEPTH_MAX - 1, false);
		}
	}
	sink_byte(json, '}');
	return right && !json->full;
}

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
