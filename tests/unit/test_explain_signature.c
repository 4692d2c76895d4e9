#include "test.h"

#include "accounts.h"
#include "explaining.h"
#include "guard.h"

static struct received r;

static void
reads(const char *text, enum hash hash, enum cause form)
{
	struct span s = guarded(span_of(text));

	explain_signature(s, &r);
	assert_int_equal(r.hash, hash);
	assert_int_equal(r.form, form);
	guard_free(s);
}

#define BASE64 "b6ItFwj9dtSMeqHElMS4HD5/35MviW6VfNfJsdkgjKs="

TEST(hex)
{
	char text[131];

	reads(SIGNED_SHA256, HASH_SHA256, CAUSE_NONE);
	assert_int_equal(r.bytes[0], 0x6f);
	reads(SIGNED_SHA1, HASH_SHA1, CAUSE_NONE);
	reads("569F2BEFD9912E8498156D2E9D314D33A17273D9", HASH_SHA1,
	    CAUSE_UPPER_HEX);
	reads(
	    "d41d8cd98f00b204e9800998ecf8427e", HASH_NONE, CAUSE_SIGNATURE_MD5);
	memset(text, 'A', sizeof(text));
	for (size_t n = 1; n < sizeof(text); n++) {
		text[n] = '\0';
		explain_signature(span_of(text), &r);
		assert_int_equal(r.hash == HASH_NONE, n != 40 && n != 64 &&
							  n != 96 && n != 128 &&
							  n != 27 && n != 43);
		text[n] = 'A';
	}
}

TEST(other_forms)
{
	unsigned char first[32];

	reads(SIGNED_SHA256, HASH_SHA256, CAUSE_NONE);
	memcpy(first, r.bytes, sizeof(first));
	reads(BASE64, HASH_SHA256, CAUSE_BASE64);
	assert_memory_equal(first, r.bytes, sizeof(first));
	reads("b6ItFwj9dtSMeqHElMS4HD5_35MviW6VfNfJsdkgjKs", HASH_SHA256,
	    CAUSE_BASE64);
	reads("\"" SIGNED_SHA256 "\"", HASH_SHA256, CAUSE_SIGNATURE_PADDED);
	reads(SIGNED_SHA256 "\n", HASH_SHA256, CAUSE_SIGNATURE_PADDED);
	reads("{\"signature\": \"" SIGNED_SHA256 "\"}", HASH_SHA256,
	    CAUSE_SIGNATURE_JSON);
	assert_memory_equal(first, r.bytes, sizeof(first));
	reads("{\"error\":1}", HASH_NONE, CAUSE_SIGNATURE_JSON);
	reads("{\"signature\"", HASH_NONE, CAUSE_SIGNATURE_JSON);
}

TEST(nothing)
{
	static const char *const nothings[] = { "", " ", "undefined", "null",
		"None", "false", "[object Promise]" };

	for (size_t i = 0; i < sizeof(nothings) / sizeof(nothings[0]); i++)
		reads(nothings[i], HASH_NONE, CAUSE_SIGNATURE_MISSING);
	reads("hello", HASH_NONE, CAUSE_SIGNATURE_LENGTH);
	reads("\"", HASH_NONE, CAUSE_SIGNATURE_LENGTH);
	reads("undefine", HASH_NONE, CAUSE_SIGNATURE_LENGTH);
}
