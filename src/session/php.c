#include "session/php.h"

#include "base/limits.h"
#include "base/text.h"
#include "session/proof.h"

#define ID_MIN 22
#define JSON_ROOM 65536

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
	unsigned depth;  /* that is left */
	unsigned silent; /* within so many objects, of which nothing is said */
};

static bool take_value(struct reader *r);

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
take_size(struct reader *r, size_t *n)
{
	struct span digits;
	long long value;

	*n = 0;
	if (!take_until(r, ':', &digits) || !span_digits(digits, &value) ||
	    value > PHP_SESSION_MAX)
		return false;
	*n = (size_t)value;
	return true;
}

/* length ":" open *OCTET end */
static bool
take_octets(
    struct reader *r, const char *open, const char *end, struct span *out)
{
	size_t n;

	if (!take_size(r, &n) || !take(r, open) || r->rest.n < n)
		return false;
	*out = span_head(r->rest, n);
	r->rest = span_skip(r->rest, n);
	return take(r, end);
}

/* [ "-" ] 1*DIGIT ";" */
static bool
take_number(struct reader *r, struct span *out)
{
	bool minus = r->rest.n > 0 && r->rest.p[0] == '-';

	if (!take_until(r, ';', out) || out->n <= minus)
		return false;
	for (size_t i = minus; i < out->n; i++)
		if (out->p[i] < '0' || out->p[i] > '9')
			return false;
	return true;
}

/* One of more than 18 digits is no user's, and becomes null; and so "-0". */
static bool
is_integer(struct span s)
{
	bool minus = s.p[0] == '-';
	long long value;

	return span_digits(span_skip(s, minus), &value) &&
	       !(minus && value == 0);
}

static bool
is_clean(struct span s)
{
	return s.n <= PHP_TEXT_MAX && text_utf8(s) && !text_has_control(s);
}

/* Returns true, for who has taken what is said. */
static bool
put(struct reader *r, const char *text)
{
	if (r->silent == 0)
		sink_text(r->json, text);
	return true;
}

static void
put_text(struct reader *r, struct span text)
{
	if (r->silent > 0)
		return;
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
		put(r, ",");
	put_text(r, is_clean(name) ? name : SPAN_LIT(" "));
	put(r, ":");
}

/* count ":{" *( key value ) "}" */
static bool
take_members(struct reader *r)
{
	struct span key;
	size_t n;

	if (!take_size(r, &n) || !take(r, "{"))
		return false;
	put(r, "{");
	for (size_t i = 0; i < n; i++) {
		if (!(take(r, "i:") ? take_number(r, &key)
				    : take(r, "s:") &&
					  take_octets(r, "\"", "\";", &key)))
			return false;
		put_name(r, key);
		if (!take_value(r))
			return false;
	}
	put(r, "}");
	return take(r, "}");
}

/* An array; or an object, whose members are its class' own business. */
static bool
take_nested(struct reader *r, bool object)
{
	struct span name;
	bool right;

	if (r->depth == 0 || (object && (!take_octets(r, "\"", "\":", &name))))
		return false;
	r->depth--;
	r->silent += object;
	right = take_members(r);
	r->silent -= object;
	r->depth++;
	return right;
}

static bool
take_value(struct reader *r)
{
	struct span text;

	if (take(r, "b:1;"))
		return put(r, "true");
	if (take(r, "b:0;"))
		return put(r, "false");
	if (take(r, "a:"))
		return take_nested(r, false);
	if (take(r, "i:")) {
		if (!take_number(r, &text))
			return false;
		if (!is_integer(text))
			put(r, "null");
		else if (r->silent == 0)
			sink_span(r->json, text);
		return true;
	}
	if (take(r, "s:")) {
		if (!take_octets(r, "\"", "\";", &text))
			return false;
		if (is_clean(text))
			put_text(r, text);
		else
			put(r, "null");
		return true;
	}
	put(r, "null");
	if (take(r, "d:") || take(r, "r:") || take(r, "R:"))
		return take_until(r, ';', &text) && text.n > 0;
	if (take(r, "E:"))
		return take_octets(r, "\"", "\";", &text);
	if (take(r, "O:"))
		return take_nested(r, true);
	if (take(r, "C:")) /* one that serializes itself */
		return take_octets(r, "\"", "\":", &text) &&
		       take_octets(r, "{", "}", &text);
	return take(r, "N;");
}

bool
php_read(struct span text, bool php_serialize, struct sink *json)
{
	struct reader r = { text, json, TOKEN_DEPTH_MAX - 1, 0 };
	struct span name;

	if (php_serialize)
		return take(&r, "a:") && take_members(&r) && r.rest.n == 0 &&
		       !json->full;
	put(&r, "{");
	while (r.rest.n > 0) {
		if (!take_until(&r, '|', &name) || name.n == 0)
			return false;
		put_name(&r, name);
		if (!take_value(&r))
			return false;
	}
	put(&r, "}");
	return !json->full;
}

bool
php_id(struct span id)
{
	return id.n >= ID_MIN && id.n <= PHP_ID_MAX && proof_made_of(id, ",-");
}

static enum session_why
read_session(const struct session_config *config,
    const struct session_asked *asked, struct span id, struct session *out,
    long long *changed)
{
	unsigned char *text = arena_bytes(asked->arena, PHP_SESSION_MAX);
	unsigned char *room = arena_bytes(asked->arena, JSON_ROOM);
	struct php_session_file file = { { NULL, 0 }, 0 };
	enum php_found found;
	struct sink json;

	if (asked->php == NULL || text == NULL || room == NULL)
		return SESSION_REFUSED;
	for (int i = 0; i <= PHP_READS_MORE; i++) {
		sink_init(&json, room, JSON_ROOM);
		found = asked->php->read(asked->php, config->save_path, id,
		    text, PHP_SESSION_MAX, &file);
		if (found == PHP_FOUND_UNTRUSTED)
			return SESSION_PHP_FILE;
		if (found != PHP_FOUND && found != PHP_FOUND_TORN)
			return SESSION_PHP_NONE;
		*changed = file.changed;
		if (found == PHP_FOUND &&
		    php_read(file.text, config->php_serialize, &json))
			return proof_json(sink_view(&json), &out->claims);
	}
	return found == PHP_FOUND ? SESSION_PHP_DATA : SESSION_PHP_TORN;
}

enum session_why
php_open(const struct session_config *config, const struct session_asked *asked,
    struct session *out)
{
	long long changed = 0;
	struct span id;
	enum session_why why = proof_cookie_decoded(asked, config->cookie, &id);

	if (why != SESSION_OK)
		return why;
	if (!php_id(id))
		return SESSION_PHP_ID;
	why = read_session(config, asked, id, out, &changed);
	if (why != SESSION_OK)
		return why;
	if (changed > asked->now + config->leeway)
		return SESSION_FUTURE;
	out->expires = changed + config->max_age;
	if (config->max_age <= 0 || asked->now >= out->expires + config->leeway)
		return SESSION_AGE;
	return proof_claims(config, asked->arena, out);
}
