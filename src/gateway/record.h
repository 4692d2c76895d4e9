/*
 * What lies at the front of a FastCGI connection, judged before libfcgi may
 * read it: libfcgi reads without a time limit, believes every length, keeps
 * parameters without a bound, and four equal names in one GET_VALUES record
 * overrun its stack. Pure: works on a copy of what has arrived.
 *
 *   front   = management / request
 *   request = begin *params params-end *stdin stdin-end
 *
 * all of one request id, and nothing behind: no web server sends the next
 * request before it has the answer. libfcgi forgets the padding of begin,
 * params-end and stdin-end, and would read it as records: it must be none, and
 * no web server sends any.
 */
#ifndef GATEWAY_RECORD_H
#define GATEWAY_RECORD_H

#include "base/limits.h"
#include "base/span.h"

#define RECORD_HEADER 8 /* bytes of a record's header */

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
	RECORD_PADDED,     /* padding where libfcgi would misread it */
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
};

/*
 * Looks at what has arrived since the last look. *done is of this front alone,
 * whose bytes before done->n are those of the last look still; it is zero again
 * for what comes behind. params is where the variables are put together; it
 * holds nothing afterwards that anybody may use.
 */
struct record record_look(struct record_progress *done, struct span arrived,
    unsigned char params[static FCGI_PARAMS_MAX]);

#endif
