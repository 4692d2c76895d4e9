#include "cli/explain_cause.h"

/* %q, at most once, is the parameter. */
struct row {
	const char *code, *says;
	bool named; /* says has a %q */
};

#define ROW(code, says)                                                        \
	{                                                                      \
		code, says, false                                              \
	}
#define NAMED(code, says)                                                      \
	{                                                                      \
		code, says, true                                               \
	}

static const struct row rows[CAUSE_COUNT] = {
	[CAUSE_NONE] = ROW("none", "Nothing that is tried here fits."),
	[CAUSE_SOURCE_UW] = ROW("source_uw",
	    "The Upload Widget sends source=uw, and it was not signed: sign "
	    "every parameter that the widget hands over, unchanged."),
	[CAUSE_NOT_SIGNED] = NAMED("not_signed",
	    "Sent but not signed: %q. Every parameter that is sent is signed "
	    "(but file, cloud_name, resource_type and api_key)."),
	[CAUSE_NOT_SENT] = NAMED("not_sent",
	    "Signed but not sent: %q. Send it too, or leave it out of what is "
	    "signed."),
	[CAUSE_EXCLUDED] = NAMED("excluded_signed",
	    "%q was signed, and never is: file, cloud_name, resource_type, "
	    "api_key and signature stay out of the string."),
	[CAUSE_EMPTY] = NAMED("empty_signed",
	    "%q is empty and was signed; Cloudinary leaves a parameter without "
	    "a value out of the string, so leave it out as well."),
	[CAUSE_NULL] = NAMED("null_text",
	    "The value of %q is a null or undefined that became text on one "
	    "side only: leave the parameter out where there is no value."),
	[CAUSE_VALUE] = NAMED("other_value",
	    "%q was signed with another value than the one that was sent."),
	[CAUSE_BOOLEAN] = NAMED("boolean",
	    "The truth value of %q was signed in another spelling than it was "
	    "sent (true, True, 1): sign the text that is sent."),
	[CAUSE_LIST_ORDER] = NAMED("list_order",
	    "The list in %q was signed in another order than it was sent."),
	[CAUSE_LIST_JOIN] = NAMED("list_join",
	    "The list in %q is signed as its elements with a comma between "
	    "them, without blanks or brackets."),
	[CAUSE_NAME_ORDER] = ROW("name_order",
	    "The parameters were not sorted by name before they were signed."),
	[CAUSE_ENCODED] = NAMED("percent_encoded",
	    "%q was percent-encoded (URL-encoded) before it was signed: sign "
	    "the text itself, and encode when it is sent."),
	[CAUSE_DECODED] = NAMED("percent_decoded",
	    "%q reached Cloudinary percent-encoded once more than it was "
	    "signed: it was encoded twice on its way, or decoded before it was "
	    "signed."),
	[CAUSE_PLUS] = NAMED("plus",
	    "A blank in %q is a + on the other side: in a form or a query + "
	    "stands for a blank, and a plus is %2B."),
	[CAUSE_HTML] = NAMED("html_escaped",
	    "%q has HTML escapes (&amp; and the like) on one side only."),
	[CAUSE_QUOTES] = NAMED("quoted_value",
	    "%q was signed with quotes around its value that were not sent."),
	[CAUSE_LETTER_CASE] = NAMED("letter_case",
	    "%q was signed with other capital letters than it was sent."),
	[CAUSE_LATIN1] = NAMED("latin1",
	    "%q has letters outside ASCII, and they were not UTF-8 when it was "
	    "signed (Latin-1, or question marks)."),
	[CAUSE_DOUBLE_UTF8] = NAMED("double_utf8",
	    "%q has letters outside ASCII that were encoded to UTF-8 twice on "
	    "one side."),
	[CAUSE_NORMAL_FORM] = NAMED("normal_form",
	    "%q has letters with marks, composed on one side and taken apart "
	    "on the other (Unicode NFC and NFD; a Mac's file names)."),
	[CAUSE_LINE_END] = NAMED("line_end",
	    "%q has other line ends than it was signed with (a newline behind "
	    "it, or CRLF for LF)."),
	[CAUSE_BLANK] = NAMED(
	    "blank", "%q has a blank before or behind it on one side only."),
	[CAUSE_VERSION_1] = NAMED("version_1",
	    "%q holds an &, and the string was made in the old way "
	    "(signature_version 1), where & does not become %26: bring the SDK "
	    "up to date."),
	[CAUSE_VERSION_2] = NAMED("version_2",
	    "%q holds an &, which became %26 where Cloudinary's string "
	    "has the & itself (signature_version 2 and 1)."),
	[CAUSE_CAMEL_CASE] = NAMED("camel_case",
	    "%q was signed under the widget's camelCase name, and sent under "
	    "Cloudinary's."),
	[CAUSE_SEPARATOR] = ROW("separator",
	    "The parameters were put together in another way: it is "
	    "name=value with & between them, and nothing before or behind."),
	[CAUSE_JSON] = ROW("json",
	    "JSON was signed: what is signed is name=value, sorted, with & "
	    "between them."),
	[CAUSE_TIMESTAMP_UNIT] = ROW("timestamp_unit",
	    "The timestamp was signed in milliseconds and sent in seconds, or "
	    "the other way round: it is seconds on both sides."),
	[CAUSE_TIMESTAMP_OTHER] = ROW("timestamp_other",
	    "Another timestamp was signed than was sent: take the time once, "
	    "and send the one that was signed (the widget brings its own)."),
	[CAUSE_STRING] = ROW("other_string",
	    "Another string was signed than Cloudinary made of what was "
	    "sent."),
	[CAUSE_RIGHT] = ROW("right",
	    "This signature is right for that string under the configured "
	    "secret. So Cloudinary's secret is another one: the api_key that "
	    "was sent belongs to another account or another key, the secret "
	    "was replaced in the Console, or the account takes SHA-256 only."),
	[CAUSE_UNKNOWN_KEY] = ROW("unknown_api_key",
	    "This signature is right for that string under the configured "
	    "secret, but the api_key that was sent is none of the "
	    "configuration's: key and secret belong together."),
	[CAUSE_ALGORITHM] = ROW("algorithm",
	    "It was made with another hash than the configured "
	    "signature_algorithm, and is right apart from that: an account may "
	    "be limited to one (SHA-256 only)."),
	[CAUSE_HMAC] = ROW("hmac",
	    "It is an HMAC. Cloudinary's is a plain hash of the string with "
	    "the secret right behind it."),
	[CAUSE_SECRET_FIRST] = ROW("secret_first",
	    "The secret was put before the string; it belongs right behind "
	    "it."),
	[CAUSE_SECRET_JOINED] = ROW("secret_joined",
	    "Something was put between the string and the secret (& or "
	    "&api_secret=); the secret follows at once."),
	[CAUSE_API_KEY] =
	    ROW("api_key", "The API key was used in place of the API secret."),
	[CAUSE_OTHER_CLOUD] = ROW("other_cloud",
	    "It was made with the secret of another account than the one that "
	    "was asked."),
	[CAUSE_OLD_SECRET] = ROW("old_secret",
	    "It was made with one of verify_secret_files, not with the "
	    "account's "
	    "api_secret: a replaced secret, or another key's."),
	[CAUSE_SECRET_QUOTED] = ROW("secret_quoted",
	    "The secret had quotes around it, as they stand in a .env file: "
	    "they are no part of it."),
	[CAUSE_SECRET_LINE_END] = ROW("secret_line_end",
	    "The secret had a newline (or CR) behind it, as a file or a pasted "
	    "line ends: cut it off."),
	[CAUSE_SECRET_BLANK] = ROW("secret_blank",
	    "The secret had a blank before or behind it: cut it off."),
	[CAUSE_SECRET_CUT] = ROW("secret_cut",
	    "A character or two of the secret were missing, at its beginning "
	    "or end: copy it anew."),
	[CAUSE_SECRET_CASE] = ROW("secret_case",
	    "The secret was all in lower or upper case: its letters count as "
	    "they are."),
	[CAUSE_SECRET_URL] = ROW("secret_url",
	    "CLOUDINARY_URL, or a part of it, was used as the secret, which "
	    "stands between the second colon and the @."),
	[CAUSE_NO_SECRET] = ROW("no_secret",
	    "No secret was used: it was empty, or the word undefined or null, "
	    "because the program did not find it in its environment."),
	[CAUSE_BASE64] = ROW("base64",
	    "The signature was sent in base64: it is lower-case hex."),
	[CAUSE_UPPER_HEX] = ROW("upper_hex",
	    "The signature was sent in upper-case hex: it is lower-case."),
	[CAUSE_SIGNATURE_PADDED] = ROW("signature_padded",
	    "The signature had quotes, blanks or a newline around it: the bare "
	    "hex digits are sent (a text answer read as JSON, or the other way "
	    "round)."),
	[CAUSE_SIGNATURE_MISSING] = ROW("signature_missing",
	    "No signature was sent (nothing, undefined, null or an object as "
	    "text): the signing call failed, or its answer was read wrongly. "
	    "Look at what it answered."),
	[CAUSE_SIGNATURE_JSON] = ROW("signature_json",
	    "The whole JSON answer of the signing call was sent as the "
	    "signature: it is the member \"signature\" of it."),
	[CAUSE_SIGNATURE_MD5] = ROW("signature_md5",
	    "32 hex digits are an MD5; Cloudinary takes SHA-1 (40 digits) and "
	    "SHA-256 (64)."),
	[CAUSE_SIGNATURE_LENGTH] = ROW("signature_length",
	    "That is no signature: one is 40 hex digits (SHA-1) or 64 "
	    "(SHA-256). It was cut, or is something else."),
	[CAUSE_TIME_MISSING] = ROW("timestamp_missing",
	    "There is no timestamp in the string: every signed call has one."),
	[CAUSE_TIME_TEXT] = ROW("timestamp_text",
	    "The timestamp is no plain number of seconds since 1970."),
	[CAUSE_TIME_MILLISECONDS] = ROW("timestamp_milliseconds",
	    "The timestamp is in milliseconds (Date.now()); it is in seconds: "
	    "Math.floor(Date.now() / 1000)."),
	[CAUSE_TIME_OLD] = ROW("timestamp_old",
	    "The timestamp is more than an hour old, and a signature is good "
	    "for one hour: the page was open for so long with a fixed one, or "
	    "the clock of the machine that made it is slow."),
	[CAUSE_TIME_FUTURE] = ROW("timestamp_future",
	    "The timestamp is in the future: the clock of the machine that "
	    "made it is fast, or it wrote local time."),
	[CAUSE_CLOCK_SLOW] = ROW("clock_slow",
	    "By this machine's clock the timestamp is not an hour old, but by "
	    "Cloudinary's it is: this clock is slow. Set it (NTP)."),
	[CAUSE_SECRET_EXPOSED] = ROW("secret_exposed",
	    "An API secret stands in what was given (*** here). It is hashed "
	    "behind the string, and never sent, logged or shown: whoever saw "
	    "that text can sign, so replace the secret in the Console."),
};

const char *
cause_code(enum cause cause)
{
	return rows[(unsigned)cause < CAUSE_COUNT ? cause : 0].code;
}

void
cause_say(enum cause cause, struct span name, struct sink *out)
{
	const struct row *row =
	    &rows[(unsigned)cause < CAUSE_COUNT ? cause : 0];
	const char *p = row->says;

	for (; *p != '\0'; p++) {
		if (!row->named || p[0] != '%' || p[1] != 'q') {
			sink_byte(out, (unsigned char)*p);
			continue;
		}
		p++;
		if (name.n == 0)
			sink_text(out, "the string");
		else
			sink_say(out, "%q", name);
	}
}
