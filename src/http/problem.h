/* A refusal (RFC 9457), before it is written as an answer. */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "base/limits.h"
#include "base/sink.h"

struct problem {
	int status;            /* 0: no problem */
	const char *code;      /* stable, lower case with _ */
	struct span param;     /* empty: no member */
	struct span policy;    /* empty: no member */
	long long server_time; /* 0: no member */
	long long retry_after; /* seconds; 0: no member */
	const char *reason;    /* for the log, and nobody else; NULL: none */
	struct sink detail;    /* into text */
	unsigned char text[DETAIL_MAX];
};

void problem_clear(struct problem *p);

/*
 * Says it, in sink_say()'s format; the first problem stays, later ones are
 * dropped. The text is for a person: what was wrong, and what would be right.
 * Always false, so that a check can end in `return problem_set(...)`.
 */
bool problem_set(struct problem *p, int status, const char *code,
    struct span param, const char *format, ...);

/* HTTP's reason phrase of a status that this program answers; else NULL. */
const char *problem_title(int status);

#endif
