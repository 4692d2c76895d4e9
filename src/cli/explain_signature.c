#include "base/enc.h"
#include "cli/explain.h"
#include "cli/explain_text.h"

static enum hash
hash_of(size_t bytes)
{
	static const enum hash hashes[] = { HASH_SHA1, HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (digest_size(hashes[i]) == bytes)
			return hashes[i];
	return HASH_NONE;
}

static bool
has_upper(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			return true;
	return false;
}

/* What is there in place of one: nothing, or a value that became text. */
static bool
is_nothing(struct span s)
{
	return s.n == 0 || span_is(s, "undefined") || span_is(s, "null") ||
	       span_is(s, "None") || span_is(s, "false") ||
	       span_starts(s, SPAN_LIT("[object "));
}

/* The member of an answer that was taken for a signature as a whole. */
static struct span
member_of(struct span s)
{
	static const char name[] = "\"signature\"";
	struct span_cut cut;
	size_t at;

	if (!explain_seek(s, 0, name, &at))
		return (struct span){ NULL, 0 };
	cut = span_cut(span_skip(s, at + sizeof(name) - 1), '"');
	return span_cut(cut.tail, '"').head;
}

static struct span
without_quotes(struct span s)
{
	s = explain_strip(s);
	while (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') &&
	       s.p[s.n - 1] == s.p[0])
		s = span_skip(span_head(s, s.n - 1), 1);
	return explain_strip(s);
}

void
explain_signature(struct span text, struct received *out)
{
	struct span s = text;
	size_t n = 0;

	*out = (struct received){ .hash = HASH_NONE };
	if (s.n > 0 && s.p[0] == '{') {
		s = member_of(s);
		out->form = CAUSE_SIGNATURE_JSON;
	} else if (is_nothing(explain_strip(s))) {
		out->form = CAUSE_SIGNATURE_MISSING;
		return;
	} else if ((s = without_quotes(s)).n != text.n) {
		out->form = CAUSE_SIGNATURE_PADDED;
	}
	if (hex_decode(s, out->bytes, sizeof(out->bytes), &n)) {
		out->hash = hash_of(n);
		if (out->form == CAUSE_NONE && has_upper(s))
			out->form = CAUSE_UPPER_HEX;
		if (out->form == CAUSE_NONE && out->hash == HASH_NONE)
			out->form = n == 16 ? CAUSE_SIGNATURE_MD5
					    : CAUSE_SIGNATURE_LENGTH;
	} else if (base64_decode(s, out->bytes, sizeof(out->bytes), &n) &&
		   hash_of(n) != HASH_NONE) {
		out->hash = hash_of(n);
		if (out->form == CAUSE_NONE)
			out->form = CAUSE_BASE64;
	} else if (out->form == CAUSE_NONE) {
		out->form = CAUSE_SIGNATURE_LENGTH;
	}
}
