/* A `session` group, read alone. */
#ifndef TESTS_READING_SESSION_H
#define TESTS_READING_SESSION_H

#include "sandbox.h"

static struct bench b;

#define KEYS "keys = ( { id = \"1\"; file = \"session.key\"; } );"

/* A session group that is right but for what is added. */
static inline void
read_session(const char *more)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "session = { cookie = \"s\"; " KEYS "\n%s };", more);
	bench_read(&b, text);
	conf_session(&b.l, b.root);
}

static inline void
read_text(const char *text)
{
	bench_read(&b, text);
	conf_session(&b.l, b.root);
}

static inline void
said_once(const char *said)
{
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 1);
}

static inline void
wrong(const char *more, const char *said)
{
	read_session(more);
	said_once(said);
}

static inline const struct session_config *
right(const char *more)
{
	read_session(more);
	assert_string_equal(b.box.said, "");
	return &b.config.session;
}

/* A group with nothing in it but this, from line 2 on. */
static inline const struct session_config *
read_group(const char *members)
{
	char text[2048];

	snprintf(text, sizeof(text), "session = {\n%s\n};", members);
	read_text(text);
	return &b.config.session;
}

static inline const struct session_config *
right_group(const char *members)
{
	read_group(members);
	assert_string_equal(b.box.said, "");
	return &b.config.session;
}

static inline void
wrong_group(const char *members, const char *said)
{
	read_group(members);
	said_once(said);
}

/* Right, but this is warned of. */
static inline const struct session_config *
warned_group(const char *members, const char *said)
{
	read_group(members);
	assert_true(sandbox_said(&b.box, said));
	assert_int_equal(b.box.report.errors, 0);
	return &b.config.session;
}

/* Does this key make the MAC of "x" that the secret makes? */
static inline bool
is_key_of(const struct hmac_key *key, enum hash hash, struct span secret)
{
	unsigned char own[DIGEST_MAX], want[DIGEST_MAX];
	struct hmac_key *made = malloc(hmac_key_size());
	struct span x = SPAN_LIT("x");
	bool same;

	assert_true(hmac_key_init(made, hash, secret));
	assert_int_equal(hmac_of(made, &x, 1, want), digest_size(hash));
	assert_int_equal(hmac_of(key, &x, 1, own), digest_size(hash));
	same = memcmp(own, want, digest_size(hash)) == 0;
	free(made);
	return same;
}

#endif
