/*
 * How many signatures one can get over all policies. Each policy counts by
 * itself, and each signature for the API is also one for an upload, so that
 * only the sum says how much somebody can upload. What signs no call of the
 * API (deliver, token, verify) counts for nothing here.
 */
#ifndef CLI_REACH_H
#define CLI_REACH_H

#include "policy/config.h"

struct reach {
	bool any;     /* is any policy open? else nothing can be got */
	bool endless; /* one of them has no limit */
	long long most;
};

/*
 * In one window of so many seconds: the user who can get most, where a claim
 * that a policy asks for counts as there, and addresses as right; and one
 * address at the anonymous policies.
 */
struct reach reach_of_user(const struct config *config, unsigned seconds);
struct reach reach_of_address(const struct config *config, unsigned seconds);

/* Can anybody get any number of signatures for the API of this policy? */
bool reach_endless(const struct policy *policy);

#endif
