#include "cli/inspect.h"
#include "session/formats.h"

/* Sentences that need nothing but themselves. */
static const char *
plain_cause(enum session_why why)
{
	static const char *const causes[SESSION_WHY_COUNT] = {
		[SESSION_TWO_COOKIES] =
		    "An older cookie of another path or domain was left "
		    "behind: delete it in the browser, and let the login set "
		    "one Path and Domain.",
		[SESSION_BAD_COOKIE] =
		    "It was cut or changed on its way, or is not the whole "
		    "value.",
		[SESSION_FORM] = "Another program's cookie, or another format "
				 "than the configured one.",
		[SESSION_SHAPE] = "Another program's cookie, or another "
				  "format than the configured one.",
		[SESSION_MAC_SIZE] =
		    "It was cut or changed on its way, is another program's, "
		    "or is signed with another algorithm: set algorithm to the "
		    "framework's (RS256, ES256 and other public keys are not "
		    "read yet).",
		[SESSION_JSON] = "The framework signs something else than "
				 "JSON (pickle, another serializer).",
		[SESSION_ALGORITHM] =
		    "If this is your login's token, set algorithm to what "
		    "its header says.",
		[SESSION_HEADER] = "Tokens with such a header are read by "
				   "nothing here: let the login leave it out.",
		[SESSION_EXPIRY_MISSING] =
		    "The login must say when it ends: exp in seconds (koa: a "
		    "maxAge, not \"session\" with a store).",
		[SESSION_EXPIRED] =
		    "Log in again. If you just did, compare the clocks of "
		    "the two machines (date -u).",
		[SESSION_EXPIRY_FAR] =
		    "The login writes milliseconds (Date.now()) where "
		    "seconds are due, or a life of more than 400 days.",
		[SESSION_OWN_END] =
		    "This is no cookie cache of Better Auth, but another token "
		    "of the same secret.",
		[SESSION_ENDED] = "Log in again.",
		[SESSION_TIME] = "The login writes a text where a number of "
				 "seconds is due.",
		[SESSION_NOT_YET] = "Compare the clocks of the two machines "
				    "(date -u); leeway takes up to 300 "
				    "seconds.",
		[SESSION_FUTURE] = "Compare the clocks of the two machines "
				   "(date -u); leeway takes up to 300 "
				   "seconds.",
		[SESSION_AGE] =
		    "Log in again, or set max_age to what the framework has.",
		[SESSION_STAMP] =
		    "It was signed by a class that writes no time "
		    "(URLSafeSerializer, Signer): timed = false reads that, "
		    "and such a cookie never expires.",
		[SESSION_AUDIENCE] = "Set audience to the token's aud, if "
				     "that is your site's.",
		[SESSION_ISSUER] = "Set issuer to the token's iss, if that is "
				   "your login's.",
		[SESSION_CLAIM] =
		    "This is another kind of token (a refresh token?) or of "
		    "account (a guest's, another collection's), or this user "
		    "lacks what session.require asks for.",
		[SESSION_TWICE] = "No framework writes that: somebody made it "
				  "to be read in two ways.",
		[SESSION_TWO_SIGNATURES] =
		    "An older cookie of another path or domain was left "
		    "behind: delete it in the browser.",
		[SESSION_CHUNKS] = "Give all chunks, .0 and on, as the Cookie "
				   "header has them.",
		[SESSION_DEFLATED] = "It was cut, or the session holds more "
				     "than 64 KiB.",
		[SESSION_NO_VARIABLE] =
		    "The web server checks nobody at this address, or "
		    "passes the name in another variable.",
		[SESSION_NO_AUTH_TYPE] =
		    "The web server has checked nobody, or does not say so: "
		    "give a variable of its own, as in etc/frameworks.md.",
		[SESSION_BAD_VARIABLE] = "The name is too long, or has "
					 "control characters in it.",
		[SESSION_PHP_ID] = "The cookie is another program's: PHP's "
				   "ids are 22 to 256 letters and digits.",
		[SESSION_PHP_FILE] =
		    "This program does not run as PHP's user. What it runs as "
		    "and what owns the file must be the same.",
		[SESSION_PHP_TORN] = "Try again.",
		[SESSION_PHP_DATA] =
		    "session.serialize_handler of PHP is another than "
		    "serialize_handler here.",
	};

	return (unsigned)why < SESSION_WHY_COUNT ? causes[why] : NULL;
}

static void
cause_of_mac(const struct session_config *config, struct sink *out)
{
	const struct format_row *row = format_named(span_of(config->name));

	sink_say(out,
	    "  The key's file does not hold %s: another secret, a blank or a "
	    "line too many,\n"
	    "  or a key in hex or base64 (encoding). After a change of keys, "
	    "the old one may\n"
	    "  stand beside the new one in keys for a while.\n",
	    row != NULL && row->secret != NULL ? row->secret : "the secret");
	if (config->format == FORMAT_KEYGRIP || config->signing.salt_has_cookie)
		sink_text(out, "  The cookie's name is signed too, so it must "
			       "be the framework's.\n");
	if (config->format == FORMAT_ITSDANGEROUS)
		sink_text(out, "  Or the framework was told another salt, key "
			       "derivation or digest.\n");
}

void
inspect_cause(
    const struct session_config *config, enum session_why why, struct sink *out)
{
	const char *plain = plain_cause(why);

	if (plain != NULL)
		sink_say(out, "  %s\n", plain);
	else if (why == SESSION_MAC)
		cause_of_mac(config, out);
	else if (why == SESSION_NO_COOKIE)
		sink_say(out,
		    "  Is its name %v? Was it set for this host, with Path=/, "
		    "and over https if it is Secure?\n",
		    config->cookie);
	else if (why == SESSION_NO_SIGNATURE)
		sink_say(out,
		    "  Give both: \"%v=...; %v.sig=...\". If there is no "
		    "second cookie, the framework\n"
		    "  was told not to sign (signed: false).\n",
		    config->cookie, config->cookie);
	else if (why == SESSION_USER && config->user.n > 0)
		sink_say(out,
		    "  A guest's session; or session.user (%v) is not the "
		    "path to the user's id,\n"
		    "  which must be a text or a whole number.\n",
		    config->user);
	else if (why == SESSION_USER)
		sink_text(out, "  What was signed is no name: with JSON in "
			       "it, session.user must be the path.\n");
	else if (why == SESSION_PHP_NONE)
		sink_say(out,
		    "  PHP has ended it, or keeps its sessions elsewhere than "
		    "in %v, or\n"
		    "  not in files (session.save_handler).\n",
		    config->save_path);
}
