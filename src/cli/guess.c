#include "cli/guess.h"

#include "base/enc.h"
#include "base/text.h"
#include "http/cookie.h"
#include "session/php.h"
#include "session/proof.h"

static bool
is_json(enum body body, struct span text, struct arena *arena, struct guess *g)
{
	struct json_value object;

	if (proof_object(body, text, arena, &object) != SESSION_OK)
		return false;
	g->says = object.text;
	return true;
}

static struct json_value
object_of(const struct guess *g)
{
	return (struct json_value){
		g->is_text || g->says.n == 0 ? JSON_ABSENT : JSON_KIND_OBJECT,
		g->says
	};
}

/* Is there a text or a number at this path? */
static bool
says(const struct guess *g, const char *path)
{
	struct json_value v = json_path(object_of(g), span_of(path));

	return v.kind == JSON_KIND_STRING || v.kind == JSON_KIND_NUMBER;
}

static bool
says_that(const struct guess *g, const char *name, const char *is)
{
	return json_has_string(
	    json_member(object_of(g), span_of(name)), span_of(is));
}

static void
name_row(struct guess *g, const char *name)
{
	g->row = format_named(span_of(name));
}

/* The bytes of a signature, 0 for what is none. */
static size_t
mac_size(struct span text)
{
	unsigned char mac[DIGEST_MAX];
	size_t n;

	return base64_decode(text, mac, sizeof(mac), &n) ? n : 0;
}

static bool
hash_of_size(size_t n, enum hash *hash)
{
	static const enum hash all[] = { HASH_SHA1, HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (digest_size(all[i]) == n) {
			*hash = all[i];
			return true;
		}
	return false;
}

/* A preset is known by its cookie, or by what its tokens say of themselves. */
static void
name_token(struct span name, struct guess *g)
{
	name_row(g, "jwt");
	for (const struct format_row *row = formats; row->name != NULL; row++)
		if (row->format == FORMAT_JWT && row->cookie != NULL &&
		    span_is(cookie_unprefixed(name), row->cookie))
			g->row = row;
	if (g->row != formats)
		return;
	if (says_that(g, "token_type", "access"))
		name_row(g, "simplejwt");
	else if (says_that(g, "type", "access"))
		name_row(g, "flask-jwt-extended");
	else if (says_that(g, "aud", "fastapi-users:auth"))
		name_row(g, "fastapi-users");
}

/* RFC 7515 7.1, and five parts for what is encrypted (RFC 7516 7.1). */
static bool
guess_token(
    struct span name, struct span value, struct arena *arena, struct guess *g)
{
	static const char *const algorithms[] = { "HS256", "HS384", "HS512" };
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };
	struct span_cut cut = span_cut(value, '.');
	struct guess header = { 0 };

	if (!cut.found || !is_json(BODY_BASE64URL, cut.head, arena, &header) ||
	    !says(&header, "alg"))
		return false;
	if (says(&header, "enc")) {
		g->note =
		    "an encrypted JSON Web Token (Auth.js, NextAuth), which "
		    "is not read here";
		return true;
	}
	cut = span_cut(cut.tail, '.');
	for (size_t i = 0; i < 3; i++)
		if (says_that(&header, "alg", algorithms[i]))
			g->hash = hashes[i];
	if (!is_json(BODY_BASE64URL, cut.head, arena, g))
		g->note = "a JSON Web Token, but what it says is no JSON "
			  "object";
	else if (g->hash == HASH_NONE)
		g->note = "a JSON Web Token, but one that is signed with "
			  "something else than HS256, HS384 or HS512";
	else
		name_token(name, g);
	return true;
}

static bool
guess_supabase(
    struct span name, struct span value, struct arena *arena, struct guess *g)
{
	static const struct span scheme = SPAN_INIT("base64-");
	struct guess outer = { 0 };
	struct span token;

	if (!span_starts(value, scheme))
		return false;
	name_row(g, "supabase");
	g->hash = HASH_SHA256;
	if (is_json(
		BODY_BASE64URL, span_skip(value, scheme.n), arena, &outer) &&
	    json_read_text(
		json_member(object_of(&outer), SPAN_LIT("access_token")), arena,
		&token) &&
	    guess_token(name, token, arena, g) && g->row != NULL)
		name_row(g, "supabase");
	else if (outer.says.n == 0)
		g->note = "one chunk of several: give all of them, as the "
			  "Cookie header has them";
	return true;
}

