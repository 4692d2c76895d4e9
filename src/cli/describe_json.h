/* A configuration's facts in a form that another program can read. */
#ifndef CLI_DESCRIBE_JSON_H
#define CLI_DESCRIBE_JSON_H

#include "http/json_write.h"
#include "policy/config.h"

/*
 * An object: name, line, action, cloud, summary, anonymous, set and allow (an
 * object each, of texts, lists of texts or objects of texts; a rule is told as
 * check tells it), limits and limits_total (objects of count and seconds),
 * lifetime (seconds, 0 for none), reusable, contracts (a list of names).
 */
void describe_policy_json(const struct policy *policy, struct json_out *j);

#endif
