/* What `inspect` prints: one piece of it in each file. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "base/sink.h"
#include "session/session.h"

/*
 * Text that somebody else wrote, inert on a terminal: controls, and whatever
 * is not UTF-8, as \xHH; at most INSPECT_SAYS_MAX bytes of it.
 */
#define INSPECT_SAYS_MAX 2000
void inspect_clean(struct span text, struct sink *out);

/* How far the checks got, in the order in which this format makes them. */
enum inspect_passed { INSPECT_UNKNOWN = 0, INSPECT_RIGHT, INSPECT_WRONG };

struct inspect_check {
	const char *name; /* "signature" */
	enum inspect_passed passed;
	bool keyed; /* a key was found by it */
};

#define INSPECT_CHECKS_MAX 8
size_t inspect_checks(const struct session_config *config, enum session_why why,
    struct inspect_check out[INSPECT_CHECKS_MAX]);

/*
 * A line for each check in the order in which they are made: passed, failed
 * with what the log would say, or not looked at. How far it got is why's.
 */
void inspect_steps(const struct session_config *config, enum session_why why,
    const struct session *session, struct sink *out);

/*
 * Why that is usually so, and what to do, as sentences that end in a newline;
 * nothing for SESSION_OK.
 */
void inspect_cause(const struct session_config *config, enum session_why why,
    struct sink *out);

/*
 * Every cookie of the header by its shape: what it is, what it says, and the
 * configuration that would read it. config says what is configured already;
 * NULL for nothing.
 */
void inspect_guess(const struct session_config *config, struct span header,
    struct arena *arena, struct sink *out);

/* What came out of it all. */
struct inspected {
	const struct session_config *config; /* NULL: there is none */
	enum session_why why;
	const struct session *session;
	bool denied;        /* by deny_users_file, or by its absence */
	struct span advice; /* the sentences for people */
};

/*
 * An object: "accepted", "format" (null without a configuration), of a valid
 * session "user", "key" (where there are keys) and "expires" (seconds of Unix
 * time; null: never), "denied", "checks" (objects of "name", "passed" (null:
 * not looked at), and "why" where it is false), and "advice". A newline behind
 * it. advice is UTF-8.
 */
void inspect_json(const struct inspected *inspected, struct sink *out);

#endif
