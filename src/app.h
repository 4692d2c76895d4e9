/*
 * One request from start to end. A pure function: no clock, no environment,
 * no socket below it.
 */
#ifndef APP_H
#define APP_H

#include "base/counters.h"
#include "base/random.h"
#include "http/answer.h"
#include "http/ask.h"
#include "policy/decide.h"

/* Where one request is worked on. Nothing in it outlives the request. */
struct workspace {
	unsigned char arena[ARENA_MAX];
	unsigned char body[BODY_OUT_MAX];
	unsigned char string[STRING_TO_SIGN_MAX];
	struct params items[BATCH_MAX];
	struct grant grants[BATCH_MAX];
	struct problem problem;
};

/* The outside world, as far as the core may reach it. */
struct world {
	struct random_source *random;
	struct counters *counters;  /* NULL: out of order */
	const struct names *denied; /* who may not ask at all; NULL: nobody
				       knows (see deny_users_file) */
	struct php_sessions *php;   /* NULL: none can be read */
	unsigned generation;        /* of the configuration; 0: none yet */
	bool outdated;              /* a newer one is there and not right */
};

/*
 * Answers the request. config may be NULL (a bad configuration): 503. The
 * answer's spans live in the workspace, the request or the configuration.
 */
void handle(const struct config *config, const struct request *request,
    long long now, struct world *world, struct workspace *ws,
    struct answer *out);

#endif
