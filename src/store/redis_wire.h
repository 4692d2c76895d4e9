/*
 * Redis' protocol, through hiredis: commands to bytes, and bytes to answers.
 * Knows no connection. The only file that knows hiredis.
 */
#ifndef STORE_REDIS_WIRE_H
#define STORE_REDIS_WIRE_H

#include "store/redis_step.h"

#define REDIS_ANSWER_MAX 4096 /* bytes of one, as sent */
#define REDIS_TEXT_KEPT 100   /* of a server's own words */

/* A flat list of numbers, or one line of text. Nothing else is taken. */
struct redis_answer {
	bool is_error; /* the text is */
	size_t n;      /* of a list: 1 to REDIS_NUMBERS_MAX; of a text 0 */
	long long numbers[REDIS_NUMBERS_MAX];
	struct span text; /* its beginning, "?" for what can't be printed */
	unsigned char text_mem[REDIS_TEXT_KEPT];
};

enum redis_wire_what {
	REDIS_WIRE_BAD = 0, /* not such an answer; read nothing more */
	REDIS_WIRE_PART,
	REDIS_WIRE_WHOLE
};

/* The reading end of one connection. */
struct redis_wire;

/* Was this built with hiredis? Without it all of these fail. */
bool redis_wire_built_in(void);

/* NULL without memory. */
struct redis_wire *redis_wire_new(void);

/* NULL is fine. */
void redis_wire_free(struct redis_wire *w);

/*
 * 1 to REDIS_WORDS_MAX words of any bytes as a command. NULL without memory.
 * Wiped and freed by redis_wire_drop(): a password may be in it.
 */
struct span redis_wire_command(const struct span *words, size_t n);
void redis_wire_drop(struct span command);

/*
 * An answer is expected: forget the one before. Then hand in what comes, up
 * to WHOLE or BAD; *answer is set when it is WHOLE, and valid up to the next.
 * Bytes behind the answer are BAD, since nobody asked for them.
 */
void redis_wire_expect(struct redis_wire *w);
enum redis_wire_what redis_wire_feed(struct redis_wire *w, struct span bytes,
    const struct redis_answer **answer);

#endif
