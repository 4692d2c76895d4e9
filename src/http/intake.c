#include "http/intake.h"

bool
intake_check(const struct request *request, struct problem *why)
{
	struct span none = { NULL, 0 };

	if (request->intake == INTAKE_ROLE)
		return problem_set(why, 403, "role", none,
		    "This program is a FastCGI responder and nothing else.");
	if (request->intake == INTAKE_TWICE)
		return problem_set(why, 400, "duplicate_variable", none,
		    "The request has two of %q.", request->about);
	if (!span_is(request->method, "GET") &&
	    !span_is(request->method, "POST"))
		return problem_set(why, 405, "method", none,
		    "The method %q is not taken; use GET or POST.",
		    request->method);
	if (request->intake == INTAKE_TOO_LARGE)
		return problem_set(why, 413, "too_large", none,
		    "%v of the request is too large.", request->about);
	if (request->intake != INTAKE_WHOLE)
		return problem_set(why, 400, "content_length", none,
		    "CONTENT_LENGTH is not the length of the body.");
	return true;
}