/* json.dumps() writes a blank behind a colon, and Flask does not. */
static const char *
is_whose(const struct guess *g, bool padded)
{
	struct span cut = span_cut(g->says, ':').tail;

	if (padded && cut.n > 0 && cut.p[0] == ' ')
		return "starlette";
	return "flask";
}

static void
guess_body(
    struct span name, struct span body, struct arena *arena, struct guess *g)
{
	bool padded = body.n % 4 == 0;

	if (is_json(BODY_PACKED, body, arena, g) ||
	    is_json(BODY_BASE64, body, arena, g)) {
		name_row(g, is_whose(g, padded));
		if (g->note == NULL && name.n > 0 &&
		    !span_is(name, g->row->cookie))
			g->note = "itsdangerous itself makes cookies of this "
				  "shape too: format = \"itsdangerous\"";
		return;
	}
	name_row(g, "itsdangerous");
	g->is_text = true;
	g->says = body;
}

/* BODY "." TIME "." MAC, with ":" in Django. */
static bool
guess_itsdangerous(struct span name, struct span value, unsigned char separator,
    struct arena *arena, struct guess *g)
{
	struct span_cut mac = span_cut_last(value, separator);
	struct span_cut time = span_cut_last(mac.head, separator);

	if (!mac.found || !time.found || time.head.n == 0 || time.tail.n < 5 ||
	    time.tail.n > 10 || mac_size(mac.tail) == 0)
		return false;
	if (!hash_of_size(mac_size(mac.tail), &g->hash))
		g->note = "its signature has the length of none: was it cut?";
	if (separator == '.') {
		guess_body(name, time.head, arena, g);
	} else if (is_json(BODY_PACKED, time.head, arena, g)) {
		name_row(g, "django");
	} else {
		name_row(g, "django-cookie");
		g->is_text = true;
		g->says = time.head;
	}
	return true;
}

/* What cookie-signature puts into a value, percent signs undone. */
static bool
guess_signed(
    struct span name, struct span value, struct arena *arena, struct guess *g)
{
	unsigned char *p = arena_bytes(arena, value.n + 1);
	struct span_cut cut;
	bool by_salt;
	size_t n;

	if (p == NULL || !percent_decode(value, p, value.n, &n))
		return false;
	cut = span_cut_last((struct span){ p, n }, '.');
	if (span_starts(cut.head, SPAN_LIT("s:")))
		cut.head = span_skip(cut.head, 2);
	if (!cut.found || mac_size(cut.tail) != digest_size(HASH_SHA256))
		return false;
	g->is_text = !is_json(BODY_PREFIXED, cut.head, arena, g);
	if (g->is_text)
		g->note = format_of_guests(FORMAT_COOKIE_SIGNATURE, name,
		    (struct span){ NULL, 0 }, &by_salt);
	if (g->note != NULL)
		return true;
	name_row(g, "cookie-signature");
	g->hash = HASH_SHA256;
	if (g->is_text)
		g->says = cut.head;
	return true;
}

static bool
guess_keygrip(
    struct span value, bool has_signature, struct arena *arena, struct guess *g)
{
	if (!is_json(BODY_BASE64, value, arena, g))
		return false;
	name_row(g, says(g, "_expire") ? "koa" : "express");
	g->hash = HASH_SHA1;
	if (!has_signature)
		g->note = "the cookie with its signature (the name and .sig) "
			  "was not given";
	return true;
}

/* Nothing but an id: who it is lies elsewhere. */
static void
guess_id(struct span name, struct span value, struct guess *g)
{
	bool id = php_id(value);

	g->note = "nothing that is known here";
	if (id && !span_is(name, "sessionid"))
		name_row(g, "php");
	if (id && span_is(name, "PHPSESSID"))
		g->note = NULL;
	else if (id)
		g->note = "an id of a session that the server keeps: nothing "
			  "in it says who. Only PHP's own can be read";
	if (span_is(name, "sessionid"))
		g->note = "an id of a session in Django's database: nothing in "
			  "it says who. With SESSION_ENGINE = "
			  "\"django.contrib.sessions.backends.signed_cookies\" "
			  "Django writes cookies that can be read";
}

