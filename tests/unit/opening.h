/* A Cookie header, read as a configuration says. */
#ifndef TESTS_OPENING_H
#define TESTS_OPENING_H

#include "guard.h"
#include "session/session.h"
#include "token.h"

static unsigned char opening_room[ARENA_MAX / 2];
static struct session opened; /* of the last one; views into the room */
static struct php_sessions *opening_php;

/* What the header is worth at this time. Nothing is left of a refused one. */
static inline enum session_why
open_header(const struct session_config *c, struct span header, long long now)
{
	static struct span cookie; /* the session may be a view of it */
	struct request request = { 0 };
	struct arena arena;
	struct session_asked asked = { &request, now, opening_php, &arena };
	enum session_why why;

	if (cookie.p != NULL)
		guard_free(cookie);
	cookie = guarded(header);
	request.cookie = cookie;
	arena_init(&arena, opening_room, sizeof(opening_room));
	memset(&opened, 0xa5, sizeof(opened));
	why = session_open(c, &asked, &opened).why;
	assert_int_equal(opened.open, why == SESSION_OK);
	assert_int_equal(opened.user.n > 0, why == SESSION_OK);
	if (why != SESSION_OK) {
		assert_int_equal(opened.expires, 0);
		assert_int_equal(opened.claims.kind, JSON_ABSENT);
		assert_null(opened.key_id.p);
	}
	return why;
}

/* A key that the configuration's derivation makes of this secret. */
static inline struct session_key
derived_key(const char *id, const struct session_config *c, struct span secret)
{
	struct session_key key = token_key(id, HASH_SHA256, SPAN_LIT("any"));
	union {
		const struct hmac_key *given;
		struct hmac_key *filled;
	} memory = { key.hmac };

	assert_true(session_derive(c, secret, memory.filled));
	return key;
}

#endif
