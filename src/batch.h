/* The items of one request, once it is known who asks: judged, counted, signed.
 */
#ifndef BATCH_H
#define BATCH_H

#include "app.h"

/* One request under way. */
struct task {
	const struct config *config; /* NULL: none is good */
	const struct request *request;
	const struct world *world;
	struct workspace *ws;
	struct arena arena;
	struct sink body;
	struct ask ask;
	struct session session;
	struct facts facts;
	struct answer *out;
};

/*
 * Answers the policy that the request names, into body. False with the
 * problem in the workspace; what was written until then is no answer.
 */
bool batch_answer(struct task *task);

#endif