static void
find_user(struct guess *g)
{
	static const char *const paths[] = { "_user_id", "_auth_user_id",
		"passport.user", "sub", "user_id", "userId", "uid", "user.id",
		"user.sub", "user", "username", "id", "_id", "email",
		"data.user" };

	if (g->row != NULL && g->row->user != NULL && g->row->user[0] != '\0' &&
	    says(g, g->row->user)) {
		g->user = span_of(g->row->user);
		return;
	}
	for (size_t i = 0; g->user.n == 0 && i < sizeof(paths) / sizeof(*paths);
	     i++)
		if (says(g, paths[i]))
			g->user = span_of(paths[i]);
}

static void
find_collection(struct arena *arena, struct guess *g)
{
	struct span text;

	if (json_read_text(json_member(object_of(g), SPAN_LIT("collection")),
		arena, &text) &&
	    text_segment(text))
		g->collection = text;
}

/* TEXT "--" HEX, or encrypted BASE64 "--" BASE64 "--" BASE64. */
static bool
is_ruby(struct span value)
{
	size_t parts = 1, at = 0, digits = 0;

	for (size_t i = 0; i + 1 < value.n; i++)
		if (value.p[i] == '-' && value.p[i + 1] == '-') {
			parts++;
			at = i += 2;
		}
	while (at + digits < value.n && hex_digit(value.p[at + digits]) >= 0)
		digits++;
	if (parts >= 2 && digits >= 40 && at + digits == value.n)
		return true;
	return parts == 3 && (span_ends(value, SPAN_LIT("%3D%3D")) ||
				 span_ends(value, SPAN_LIT("==")));
}

/* What a cookie is that is not read here; NULL for one that might be read. */
static const char *
guess_other(struct span name, struct span value)
{
	static const struct {
		const char *start, *note;
	} names[] = { { "wordpress_logged_in",
			  "WordPress's, whose key needs the "
			  "database" },
		{ "laravel_session", "Laravel's, encrypted" },
		{ "JSESSIONID", "the id of a Java server's session: nothing in "
				"it says who" } },
	  values[] = { { "Fe26.2*", "an iron seal (iron-session, Nuxt, hapi), "
				    "and encrypted" },
		  { "eyJpdiI6", "Laravel's, encrypted" },
		  { "2|", "Tornado's, which is not read here" },
		  { "SFMyNTY.", "Phoenix's, which is not read here" },
		  { "CfDJ8", "ASP.NET Core's, encrypted" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_starts(name, span_of(names[i].start)))
			return names[i].note;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (span_starts(value, span_of(values[i].start)))
			return values[i].note;
	return is_ruby(value) ? "one of Rails, Rack or Mojolicious, which are "
				"not read here"
			      : NULL;
}

void
guess_format(struct span name, struct span value, bool has_signature,
    struct arena *arena, struct guess *out)
{
	*out = (struct guess){ .note = guess_other(name, value) };
	if (out->note != NULL)
		return;
	if (!guess_supabase(name, value, arena, out) &&
	    !guess_token(name, value, arena, out) &&
	    !guess_itsdangerous(name, value, ':', arena, out) &&
	    !guess_itsdangerous(name, value, '.', arena, out) &&
	    !guess_signed(name, value, arena, out) &&
	    !guess_keygrip(value, has_signature, arena, out))
		guess_id(name, value, out);
	find_user(out);
	find_collection(arena, out);
}

const char *
guess_algorithm(const struct guess *g)
{
	static const char *const tokens[] = { [HASH_SHA256] = "HS256",
		[HASH_SHA384] = "HS384",
		[HASH_SHA512] = "HS512" };
	static const char *const others[] = { [HASH_SHA1] = "sha1",
		[HASH_SHA256] = "sha256",
		[HASH_SHA384] = "sha384",
		[HASH_SHA512] = "sha512" };

	return (g->row->takes & TAKES_JWT) != 0 ? tokens[g->hash]
						: others[g->hash];
}
