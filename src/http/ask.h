/*
 * What the request asks for: which policy, in which client's language, and a
 * batch of parameter sets.
 *
 *   GET   ?policy=NAME&param=value&list[]=a&list[]=b
 *   POST  the same as a form or as a JSON object; then the query may hold only
 *         policy and contract, and each of them stands in one place
 *   POST  {"paramsToSign": {...}} or {"params_to_sign": {...}}, with policy
 *         beside it or in the query; also with no JSON content type, if the
 *         body begins with {
 *   GET   ?params_to_sign={...}, or params_to_sign[name]=value and
 *         params_to_sign[name][]=element; the same as a form of a POST; also
 *         paramsToSign
 *   POST  {"prepareUploadParams": {...}} or [{...}, ...], the same way; names
 *         may be the Upload Widget's (see camel.h)
 *
 * contract=NAME is plain, classic or text; paramsToSign (params_to_sign) and
 * prepareUploadParams are contracts of their own. With contract=text a query or
 * a form may write all its parameters as data[NAME]=value and
 * data[NAME][]=element.
 *
 * Everything is refused rather than guessed: a broken escape, NUL, invalid
 * UTF-8, a control character, a second parameter of the same name (also
 * "name" beside "name[]", and publicId beside public_id), a name outside
 * [a-z_]{1,64} with an optional [], a JSON value of another shape, depth or
 * kind, a JSON number with a second spelling, a body with GET.
 */
#ifndef HTTP_ASK_H
#define HTTP_ASK_H

#include "base/arena.h"
#include "http/params.h"
#include "http/problem.h"
#include "http/request.h"

enum contract {
	CONTRACT_NONE = 0,
	CONTRACT_PLAIN,
	CONTRACT_PARAMS_TO_SIGN, /* final: signed exactly or refused */
	CONTRACT_TEXT,           /* final, and the answer is bare text */
	CONTRACT_CLASSIC,        /* plain, with the names of the old samples */
	CONTRACT_PREPARE         /* the widget's prepareUploadParams: a batch */
};

/* Will the parameters be sent as they are, the timestamp included? */
bool contract_is_final(enum contract contract);

struct ask {
	enum contract contract;
	struct span policy;   /* empty: none was named */
	bool probe;           /* a POST of nothing, and no contract is named */
	bool list;            /* the answer is a list, also of one item */
	size_t n;             /* items; 1 but for CONTRACT_PREPARE */
	struct params *items; /* the caller's, BATCH_MAX of them */
};

/*
 * Reads it. out->items points to room for BATCH_MAX items before the call.
 * False with the problem (400, 405, 413, 415) in *why, and out is empty then.
 */
bool ask_read(const struct request *request, struct arena *arena,
    struct ask *out, struct problem *why);

#endif
