#include "test.h"

#include "cli/session_make.h"
#include "opening.h"
#include "session/formats.h"

#define ISSUED 1700000000LL
#define OBJECT "{\"u\":\"42\"}"
#define TOKEN "{\"sub\":\"42\",\"exp\":1700003600}"

/* What each family makes, by Python's hmac: of a user's name where the path is
 * empty. */
static const struct {
	const char *format, *user, *text;
	enum hash hash; /* or the format's */
	const char *made;
} known[] = {
	{ "jwt", "sub", TOKEN, HASH_NONE,
	    "s=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6MT"
	    "cwMDAwMzYwMH0.QD8NSnuGPb6nhBwbKUl3j3HEFgBdGDQtzlVOxk0w1po" },
	{ "jwt", "sub", TOKEN, HASH_SHA384,
	    "s=eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6MT"
	    "cwMDAwMzYwMH0.yw_ccfPYiFWxM7OcvRhiLG0QCpThGjnm_DdXRBH3aO1WwUhmFTG"
	    "dZQCNdwlcfXRN" },
	{ "jwt", "sub", TOKEN, HASH_SHA512,
	    "s=eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6MT"
	    "cwMDAwMzYwMH0.prGmqdrnJsfeuAP_fcHqLTpt6QmG1xq3ouPc82ysM4fYUS_DArB"
	    "WOPS64psxUY_VqMG5uOVFo1HISHvCNn613g" },
	{ "supabase", "sub", TOKEN, HASH_NONE,
	    "s=base64-eyJhY2Nlc3NfdG9rZW4iOiJleUpoYkdjaU9pSklVekkxTmlJc0luUjVj"
	    "Q0k2SWtwWFZDSjkuZXlKemRXSWlPaUkwTWlJc0ltVjRjQ0k2TVRjd01EQXdNell3T"
	    "UgwLlFEOE5TbnVHUGI2bmhCd2JLVWwzajNIRUZnQmRHRFF0emxWT3hrMHcxcG8iLC"
	    "J0b2tlbl90eXBlIjoiYmVhcmVyIn0" },
	{ "flask", "u", OBJECT, HASH_NONE,
	    "s=eyJ1IjoiNDIifQ.ZVPxAA.O-sn0_Y11rHcIU-uSOManSQSNdQ" },
	{ "starlette", "u", OBJECT, HASH_NONE,
	    "s=eyJ1IjoiNDIifQ==.ZVPxAA.xjlFHWfNENoL43jFy3C26HEEWL4" },
	{ "itsdangerous", "", "ann.b", HASH_NONE,
	    "s=ann.b.ZVPxAA.qiwhllsnZN8nhuDmKdOWFLHlXEY" },
	{ "django", "u", OBJECT, HASH_NONE,
	    "s=eyJ1IjoiNDIifQ:1r31eq:"
	    "okVuyMepef4Tvzi3ayC2j9zlallTXSnyN16Gzigx3no" },
	{ "django-cookie", "", "ann", HASH_NONE,
	    "s=ann:1r31eq:XYUZXr65L140pQLuwgD1bDUjXjNwcG-9c7sIZZ2ad74" },
	{ "express", "u", OBJECT, HASH_NONE,
	    "s=eyJ1IjoiNDIifQ==; s.sig=nNexrRcXiBfsjJnMNx6mAzv-7q0" },
	{ "cookie-signature", "", "ann", HASH_NONE,
	    "s=s%3Aann.QyyEhV9MIsMyILjxuXtZDGyuBqC%2BYuuE%2BFh8un8f2Tg" },
	{ "cookie-signature", "id", "{\"id\":42}", HASH_NONE,
	    "s=s%3Aj%3A%7B%22id%22%3A42%7D.kLWads2cO7zkrxE0PjVATvtUheXFKXH7Xyn"
	    "ZK5C%2FL0E" },
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

static struct session_config config;
static struct session_key key;
static unsigned char mem[2 * COOKIE_MAX];
static struct sink out;

static void
configure(size_t i)
{
	const struct format_row *row = format_named(span_of(known[i].format));

	config = (struct session_config){ .n_keys = 1, .keys = &key };
	format_apply(row, &config);
	if (known[i].hash != HASH_NONE)
		config.hash = known[i].hash;
	config.cookie = SPAN_LIT("s");
	config.user = span_of(known[i].user);
	config.audience = SPAN_LIT("");
	format_body(row, &config);
	key = derived_key(
	    "k", &config, SPAN_LIT("plain test key of thirty-two bytes"));
}

/* In so many bytes; what is made is in out. */
static bool
makes(size_t i, size_t cap)
{
	sink_init(&out, mem, cap);
	return session_make(
	    &config, &key, span_of(known[i].text), ISSUED, &out);
}

TEST(known_cookies)
{
	for (size_t i = 0; i < N_KNOWN; i++) {
		size_t n = strlen(known[i].made);

		configure(i);
		assert_true(makes(i, n));
		if (!span_is(sink_view(&out), known[i].made))
			fail_msg("%s: %.*s", known[i].format, (int)out.n, mem);
		for (size_t cap = 0; cap < n; cap++)
			assert_false(makes(i, cap));
	}
}

/* With so little room for what is decoded there is no session; true when it was
 * enough. */
static bool
opens_in(struct span header, size_t cap)
{
	struct request request = { .cookie = header };
	struct arena arena;
	struct session_asked asked = { &request, ISSUED, NULL, &arena };
	enum session_why why;

	arena_init(&arena, opening_room, cap);
	why = session_open(&config, &asked, &opened).why;
	assert_int_equal(opened.open, why == SESSION_OK);
	assert_int_equal(opened.user.n > 0, why == SESSION_OK);
	return why == SESSION_OK;
}

TEST(opening_takes_room)
{
	char chunk[1024] = "s.0";

	for (size_t i = 0; i < N_KNOWN; i++) {
		size_t cap = 0;

		configure(i);
		strcpy(chunk + 3, known[i].made + 1);
		while (!opens_in(span_of(known[i].made), cap))
			assert_true(++cap < sizeof(opening_room));
		assert_true(cap > 0 || config.format == FORMAT_ITSDANGEROUS);
		assert_true(!config.signing.chunked || cap < JOINED_MAX);
		cap = 0;
		while (config.signing.chunked && !opens_in(span_of(chunk), cap))
			assert_true(++cap < sizeof(opening_room));
		assert_true(!config.signing.chunked || cap > JOINED_MAX);
	}
}

TEST(no_others)
{
	static const enum session_format none[] = { FORMAT_NONE,
		FORMAT_REMOTE_USER, FORMAT_PHP, (enum session_format)99 };
	static const enum hash hashes[] = { HASH_NONE, HASH_SHA1, HASH_SHA512 };

	configure(0);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		config.format = none[i];
		assert_false(makes(0, sizeof(mem)));
	}
	/* No algorithm's, or not the key's */
	configure(0);
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		config.hash = hashes[i];
		assert_false(makes(0, sizeof(mem)));
	}
}
