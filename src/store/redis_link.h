/*
 * The connection to a Redis server, which is kept between questions, and made
 * when there is none.
 */
#ifndef STORE_REDIS_LINK_H
#define STORE_REDIS_LINK_H

#include "policy/config.h"
#include "store/peer.h"
#include "store/redis_wire.h"

struct redis_link {
	const struct store_config *config;
	struct peer peer;
	struct redis_wire *wire; /* of the connection; NULL: there is none */
	unsigned ms;             /* for all that one step or probe asks */
	long long until;         /* on peer_clock() */
	char reason[256];        /* of the last failure, for the log */
};

/* config outlives it. */
void redis_link_init(
    struct redis_link *l, const struct store_config *config, unsigned ms);

/* What is asked from now on has that many milliseconds in all. */
void redis_link_begin(struct redis_link *l);

/*
 * One command and its answer, which is valid up to the next one; an error is
 * an answer too. On the connection that was kept, or on a new one with
 * password and database. A server closes a connection that nobody used for
 * long, or starts again: then the command is given once more, so that a step
 * may count twice, but never not. False, with a reason, when there is no
 * answer: hang up.
 */
bool redis_link_ask(struct redis_link *l, const struct span *words, size_t n,
    const struct redis_answer **answer);

/* The same on the connection that the last answer came from, and only once. */
bool redis_link_ask_again(struct redis_link *l, const struct span *words,
    size_t n, const struct redis_answer **answer);

/* The reason becomes: where, and what is wrong there. Returns false. */
bool redis_link_fail(struct redis_link *l, const char *format, ...);

/* The same for an answer that is not the one that was wanted, or NULL. */
bool redis_link_fail_answer(
    struct redis_link *l, const struct redis_answer *answer);

/* A late answer can't be taken for another question's any more. */
void redis_link_hang_up(struct redis_link *l);

#endif
