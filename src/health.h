/* Is this program fit to serve? For load balancers: no session, no secret. */
#ifndef HEALTH_H
#define HEALTH_H

#include "app.h"

/* GET with the query "health", exactly. */
bool health_asked(const struct request *request);

/*
 * {"status", "version", "generation", "configuration", "store"}: 200 when
 * signatures can be given, else 503. status is "ok" or "out of order";
 * generation counts the configurations that this process took, 0 for none;
 * configuration is "ok", "outdated" (what is there now is not right, and the
 * one before stays in force) or "missing"; store is "ok", "unused" (no policy
 * has a limit), "unknown" (no configuration) or "out of order". The reasons
 * are in the log alone.
 */
void health_answer(const struct config *config, const struct request *request,
    const struct world *world, struct answer *out, struct sink *body);

#endif
