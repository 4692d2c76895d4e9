#include "http/ask.h"

#include "http/body.h"
#include "http/form.h"
#include "http/reading.h"

static const struct span nameless = { NULL, 0 };

/* How a body is written, by its content type. */
enum notation {
	NOTATION_REFUSED = 0,
	NOTATION_UNSAID, /* text/plain, which fetch() says of a string; none */
	NOTATION_FORM,
	NOTATION_JSON
};

/* charset = "charset=" ( "utf-8" / DQUOTE "utf-8" DQUOTE ), in any case */
static bool
charset_valid(struct span s)
{
	return span_is_nocase(s, "charset=utf-8") ||
	       span_is_nocase(s, "charset=\"utf-8\"");
}

/* content-type = [ type "/" subtype [ OWS ";" OWS charset ] ] */
static enum notation
notation_of(struct span content_type)
{
	struct span_cut cut = span_cut(span_trim(content_type), ';');
	struct span type = span_trim(cut.head);

	if (cut.found && !charset_valid(span_trim(cut.tail)))
		return NOTATION_REFUSED;
	if (span_is_nocase(type, "application/x-www-form-urlencoded"))
		return NOTATION_FORM;
	if (span_is_nocase(type, "application/json"))
		return NOTATION_JSON;
	if (span_is_nocase(type, "text/plain") || (type.n == 0 && !cut.found))
		return NOTATION_UNSAID;
	return NOTATION_REFUSED;
}

/* Is its first byte that is no white space (RFC 8259 2) a brace? */
static bool
begins_with_brace(struct span body)
{
	while (body.n > 0 && span_has(SPAN_LIT(" \t\r\n"), body.p[0]))
		body = span_skip(body, 1);
	return body.n > 0 && body.p[0] == '{';
}

static bool
check_sizes(const struct request *request, struct problem *why)
{
	if (request->query.n > QUERY_MAX)
		return problem_set(why, 413, "too_large", nameless,
		    "The query has more than %d bytes.", (long long)QUERY_MAX);
	if (request->body.n > BODY_MAX)
		return problem_set(why, 413, "too_large", nameless,
		    "The body has more than %d bytes.", (long long)BODY_MAX);
	return true;
}

static bool
read_body(const struct request *request, struct reading *r, struct ask *out)
{
	enum notation notation = notation_of(request->content_type);
	struct span body = request->body;

	if (notation != NOTATION_REFUSED && body.n == 0)
		return true;
	if (notation == NOTATION_FORM)
		return form_read(body, r);
	if (notation == NOTATION_JSON ||
	    (notation == NOTATION_UNSAID && begins_with_brace(body)))
		return body_read(body, notation == NOTATION_UNSAID, r, out);
	return problem_set(r->why, 415, "media_type", nameless,
	    "The content type %q is not taken here; send "
	    "application/x-www-form-urlencoded or application/json, in UTF-8.",
	    request->content_type);
}

static bool
in_query(struct reading *r)
{
	struct span name =
	    r->params->n > 0 ? r->params->p[0].name : span_of(r->around);

	return problem_set(r->why, 400, "malformed", name,
	    "%q stands in the query; a POST has its parameters in the body.",
	    name);
}

static bool
read_request(const struct request *request, struct reading *r, struct ask *out)
{
	bool is_post = span_is(request->method, "POST");

	if (!is_post && !span_is(request->method, "GET"))
		return problem_set(r->why, 405, "method", nameless,
		    "The method %q is not taken; use GET or POST.",
		    request->method);
	if (!check_sizes(request, r->why) || !form_read(request->query, r))
		return false;
	if (!is_post)
		return request->body.n == 0 ||
		       problem_set(r->why, 400, "malformed", nameless,
			   "A GET has no body; use POST.");
	if (r->params->n > 0 || r->around != NULL)
		return in_query(r);
	/* A form of no fields is a form. */
	out->probe = request->body.n == 0 && r->contract == CONTRACT_NONE &&
		     notation_of(request->content_type) != NOTATION_FORM;
	return read_body(request, r, out);
}

/*
 * data[NAME] is how jQuery writes the parameters of the old widget's sample;
 * params_to_sign[NAME], and a JSON object of that name, are what others make
 * of next-cloudinary's body. The contract may stand behind, so that this is
 * asked at the end.
 */
static bool
check_around(const struct reading *r, struct ask *out)
{
	bool data = r->around != NULL && span_is(span_of(r->around), "data");

	if (r->around == NULL)
		return true;
	if (data && r->contract != CONTRACT_TEXT)
		return problem_set(r->why, 400, "bad_name", nameless,
		    "\"data[%v]\" is not a parameter's name; data[NAME] goes "
		    "with contract=text.",
		    r->data);
	if (r->bare)
		return problem_set(r->why, 400, "malformed", r->data,
		    "Some parameters stand in %s, and some do not; write all "
		    "in one way.",
		    r->around);
	if (data)
		return true;
	out->contract = CONTRACT_PARAMS_TO_SIGN;
	return r->contract == CONTRACT_NONE ||
	       problem_set(r->why, 400, "contract_unknown",
		   SPAN_LIT("contract"),
		   "%q chooses its own contract; leave \"contract\" out.",
		   span_of(r->around));
}

bool
ask_read(const struct request *request, struct arena *arena, struct ask *out,
    struct problem *why)
{
	struct reading r = { .arena = arena, .params = out->items, .why = why };

	*out = (struct ask){ .n = 1, .items = out->items };
	out->items[0].n = 0;
	if (!read_request(request, &r, out) || !check_around(&r, out)) {
		*out = (struct ask){ .items = out->items };
		out->items[0].n = 0;
		return false;
	}
	if (out->contract == CONTRACT_NONE)
		out->contract = r.contract;
	if (out->contract == CONTRACT_NONE)
		out->contract = CONTRACT_PLAIN;
	out->policy = r.policy;
	return true;
}

bool
contract_is_final(enum contract contract)
{
	return contract == CONTRACT_PARAMS_TO_SIGN || contract == CONTRACT_TEXT;
}
