#include "http/reading.h"

#include "base/text.h"

bool
reading_name(struct reading *r, struct span name)
{
	bool valid = name.n > 0 && name.n <= NAME_MAX_BYTES;

	for (size_t i = 0; valid && i < name.n; i++)
		valid =
		    (name.p[i] >= 'a' && name.p[i] <= 'z') || name.p[i] == '_';
	return valid ||
	       problem_set(r->why, 400, "bad_name", (struct span){ NULL, 0 },
		   "%q is not a parameter's name: these are lower-case "
		   "letters and _, at most %d of them.",
		   name, (long long)NAME_MAX_BYTES);
}

bool
reading_text(struct reading *r, struct span name, struct span text)
{
	if (!text_utf8(text))
		return problem_set(
		    r->why, 400, "malformed", name, "%q is not UTF-8.", text);
	if (text_has_control(text))
		return problem_set(r->why, 400, "malformed", name,
		    "%q has a control character in it; leave it out.", text);
	return true;
}

bool
reading_is_own(struct span name)
{
	return span_is(name, "policy") || span_is(name, "contract");
}

static enum contract
contract_named(struct span value)
{
	if (span_is(value, "plain"))
		return CONTRACT_PLAIN;
	if (span_is(value, "classic"))
		return CONTRACT_CLASSIC;
	return span_is(value, "text") ? CONTRACT_TEXT : CONTRACT_NONE;
}

static bool
take_contract(struct reading *r, struct span name, struct span value)
{
	enum contract contract = contract_named(value);

	if (r->contract != CONTRACT_NONE)
		return problem_set(r->why, 400, "duplicate", name,
		    "The contract is named twice; name it once, in the query "
		    "or in the body.");
	if (contract == CONTRACT_NONE)
		return problem_set(r->why, 400, "contract_unknown", name,
		    "There is no contract %q; there are plain, classic and "
		    "text. \"paramsToSign\" and \"prepareUploadParams\" in a "
		    "JSON body choose their own.",
		    value);
	r->contract = contract;
	return true;
}

bool
reading_own(struct reading *r, struct span name, struct span value)
{
	if (!span_is(name, "policy"))
		return take_contract(r, name, value);
	if (r->policy.n > 0)
		return problem_set(r->why, 400, "duplicate", name,
		    "The policy is named twice; name it once, in the query "
		    "or in the body.");
	if (value.n == 0)
		return problem_set(r->why, 400, "malformed", name,
		    "The policy's name is empty; leave \"policy\" out to see "
		    "the policies that are open to you.");
	r->policy = value;
	return true;
}

struct param *
reading_add(struct reading *r, struct span name, enum shape shape)
{
	struct params *ps = r->params;
	struct param *p;

	if (params_find(ps, name) != NULL) {
		problem_set(r->why, 400, "duplicate", name,
		    "%q stands there twice; send it once, or a list as "
		    "name[]=a&name[]=b.",
		    name);
		return NULL;
	}
	if (ps->n == PARAMS_MAX) {
		problem_set(r->why, 400, "too_many", name,
		    "There are more than %d parameters.",
		    (long long)PARAMS_MAX);
		return NULL;
	}
	p = &ps->p[ps->n++];
	*p = (struct param){ .name = name, .shape = shape };
	return p;
}

bool
reading_no_room(struct reading *r)
{
	return problem_set(r->why, 400, "too_many", (struct span){ NULL, 0 },
	    "The request has too many values.");
}
