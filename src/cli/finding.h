/* What `signpost doctor` finds, and the command that mends it. */
#ifndef CLI_FINDING_H
#define CLI_FINDING_H

#include "base/sink.h"

#define FINDINGS_MAX 256         /* in number */
#define FINDINGS_TEXT_MAX 262144 /* of all of them */

enum finding_state { FINDING_OK = 1, FINDING_WARNING, FINDING_FAULT };

struct finding {
	enum finding_state state;
	const char *group; /* a constant */
	struct span what;  /* what was looked at: a path, a name */
	struct span says;  /* one sentence or two, without it */
	struct span mend;  /* a shell command; empty: there is none */
	long long code;    /* suexec's exit code; 0: none */
};

/*
 * Holds its own text and no pointer to anything else, so that a child process
 * can fill it in memory that is shared with its parent.
 */
struct findings {
	size_t n, times[FINDING_FAULT + 1]; /* how many of each state */
	bool full;                          /* there was more than room */
	struct finding list[FINDINGS_MAX];
	struct sink text;
	unsigned char mem[FINDINGS_TEXT_MAX];
};

void findings_init(struct findings *f);

/* Adds one. what is copied; format and the rest are as of sink_say(). */
void finding_add(struct findings *f, enum finding_state state,
    const char *group, const char *what, const char *format, ...);

/* suexec's exit code of the last one. */
void finding_code(struct findings *f, long long code);

/*
 * The command that mends the last one. Nothing is kept where it holds bytes
 * that can't be pasted (control characters, no UTF-8).
 */
void finding_mend(struct findings *f, const char *format, ...);

/*
 * The path as one word of a POSIX shell: itself where every byte of it is
 * plain, else in single quotes. Lives as long as f; "" when there is no room.
 */
const char *finding_word(struct findings *f, const char *path);

/* The same into a sink. */
void shell_word(struct sink *out, struct span text);

#endif
