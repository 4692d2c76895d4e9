/* One request between a gateway and the core: request in, bytes out. */
#ifndef GATEWAY_SERVE_H
#define GATEWAY_SERVE_H

#include "app.h"
#include "base/log.h"
#include "gateway/variables.h"
#include "policy/denied.h"

struct live;

/* The place where requests are served; one in a process, static. */
struct serve {
	const struct config *config; /* NULL: every request gets a 503 */
	struct live *live;           /* looks after it; NULL: it stays */
	struct world world;          /* serve_answer() keeps it up to date */
	struct log_file log;
	struct denied_file denied;
	struct workspace workspace;
	unsigned char body[HOOK_BODY_MAX + 1]; /* of the request */
	unsigned char out[HEAD_OUT_MAX + BODY_OUT_MAX];

	/* The last DOCUMENT_ROOT, as given and without links. */
	char root_text[PATH_TEXT_MAX + 1];
	char root_real[PATH_TEXT_MAX + 1];
};

/*
 * No configuration, no counters, no deny list yet; random bytes from the
 * kernel, the log as it is.
 */
void serve_init(struct serve *s);

/*
 * Makes config, which must outlive them, and what it names beside itself (log
 * file, deny list, counters) those of s; what belongs to the one before is
 * closed, and nothing of that is looked at any more, so that it may be freed.
 * NULL: s has none, and its log stays as it is until serve_end(). A log file or
 * a deny list of the same name is kept, with what it holds. When it says to
 * probe and the counters are out of order, the log says why, and the program
 * goes on.
 */
void serve_configure(struct serve *s, const struct config *config, bool probe);

/*
 * Closes the counters, the deny list and the log file; then nothing is served
 * any more. The configuration is the caller's, and is freed after this.
 */
void serve_end(struct serve *s);

/*
 * Answers one request, now. Returns "Status:", headers and body, as they are
 * sent; they lie in s until the next request. Each one is a line in the log:
 *
 *   time request_id decision status code policy action user public_id param
 *   reason address us
 *
 * decision is granted for a signature, answered for anything else that was
 * asked for (status < 400), refused for the rest. us is what the answer took,
 * in microseconds. What is empty is left out. No cookie, no signature, no
 * string to sign and no secret is ever in it.
 */
struct span serve_answer(struct serve *s, const struct variables *v);

/* A refusal for a request of which nothing else is known. */
struct span serve_refusal(
    struct serve *s, enum intake intake, struct span about);

/* The variable that the configuration takes the user from; often empty. */
struct span serve_user_variable(const struct serve *s);

#endif
