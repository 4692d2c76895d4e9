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
 * request before it has the answer.
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

/*
 * Looks at what has arrived. params is where the variables are put together;
 * it holds nothing afterwards that anybody may use.
 */
struct record record_look(
    struct span arrived, unsigned char params[static FCGI_PARAMS_MAX]);

#endif
