#include "cloudinary/prepare_answer.h"

#include "http/camel.h"

static const struct span nothing = { NULL, 0 };

/* What the widget itself sends as this parameter; empty: it does not. */
static struct span
sent_text(const struct params *asked, struct span name)
{
	const struct param *p = params_find(asked, name);

	return p != NULL && p->shape == SHAPE_TEXT ? p->values[0] : nothing;
}

/* A list is sent as its elements with commas between them. */
static bool
sent_as_list(const struct params *asked, struct span name, struct span value)
{
	const struct param *p = params_find(asked, name);
	struct span_cut cut = { .tail = value, .found = true };
	size_t i = 0;

	if (p == NULL || p->shape != SHAPE_LIST)
		return false;
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (i == p->n || !span_eq(p->values[i++], cut.head))
			return false;
	}
	return i == p->n;
}

static bool
check_field(const struct grant *grant, const struct grant_field *field,
    const struct params *asked, struct problem *why)
{
	struct span name = span_of(field->term->name);
	struct span sent = sent_text(asked, name);

	if (span_is(name, "timestamp") || camel_of(name) != NULL ||
	    span_eq(sent, field->value) ||
	    sent_as_list(asked, name, field->value))
		return true;
	if (span_is(name, "source") && sent.n == 0 &&
	    span_is(field->value, "uw"))
		return true;
	if (params_find(asked, name) != NULL)
		return problem_set(why, 403, "contract_not_served", name,
		    "The Upload Widget sends %q in another way than the policy "
		    "%q signs it; send %q.",
		    name, grant->policy->name, field->value);
	return problem_set(why, 403, "contract_not_served", name,
	    "The policy %q signs %q = %q, which the Upload Widget would not "
	    "send: put it in a signed preset, and name the preset in `set`.",
	    grant->policy->name, name, field->value);
}

bool
prepare_possible(
    const struct grant *grant, const struct params *asked, struct problem *why)
{
	if (!grant->given || grant->policy->action != ACTION_UPLOAD)
		return problem_set(why, 403, "contract_not_served", nothing,
		    "prepareUploadParams is for uploads only.");
	for (size_t i = 0; i < grant->n; i++)
		if (!check_field(grant, &grant->fields[i], asked, why))
			return false;
	return true;
}

static void
write_member(struct json_out *out, const char *name, struct span value)
{
	json_name(out, name);
	json_text(out, value);
}

void
prepare_answer(const struct grant *grant, const struct signature *signature,
    struct json_out *out)
{
	if (!grant->given || signature->n == 0)
		return;
	json_open(out, '{');
	write_member(out, "signature",
	    (struct span){
		(const unsigned char *)signature->hex, signature->n });
	json_name(out, "uploadSignatureTimestamp");
	json_number(out, grant->timestamp);
	write_member(out, "apiKey", grant->policy->cloud->api_key);
	write_member(out, "resourceType", grant->resource_type);
	for (size_t i = 0; i < grant->n; i++) {
		const struct grant_field *field = &grant->fields[i];
		const char *camel = camel_of(span_of(field->term->name));

		if (camel != NULL)
			write_member(out, camel, field->value);
	}
	json_close(out);
}

void
prepare_refusal(const struct problem *why, struct json_out *out)
{
	json_open(out, '{');
	json_name(out, "cancel");
	json_bool(out, true);
	write_member(out, "error", sink_view(&why->detail));
	write_member(out, "code", span_of(why->code));
	if (why->param.n > 0)
		write_member(out, "param", why->param);
	json_close(out);
}
