/* An answer, and how it is written for CGI and FastCGI. */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include "base/counters.h"
#include "base/sink.h"
#include "http/problem.h"

enum media { MEDIA_NONE = 0, MEDIA_JSON, MEDIA_PROBLEM, MEDIA_TEXT };

/*
 * One limit and what is left of it, for RateLimit-Policy and RateLimit
 * (draft-ietf-httpapi-ratelimit-headers-10, 3 and 4).
 */
struct rate {
	const char *name; /* a constant: "hour", "total-day" */
	unsigned quota, seconds;
	unsigned remaining, resets; /* seconds */
};

#define RATES_MAX (2 * POLICY_LIMITS_MAX)
#define SET_COOKIE_MAX 4096 /* what browsers keep, RFC 6265 6.1 */

struct answer {
	int status;
	enum media media;
	struct span body; /* in the caller's workspace */

	/* CORS: the configuration's own bytes of a listed Origin, or empty. */
	struct span allow_origin;
	bool credentials; /* Access-Control-Allow-Credentials */
	bool preflight;   /* OPTIONS: methods, headers, max age */
	bool allow;       /* 405: the Allow header */

	size_t n_rates;
	struct rate rates[RATES_MAX];
	long long retry_after; /* seconds; 0: no such header */

	/*
	 * The value of Set-Cookie, in the caller's workspace; or empty. Written
	 * with a 200 only, and if it is printable ASCII of at most
	 * SET_COOKIE_MAX bytes.
	 */
	struct span set_cookie;

	/* For the log, never for the client. */
	const char *code;   /* "granted", or the problem's code */
	const char *reason; /* more than the client is told; NULL */
	struct span user, policy, param;
	const char *action; /* NULL */
	struct span public_id;
	unsigned items, granted; /* of a batch, in number */
	char request_id[17];
};

/*
 * "Status: 200 OK" and the headers, a blank line, the body: what one write
 * sends. No byte that a client chose goes into a header.
 */
void answer_write(const struct answer *a, struct sink *out);

/* The problem as a body, application/problem+json. */
void answer_problem(
    struct answer *a, const struct problem *p, struct sink *body);

#endif
