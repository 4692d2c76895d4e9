/*
 * FastCGI's records, read and written (FastCGI specification 1.0). Pure: works
 * on what has arrived, and believes no length.
 *
 *   front   = management / request
 *   request = begin *params params-end *stdin stdin-end
 *
 * all of one request id, and nothing behind: no web server sends the next
 * request before it has the answer. Padding behind begin, params-end and
 * stdin-end is refused: no web server sends any there, and programs have taken
 * it for the next record.
 */
#ifndef GATEWAY_RECORD_H
#define GATEWAY_RECORD_H

#include "base/limits.h"
#include "base/sink.h"

#define RECORD_HEADER 8 /* bytes of a record's header */

/* Room for an answer of any length up to n, with all of its records. */
#define RECORD_ANSWER_ROOM(n) ((n) + ((n) / 65535 + 4) * RECORD_HEADER)

/* FastCGI specification, 8. */
enum record_type {
	RECORD_BEGIN = 1,
	RECORD_ABORT = 2,
	RECORD_END = 3,
	RECORD_PARAMS = 4,
	RECORD_STDIN = 5,
	RECORD_STDOUT = 6,
	RECORD_GET_VALUES = 9,
	RECORD_GET_VALUES_RESULT = 10,
	RECORD_UNKNOWN = 11
};

enum record_state {
	RECORD_BROKEN = 0, /* nothing that a web server sends */
	RECORD_PADDED,     /* padding where none may be */
	RECORD_MORE,       /* the beginning of something good */
	RECORD_WHOLE,      /* a request, all of it */
	RECORD_LARGE_BODY, /* its variables, and over HOOK_BODY_MAX of its body
			    */
	RECORD_LARGE_PARAMS,
	RECORD_ROLE,       /* a request that is not for a RESPONDER */
	RECORD_MANAGEMENT, /* a record that belongs to no request */
	RECORD_ABORTED
};

struct record {
	enum record_state state;
	unsigned id;
	bool keep;           /* the connection stays open for the next one */
	unsigned type;       /* of RECORD_MANAGEMENT */
	struct span content; /* of RECORD_MANAGEMENT */
	size_t size;         /* of RECORD_MANAGEMENT, padding included */
};

enum record_part {
	RECORD_PART_FRONT = 0,
	RECORD_PART_PARAMS,
	RECORD_PART_STDIN
};

/* How far a request was looked at. All zero where it begins. */
struct record_progress {
	enum record_part part;
	size_t n;      /* bytes that are not looked at again */
	size_t stream; /* content of the part's records before n */
	unsigned id;
	bool keep;
};

/*
 * Looks at what has arrived since the last look. *done is of this front alone,
 * whose bytes before done->n are those of the last look still; it is zero again
 * for what comes behind. params is where the variables are put together; it
 * holds nothing afterwards that anybody may use.
 */
struct record record_look(struct record_progress *done, struct span arrived,
    unsigned char params[static FCGI_PARAMS_MAX]);

/*
 * The content of a request's records of that type, joined in out, where they
 * have arrived whole. For a front that record_look() found RECORD_WHOLE, or
 * (its variables alone) RECORD_LARGE_BODY.
 */
struct span record_content(
    struct span front, enum record_type type, struct sink *out);

/*
 * The variables of a request, name-value pairs (specification, 3.4):
 *
 *   pairs  = *( length length name value )
 *   length = %x00-7F / %x80-FF 3OCTET       big-endian, without the top bit
 */
struct record_pair {
	struct span name, value;
};

/*
 * Takes one pair off the front. False when none is left, or when what is
 * left is no whole pair: then *rest is not empty.
 */
bool record_next_pair(struct span *rest, struct record_pair *out);

/*
 * A whole answer: the text, its end, the end of the request. Out of room (out
 * is full) unless there are RECORD_ANSWER_ROOM(text.n) bytes.
 */
void record_answer(unsigned id, struct span text, struct sink *out);

/*
 * The answer to a management record: what GET_VALUES asks for, or that the
 * type is not known (FastCGI specification, 4). False, and nothing written,
 * when its content is broken.
 */
bool record_answer_management(const struct record *record, struct sink *out);

#endif
