#include "gateway/variables.h"

#include <string.h>

#include "base/limits.h"
#include "gateway/record.h"

static const struct span the_body = SPAN_INIT("The body");

/* What is read of the environment. No other HTTP_ variable is looked at. */
enum variable {
	METHOD,
	QUERY,
	CONTENT_TYPE,
	CONTENT_LENGTH,
	COOKIE,
	AUTHORIZATION,
	REDIRECT_AUTHORIZATION,
	ORIGIN,
	SEC_FETCH_SITE,
	SEC_FETCH_MODE,
	SEC_FETCH_DEST,
	CLD_TIMESTAMP,
	CLD_SIGNATURE,
	ADDRESS,
	AUTH_TYPE,
	ROOT,
	USER, /* under the name that the configuration says */
	VARIABLES
};

static const struct {
	struct span name;
	size_t max;
} known[VARIABLES] = {
	[METHOD] = { SPAN_INIT("REQUEST_METHOD"), HEADER_MAX },
	[QUERY] = { SPAN_INIT("QUERY_STRING"), QUERY_MAX },
	[CONTENT_TYPE] = { SPAN_INIT("CONTENT_TYPE"), HEADER_MAX },
	[CONTENT_LENGTH] = { SPAN_INIT("CONTENT_LENGTH"), HEADER_MAX },
	[COOKIE] = { SPAN_INIT("HTTP_COOKIE"), COOKIE_HEADER_MAX },
	[AUTHORIZATION] = { SPAN_INIT("HTTP_AUTHORIZATION"),
	    AUTHORIZATION_MAX },
	[REDIRECT_AUTHORIZATION] = { SPAN_INIT("REDIRECT_HTTP_AUTHORIZATION"),
	    AUTHORIZATION_MAX },
	[ORIGIN] = { SPAN_INIT("HTTP_ORIGIN"), HEADER_MAX },
	[SEC_FETCH_SITE] = { SPAN_INIT("HTTP_SEC_FETCH_SITE"), HEADER_MAX },
	[SEC_FETCH_MODE] = { SPAN_INIT("HTTP_SEC_FETCH_MODE"), HEADER_MAX },
	[SEC_FETCH_DEST] = { SPAN_INIT("HTTP_SEC_FETCH_DEST"), HEADER_MAX },
	[CLD_TIMESTAMP] = { SPAN_INIT("HTTP_X_CLD_TIMESTAMP"), HEADER_MAX },
	[CLD_SIGNATURE] = { SPAN_INIT("HTTP_X_CLD_SIGNATURE"), HEADER_MAX },
	[ADDRESS] = { SPAN_INIT("REMOTE_ADDR"), HEADER_MAX },
	[AUTH_TYPE] = { SPAN_INIT("AUTH_TYPE"), HEADER_MAX },
	[ROOT] = { SPAN_INIT("DOCUMENT_ROOT"), PATH_TEXT_MAX },
	[USER] = { SPAN_INIT("The user's variable"), HEADER_MAX },
};

void
variables_fault(struct variables *v, enum intake intake, struct span about)
{
	if (v->request.intake != INTAKE_WHOLE)
		return;
	v->request.intake = intake;
	v->request.about = about;
}

static enum variable
variable_named(struct span name, struct span user)
{
	enum variable i = METHOD;

	if (user.n > 0 && span_eq(name, user))
		return USER;
	while (i < USER && !span_eq(known[i].name, name))
		i++;
	return i < USER ? i : VARIABLES;
}

/* While they are read. */
struct collected {
	struct span user, value[VARIABLES];
	bool seen[VARIABLES];
};

static void
collect(struct variables *v, struct collected *c, struct span name,
    struct span value)
{
	enum variable i = variable_named(name, c->user);

	if (i == VARIABLES)
		return;
	if (c->seen[i])
		variables_fault(v, INTAKE_TWICE, known[i].name);
	else if (value.n > known[i].max)
		variables_fault(v, INTAKE_TOO_LARGE, known[i].name);
	else
		c->value[i] = value;
	if (c->seen[i])
		c->value[i] = (struct span){ NULL, 0 };
	c->seen[i] = true;
}

static void
read_length(struct variables *v, struct span text)
{
	v->has_length = text.n > 0;
	if (!v->has_length)
		return;
	if (!span_digits(text, &v->length))
		variables_fault(v, INTAKE_LENGTH, known[CONTENT_LENGTH].name);
	else if (v->length > HOOK_BODY_MAX)
		variables_fault(v, INTAKE_TOO_LARGE, the_body);
}

static void
begin(struct variables *out)
{
	memset(out, 0, sizeof(*out));
	out->request.intake = INTAKE_WHOLE;
}

static void
finish(struct variables *out, const struct span value[VARIABLES])
{
	struct request *r = &out->request;

	r->method = value[METHOD];
	r->query = value[QUERY];
	r->content_type = value[CONTENT_TYPE];
	r->cookie = value[COOKIE];
	/* Where Apache rewrote, the first may be there and empty. */
	r->authorization = value[AUTHORIZATION].n > 0
			       ? value[AUTHORIZATION]
			       : value[REDIRECT_AUTHORIZATION];
	r->origin = value[ORIGIN];
	r->sec_fetch_site = value[SEC_FETCH_SITE];
	r->sec_fetch_mode = value[SEC_FETCH_MODE];
	r->sec_fetch_dest = value[SEC_FETCH_DEST];
	r->cld_timestamp = value[CLD_TIMESTAMP];
	r->cld_signature = value[CLD_SIGNATURE];
	r->remote_addr = value[ADDRESS];
	r->auth_type = value[AUTH_TYPE];
	r->document_root = value[ROOT];
	r->remote_user = value[USER];
	read_length(out, value[CONTENT_LENGTH]);
}

void
variables_read(char *const *envp, struct span user, struct variables *out)
{
	struct collected c = { .user = user };

	begin(out);
	for (; *envp != NULL; envp++) {
		struct span_cut cut = span_cut(span_of(*envp), '=');

		if (cut.found)
			collect(out, &c, cut.head, cut.tail);
	}
	finish(out, c.value);
}

void
variables_read_pairs(struct span pairs, struct span user, struct variables *out)
{
	struct collected c = { .user = user };
	struct record_pair pair;

	begin(out);
	while (record_next_pair(&pairs, &pair))
		collect(out, &c, pair.name, pair.value);
	finish(out, c.value);
}

void
variables_body(struct variables *v, struct span body)
{
	if (body.n > HOOK_BODY_MAX)
		variables_fault(v, INTAKE_TOO_LARGE, the_body);
	else if (v->has_length && (long long)body.n != v->length)
		variables_fault(v, INTAKE_LENGTH, known[CONTENT_LENGTH].name);
	if (v->request.intake == INTAKE_WHOLE)
		v->request.body = body;
}
