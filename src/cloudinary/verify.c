#include "cloudinary/verify.h"

bool
verify_webhook(const struct policy *policy, const struct request *request,
    long long now, struct problem *why)
{
	(void)policy;
	(void)request;
	(void)now;
	return problem_set(why, 403, "signature_wrong",
	    (struct span){ NULL, 0 }, "It is not checked.");
}

bool
verify_grant(const struct grant *grant, struct problem *why)
{
	(void)grant;
	return problem_set(why, 403, "signature_wrong",
	    (struct span){ NULL, 0 }, "It is not checked.");
}
