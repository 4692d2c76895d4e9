/*
 * The list of users who may not ask at all: revocation without a database.
 *
 *   file = *( line LF ) [ line ]
 *   line = [ user ] [ CR ]
 *   user = 1 to USER_MAX bytes of UTF-8 without control characters, and with
 *          no blank at either end
 *
 * One user on each line, exactly as the session names them; empty lines are
 * nothing. There are no comments.
 */
#ifndef POLICY_DENIED_H
#define POLICY_DENIED_H

#include "base/sink.h"
#include "policy/config.h"

/*
 * The users in text as sorted views into it, each once, in room (max of
 * them). False with the line and what would be right in why, and out is
 * empty; a list that is not understood whole is not used at all.
 */
bool denied_read(struct span text, struct span *room, size_t max,
    struct names *out, struct sink *why);

#endif
