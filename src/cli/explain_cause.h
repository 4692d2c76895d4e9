/* What can be wrong with a signature, each with a code and in sentences. */
#ifndef CLI_EXPLAIN_CAUSE_H
#define CLI_EXPLAIN_CAUSE_H

#include "base/sink.h"

enum cause {
	CAUSE_NONE = 0,
	/* Another string was signed. */
	CAUSE_SOURCE_UW,
	CAUSE_NOT_SIGNED,
	CAUSE_NOT_SENT,
	CAUSE_EXCLUDED,
	CAUSE_EMPTY,
	CAUSE_NULL,
	CAUSE_VALUE,
	CAUSE_BOOLEAN,
	CAUSE_LIST_ORDER,
	CAUSE_LIST_JOIN,
	CAUSE_NAME_ORDER,
	CAUSE_ENCODED,
	CAUSE_DECODED,
	CAUSE_PLUS,
	CAUSE_HTML,
	CAUSE_QUOTES,
	CAUSE_LETTER_CASE,
	CAUSE_LATIN1,
	CAUSE_DOUBLE_UTF8,
	CAUSE_NORMAL_FORM,
	CAUSE_LINE_END,
	CAUSE_BLANK,
	CAUSE_VERSION_1,
	CAUSE_VERSION_2,
	CAUSE_CAMEL_CASE,
	CAUSE_SEPARATOR,
	CAUSE_JSON,
	CAUSE_TIMESTAMP_UNIT,
	CAUSE_TIMESTAMP_OTHER,
	CAUSE_STRING, /* differs in some other way */
	/* The hash was made in another way, or with another key. */
	CAUSE_RIGHT,
	CAUSE_UNKNOWN_KEY,
	CAUSE_ALGORITHM,
	CAUSE_HMAC,
	CAUSE_SECRET_FIRST,
	CAUSE_SECRET_JOINED,
	CAUSE_API_KEY,
	CAUSE_OTHER_CLOUD,
	CAUSE_OLD_SECRET,
	CAUSE_SECRET_QUOTED,
	CAUSE_SECRET_LINE_END,
	CAUSE_SECRET_BLANK,
	CAUSE_SECRET_CUT,
	CAUSE_SECRET_CASE,
	CAUSE_SECRET_URL,
	CAUSE_NO_SECRET,
	/* The signature was written in another way. */
	CAUSE_BASE64,
	CAUSE_UPPER_HEX,
	CAUSE_SIGNATURE_PADDED,
	CAUSE_SIGNATURE_MISSING,
	CAUSE_SIGNATURE_JSON,
	CAUSE_SIGNATURE_MD5,
	CAUSE_SIGNATURE_LENGTH,
	/* Clocks. */
	CAUSE_TIME_MISSING,
	CAUSE_TIME_TEXT,
	CAUSE_TIME_MILLISECONDS,
	CAUSE_TIME_OLD,
	CAUSE_TIME_FUTURE,
	CAUSE_CLOCK_SLOW,
	/* Beside all that. */
	CAUSE_SECRET_EXPOSED,
	CAUSE_COUNT
};

/* Its code, for programs: "source_uw". "none" for CAUSE_NONE. */
const char *cause_code(enum cause cause);

/*
 * What it means and what to do, as a sentence or more without a newline; name
 * is what it is about, where it is about one.
 */
void cause_say(enum cause cause, struct span name, struct sink *out);

#endif
