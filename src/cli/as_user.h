/*
 * A request's proof of who is asking, for commands that ask as somebody: what
 * mint would make, and nothing of it is left behind.
 */
#ifndef CLI_AS_USER_H
#define CLI_AS_USER_H

#include "cli/payload.h"

struct as_user {
	/* PHP's sessions, with this one among them, which is no file. */
	struct php_sessions php;
	long long changed; /* when PHP last used it, so to speak */
	struct sink data;
	unsigned char data_mem[COOKIE_MAX];

	struct span variable; /* what the web server would say, or empty */
	struct span cookie;   /* what a Cookie header holds, or empty */
	unsigned char cookie_mem[2 * COOKIE_MAX];
};

/*
 * Can this be a user's name: 1 to USER_MAX bytes of UTF-8, no control
 * characters?
 */
bool as_user_right(struct span name);

/*
 * Makes the proof, signed with the first key. wishes->ttl is set: an hour, or
 * less where max_age says so. Returns NULL, or why none can be made.
 */
const char *as_user(const struct session_config *config,
    struct payload_wishes *wishes, struct as_user *out);

#endif
