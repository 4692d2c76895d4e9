#include "gateway/pool.h"

#include <limits.h>

#define CROWDED_MS 1000 /* to arrive whole, while others wait for room */

static long long
earlier(long long a, long long b)
{
	return a < b ? a : b;
}

static long long
deadline_of(
    const struct connection *c, bool crowded, long long now, long long end)
{
	long long deadline = connection_deadline(c);

	if (c->stage == CONNECTION_KEPT)
		return end == LLONG_MAX ? deadline : now;
	if (c->stage == CONNECTION_CLOSED)
		return deadline;
	if (crowded)
		deadline = earlier(deadline, c->since + CROWDED_MS);
	return earlier(deadline, end);
}

static void
close_overdue(struct connection *c)
{
	if (c->stage == CONNECTION_PARTIAL)
		serve_log(
		    "closed", SPAN_LIT("a request did not arrive in time"));
	connection_close(c);
}

struct survey
pool_survey(struct pool *p, long long now, long long end)
{
	struct survey found = { false, LLONG_MAX };
	bool crowded = !pool_has_room(p);

	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++) {
		struct connection *c = &p->c[i];
		long long deadline = deadline_of(c, crowded, now, end);

		if (deadline <= now)
			close_overdue(c);
		else
			found.deadline = earlier(found.deadline, deadline);
		if (c->stage != CONNECTION_CLOSED)
			found.open = true;
	}
	return found;
}

bool
pool_has_room(const struct pool *p)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		if (p->c[i].stage == CONNECTION_CLOSED ||
		    p->c[i].stage == CONNECTION_KEPT)
			return true;
	return false;
}

static struct connection *
find_closed(struct pool *p)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		if (p->c[i].stage == CONNECTION_CLOSED)
			return &p->c[i];
	return NULL;
}

struct connection *
pool_take(struct pool *p)
{
	struct connection *c = find_closed(p);

	if (c != NULL)
		return c;
	pool_close_idlest(p);
	return find_closed(p);
}

void
pool_close_idlest(struct pool *p)
{
	struct connection *idlest = NULL;

	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++) {
		struct connection *c = &p->c[i];

		if (c->stage == CONNECTION_KEPT &&
		    (idlest == NULL || c->since < idlest->since))
			idlest = c;
	}
	if (idlest != NULL)
		connection_close(idlest);
}
