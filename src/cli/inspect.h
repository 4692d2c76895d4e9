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

#endif
