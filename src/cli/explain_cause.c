#include "cli/explain_cause.h"

/* %q, at most once, is the parameter. */
struct row {
	const char *code, *says;
};

static const struct row rows[CAUSE_COUNT] = {
	[CAUSE_NONE] = { "none", "Nothing that is tried here fits." },
	[CAUSE_SOURCE_UW] = { "source_uw",
	    "The Upload Widget sends source=uw, and it was not signed: sign "
	    "every parameter that the widget hands over, unchanged." },
	[CAUSE_NOT_SIGNED] = { "not_signed",
	    "Sent but not signed: %q. Every parameter that is sent is signed "
	    "(but file, cloud_name, resource_type and api_key)." },
	[CAUSE_NOT_SENT] = { "not_sent",
	    "Signed but not sent: %q. Send it too, or leave it out of what is "
	    "signed." },
	[CAUSE_EXCLUDED] = { "excluded_signed",
	    "%q was signed, and never is: file, cloud_name, resource_type, "
	    "api_key and signature stay out of the string." },
	[CAUSE_EMPTY] = { "empty_signed",
	    "%q is empty and was signed; Cloudinary leaves a parameter without "
	    "a value out of the string, so leave it out as well." },
	[CAUSE_NULL] = { "null_text",
	    "The value of %q is a null or undefined that became text on one "
	    "side only: leave the parameter out where there is no value." },
	[CAUSE_VALUE] = { "other_value",
	    "%q was signed with another value than the one that was sent." },
	[CAUSE_BOOLEAN] = { "boolean",
	    "The truth value of %q was signed in another spelling than it was "
	    "sent (true, True, 1): sign the text that is sent." },
	[CAUSE_LIST_ORDER] = { "list_order",
	    "The list in %q was signed in another order than it was sent." },
	[CAUSE_LIST_JOIN] = { "list_join",
	    "The list in %q is signed as its elements with a comma between "
	    "them, without blanks or brackets." },
	[CAUSE_NAME_ORDER] = { "name_order",
	    "The parameters were not sorted by name before they were signed." },
	[CAUSE_ENCODED] = { "percent_encoded",
	    "%q was percent-encoded (URL-encoded) before it was signed: sign "
	    "the text itself, and encode when it is sent." },
	[CAUSE_DECODED] = { "percent_decoded",
	    "%q reached Cloudinary percent-encoded once more than it was "
	    "signed: it was encoded twice on its way, or decoded before it was "
	    "signed." },
	[CAUSE_PLUS] = { "plus",
	    "A blank in %q is a + on the other side: in a form or a query + "
	    "stands for a blank, and a plus is %2B." },
	[CAUSE_HTML] = { "html_escaped",
	    "%q has HTML escapes (&amp; and the like) on one side only." },
	[CAUSE_QUOTES] = { "quoted_value",
	    "%q was signed with quotes around its value that were not sent." },
	[CAUSE_LETTER_CASE] = { "letter_case",
	    "%q was signed with other capital letters than it was sent." },
	[CAUSE_LATIN1] = { "latin1",
	    "%q has letters outside ASCII, and they were not UTF-8 when it was "
	    "signed (Latin-1, or question marks)." },
	[CAUSE_DOUBLE_UTF8] = { "double_utf8",
	    "%q has letters outside ASCII that were encoded to UTF-8 twice on "
	    "one side." },
	[CAUSE_NORMAL_FORM] = { "normal_form",
	    "%q has letters with marks, composed on one side and taken apart "
	    "on the other (Unicode NFC and NFD; a Mac's file names)." },
	[CAUSE_LINE_END] = { "line_end",
	    "%q has other line ends than it was signed with (a newline behind "
	    "it, or CRLF for LF)." },
	[CAUSE_BLANK] = { "blank",
	    "%q has a blank before or behind it on one side only." },
	[CAUSE_VERSION_1] = { "version_1",
	    "%q holds an &, and the string was made in the old way "
	    "(signature_version 1), where & does not become %26: bring the SDK "
	    "up to date." },
	[CAUSE_VERSION_2] = { "version_2",
	    "%q holds an &, which became %26 where Cloudinary's string "
	    "has the & itself (signature_version 2 and 1)." },
	[CAUSE_CAMEL_CASE] = { "camel_case",
	    "%q was signed under the widget's camelCase name, and sent under "
	    "Cloudinary's." },
	[CAUSE_SEPARATOR] = { "separator",
	    "The parameters were put together in another way: it is "
	    "name=value with & between them, and nothing before or behind." },
	[CAUSE_JSON] = { "json",
	    "JSON was signed: what is signed is name=value, sorted, with & "
	    "between them." },
	[CAUSE_TIMESTAMP_UNIT] = { "timestamp_unit",
	    "The timestamp was signed in milliseconds and sent in seconds, or "
	    "the other way round: it is seconds on both sides." },
	[CAUSE_TIMESTAMP_OTHER] = { "timestamp_other",
	    "Another timestamp was signed than was sent: take the time once, "
	    "and send the one that was signed (the widget brings its own)." },
	[CAUSE_STRING] = { "other_string",
	    "Another string was signed than Cloudinary made of what was "
	    "sent." },
	[CAUSE_RIGHT] = { "right",
	    "This signature is right for that string under the configured "
	    "secret. So Cloudinary's secret is another one: the api_key that "
	    "was sent belongs to another account or another key, the secret "
	    "was replaced in the Console, or the account takes SHA-256 only." },
	[CAUSE_UNKNOWN_KEY] = { "unknown_api_key",
	    "This signature is right for that string under the configured "
	    "secret, but the api_key that was sent is none of the "
	    "configuration's: key and secret belong together." },
	[CAUSE_ALGORITHM] = { "algorithm",
	    "It was made with another hash than the configured "
	    "signature_algorithm, and is right apart from that: an account may "
	    "be limited to one (SHA-256 only)." },
	[CAUSE_HMAC] = { "hmac",
	    "It is an HMAC. Cloudinary's is a plain hash of the string with "
	    "the secret right behind it." },
	[CAUSE_SECRET_FIRST] = { "secret_first",
	    "The secret was put before the string; it belongs right behind "
	    "it." },
	[CAUSE_SECRET_JOINED] = { "secret_joined",
	    "Something was put between the string and the secret (& or "
	    "&api_secret=); the secret follows at once." },
	[CAUSE_API_KEY] = { "api_key",
	    "The API key was used in place of the API secret." },
	[CAUSE_OTHER_CLOUD] = { "other_cloud",
	    "It was made with the secret of another account than the one that "
	    "was asked." },
	[CAUSE_OLD_SECRET] = { "old_secret",
	    "It was made with one of verify_secret_files, not with the "
	    "account's "
	    "api_secret: a replaced secret, or another key's." },
	[CAUSE_SECRET_QUOTED] = { "secret_quoted",
	    "The secret had quotes around it, as they stand in a .env file: "
	    "they are no part of it." },
	[CAUSE_SECRET_LINE_END] = { "secret_line_end",
	    "The secret had a newline (or CR) behind it, as a file or a pasted "
	    "line ends: cut it off." },
	[CAUSE_SECRET_BLANK] = { "secret_blank",
	    "The secret had a blank before or behind it: cut it off." },
	[CAUSE_SECRET_CUT] = { "secret_cut",
	    "A character or two of the secret were missing, at its beginning "
	    "or end: copy it anew." },
	[CAUSE_SECRET_CASE] = { "secret_case",
	    "The secret was all in lower or upper case: its letters count as "
	    "they are." },
	[CAUSE_SECRET_URL] = { "secret_url",
	    "CLOUDINARY_URL, or a part of it, was used as the secret, which "
	    "stands between the second colon and the @." },
	[CAUSE_NO_SECRET] = { "no_secret",
	    "No secret was used: it was empty, or the word undefined or null, "
	    "because the program did not find it in its environment." },
	[CAUSE_BASE64] = { "base64",
	    "The signature was sent in base64: it is lower-case hex." },
	[CAUSE_UPPER_HEX] = { "upper_hex",
	    "The signature was sent in upper-case hex: it is lower-case." },
	[CAUSE_SIGNATURE_PADDED] = { "signature_padded",
	    "The signature had quotes, blanks or a newline around it: the bare "
	    "hex digits are sent (a text answer read as JSON, or the other way "
	    "round)." },
	[CAUSE_SIGNATURE_MISSING] = { "signature_missing",
	    "No signature was sent (nothing, undefined, null or an object as "
	    "text): the signing call failed, or its answer was read wrongly. "
	    "Look at what it answered." },
	[CAUSE_SIGNATURE_JSON] = { "signature_json",
	    "The whole JSON answer of the signing call was sent as the "
	    "signature: it is the member \"signature\" of it." },
	[CAUSE_SIGNATURE_MD5] = { "signature_md5",
	    "32 hex digits are an MD5; Cloudinary takes SHA-1 (40 digits) and "
	    "SHA-256 (64)." },
	[CAUSE_SIGNATURE_LENGTH] = { "signature_length",
	    "That is no signature: one is 40 hex digits (SHA-1) or 64 "
	    "(SHA-256). It was cut, or is something else." },
	[CAUSE_TIME_MISSING] = { "timestamp_missing",
	    "There is no timestamp in the string: every signed call has one." },
	[CAUSE_TIME_TEXT] = { "timestamp_text",
	    "The timestamp is no plain number of seconds since 1970." },
	[CAUSE_TIME_MILLISECONDS] = { "timestamp_milliseconds",
	    "The timestamp is in milliseconds (Date.now()); it is in seconds: "
	    "Math.floor(Date.now() / 1000)." },
	[CAUSE_TIME_OLD] = { "timestamp_old",
	    "The timestamp is more than an hour old, and a signature is good "
	    "for one hour: the page was open for so long with a fixed one, or "
	    "the clock of the machine that made it is slow." },
	[CAUSE_TIME_FUTURE] = { "timestamp_future",
	    "The timestamp is in the future: the clock of the machine that "
	    "made it is fast, or it wrote local time." },
	[CAUSE_CLOCK_SLOW] = { "clock_slow",
	    "By this machine's clock the timestamp is not an hour old, but by "
	    "Cloudinary's it is: this clock is slow. Set it (NTP)." },
	[CAUSE_SECRET_EXPOSED] = { "secret_exposed",
	    "An API secret stands in what was given (*** here). It is hashed "
	    "behind the string, and never sent, logged or shown: whoever saw "
	    "that text can sign, so replace the secret in the Console." },
};

const char *
cause_code(enum cause cause)
{
	return rows[(unsigned)cause < CAUSE_COUNT ? cause : 0].code;
}

void
cause_say(enum cause cause, struct span name, struct sink *out)
{
	const char *says = rows[(unsigned)cause < CAUSE_COUNT ? cause : 0].says;
	const char *at = strstr(says, "%q");

	if (at == NULL) {
		sink_text(out, says);
		return;
	}
	sink_span(out, span_head(span_of(says), (size_t)(at - says)));
	if (name.n == 0)
		sink_text(out, "the string");
	else
		sink_say(out, "%q", name);
	sink_text(out, at + 2);
}
