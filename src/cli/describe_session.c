#include "cli/describe.h"
#include "session/formats.h"

/* As RFC 7518 3.1 and as hashlib and Node name them. */
static const char *
token_hash(enum hash hash)
{
	return hash == HASH_SHA512   ? "HS512"
	       : hash == HASH_SHA384 ? "HS384"
				     : "HS256";
}

const char *
describe_hash(enum hash hash)
{
	return hash == HASH_SHA1     ? "SHA-1"
	       : hash == HASH_SHA384 ? "SHA-384"
	       : hash == HASH_SHA512 ? "SHA-512"
				     : "SHA-256";
}

static void
describe_cookie(const struct session_config *session, struct sink *out)
{
	sink_say(out, " the cookie %v%s; the user is ", session->cookie,
	    session->bearer ? ", or as a bearer token" : "");
	if (session->user.n > 0)
		sink_say(out, "its %v.\n", session->user);
	else
		sink_text(out, "what was signed.\n");
}

/* One sentence: what is the proof, and where does it say who? */
static void
describe_proof(const struct session_config *session, struct sink *out)
{
	const struct format_row *row = format_named(span_of(session->name));

	switch (session->format) {
	case FORMAT_REMOTE_USER:
		sink_say(out,
		    "Session: none; the user is who the web server says in "
		    "%v.\n",
		    session->variable);
		return;
	case FORMAT_PHP:
		sink_say(out,
		    "Session: PHP's own, in the folder %v (handler %s), by",
		    session->save_path,
		    session->php_serialize ? "php_serialize" : "php");
		return;
	case FORMAT_JWT:
	case FORMAT_SUPABASE:
		sink_say(
		    out, "Session: a JWT with %s", token_hash(session->hash));
		break;
	case FORMAT_ITSDANGEROUS:
	case FORMAT_KEYGRIP:
	case FORMAT_COOKIE_SIGNATURE:
	case FORMAT_NONE:
	default:
		sink_say(out, "Session: signed with HMAC and %s",
		    describe_hash(session->hash));
		break;
	}
	if (row != NULL && row != formats)
		sink_say(out, " (format = \"%s\": %s)", row->name, row->of);
	sink_text(out, " in");
}

static void
describe_keys(const struct session_config *session, struct sink *out)
{
	if (session->n_keys == 0)
		return;
	sink_text(
	    out, session->n_keys == 1 ? "  Its key is " : "  Its keys are ");
	for (size_t i = 0; i < session->n_keys; i++)
		sink_say(out, "%s%v (****)", i == 0 ? "" : ", ",
		    session->keys[i].id);
	sink_text(out, ".\n");
}

static void
describe_audience(const struct session_config *session, struct sink *out)
{
	if (session->issuer.n > 0)
		sink_say(out, "  Its issuer must be %v.\n", session->issuer);
	if (session->audience.n > 0)
		sink_say(
		    out, "  Its audience must be %v.\n", session->audience);
	else
		sink_text(out,
		    "  One that names an audience (aud) is refused: none is "
		    "configured.\n");
}

/* Does nothing in such a proof, and nothing configured, ever end it? */
static bool
is_endless(const struct session_config *session)
{
	const struct format_row *row = format_named(span_of(session->name));

	return session->max_age == 0 &&
	       ((row != NULL && row->endless) ||
		   session->format == FORMAT_ITSDANGEROUS);
}

void
describe_session(const struct session_config *session, struct sink *out)
{
	describe_proof(session, out);
	if (session->cookie.n > 0)
		describe_cookie(session, out);
	describe_keys(session, out);
	if (session->format == FORMAT_JWT || session->format == FORMAT_SUPABASE)
		describe_audience(session, out);
	if (session->max_age > 0)
		sink_say(out,
		    session->format == FORMAT_PHP
			? "  It ends %d seconds after PHP last used it.\n"
			: "  It may be at most %d seconds old.\n",
		    session->max_age);
	if (is_endless(session))
		sink_text(out,
		    "  IT NEVER EXPIRES: whoever has a copy is that user until "
		    "the key changes.\n");
	if (session->leeway > 0)
		sink_say(out, "  Clocks may differ by %d seconds.\n",
		    session->leeway);
	describe_require(session->require, session->n_require, out);
}
