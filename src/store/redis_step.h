/*
 * A step of the counters as a Redis script: what is sent, and what the answer
 * means. Knows no connection.
 */
#ifndef STORE_REDIS_STEP_H
#define STORE_REDIS_STEP_H

#include "base/counters.h"

#define REDIS_NAME_MAX 1024 /* of a tally */
#define REDIS_KEYS_MAX (2 * POLICY_LIMITS_MAX)
/* Of an answer: the verdict, and two for each key. */
#define REDIS_NUMBERS_MAX (1 + 2 * REDIS_KEYS_MAX)
/* EVALSHA, digest, number of keys, amount; then key, count and seconds. */
#define REDIS_WORDS_MAX (4 + 3 * REDIS_KEYS_MAX)

struct redis_step {
	struct span words[REDIS_WORDS_MAX]; /* of the command */
	size_t n_words;
	size_t n_text;
	unsigned char digest[40]; /* of the script: SHA-1 in hex */
	unsigned char text[REDIS_KEYS_MAX * (REDIS_NAME_MAX + 64) + 64];
};

/* Once, before anything else. */
void redis_step_init(struct redis_step *s);

/*
 * The command for a step, with the script's digest in the script's place.
 * NULL, or why this can't be counted. The words are valid up to the next one.
 */
const char *redis_step_plan(struct redis_step *s, const struct tally *tallies,
    size_t n, unsigned amount);

/* The same with the script itself, for a server that does not know it yet. */
void redis_step_spell_out(struct redis_step *s);

enum redis_step_what {
	REDIS_STEP_NONSENSE = 0, /* no answer to this step */
	REDIS_STEP_TAKEN,
	REDIS_STEP_FULL,
	REDIS_STEP_DAMAGED /* what is stored under a key is no count of ours */
};

/*
 * What the n_numbers of the answer to this step mean; fills the counts when
 * it is TAKEN or FULL.
 *
 *   answer = taken *count / full *count / damaged
 *   taken  = 1
 *   full   = 0
 *   damaged = 2
 *   count  = used resets  ; of each limit of each tally, in their order
 */
enum redis_step_what redis_step_read(const long long *numbers, size_t n_numbers,
    struct tally *tallies, size_t n, unsigned amount);

#endif
