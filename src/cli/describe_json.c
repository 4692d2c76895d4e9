#include "cli/describe_json.h"

#include "cli/advice.h"
#include "cli/describe.h"
#include "policy/decide.h"

static void
write_setting(struct json_out *j, const struct setting *set)
{
	bool group = set->keys != NULL, list = term_is_list(set->term);

	json_name(j, set->term->name);
	if (group || list)
		json_open(j, group ? '{' : '[');
	for (size_t i = 0; i < set->n; i++) {
		if (group)
			json_name_span(j, set->keys[i]);
		json_text(j, set->values[i].source);
	}
	if (group || list)
		json_close(j);
}

static void
write_rule(struct json_out *j, const struct rule *rule)
{
	unsigned char mem[4 * DETAIL_MAX];
	struct sink text;

	sink_init(&text, mem, sizeof(mem));
	rule_say(rule, &text);
	json_text(j, sink_view(&text));
}

static void
write_allowance(struct json_out *j, const struct allowance *allow)
{
	const struct rule *rule = &allow->rule;

	json_name(j, allow->term->name);
	if (rule->kind != RULE_GROUP) {
		write_rule(j, rule);
		return;
	}
	json_open(j, '{');
	for (size_t i = 0; i < rule->n; i++) {
		json_name_span(j, rule->group[i].key);
		write_rule(j, &rule->group[i].rule);
	}
	json_close(j);
}

static void
write_parameters(struct json_out *j, const struct policy *p)
{
	json_name(j, "set");
	json_open(j, '{');
	for (size_t i = 0; i < p->n_set; i++)
		write_setting(j, &p->set[i]);
	json_close(j);
	json_name(j, "allow");
	json_open(j, '{');
	for (size_t i = 0; i < p->n_allow; i++)
		write_allowance(j, &p->allow[i]);
	json_close(j);
}

static void
write_limits(
    struct json_out *j, const char *name, const struct limit *limits, size_t n)
{
	json_name(j, name);
	json_open(j, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, '{');
		json_named_number(j, "count", limits[i].count);
		json_named_number(j, "seconds", limits[i].seconds);
		json_close(j);
	}
	json_close(j);
}

/* A webhook is a request of its own, and no contract. */
static void
write_contracts(struct json_out *j, const struct policy *p)
{
	json_name(j, "contracts");
	json_open(j, '[');
	if (!p->webhook) {
		json_text(j, SPAN_LIT("plain"));
		json_text(j, SPAN_LIT("classic"));
		if (policy_final_obstacle(p) == NULL) {
			json_text(j, SPAN_LIT("paramsToSign"));
			json_text(j, SPAN_LIT("text"));
		}
		if (advice_prepare(p))
			json_text(j, SPAN_LIT("prepareUploadParams"));
	}
	json_close(j);
}

static void
write_summary(struct json_out *j, const struct policy *p)
{
	unsigned char mem[4 * DETAIL_MAX];
	struct span text;
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	describe_summary(p, &out);
	text = sink_view(&out);
	if (text.n > 0)
		text.n--; /* the newline */
	json_named_text(j, "summary", text);
}

void
describe_policy_json(const struct policy *p, struct json_out *j)
{
	json_open(j, '{');
	json_named_text(j, "name", p->name);
	json_named_number(j, "line", p->line);
	json_named_text(j, "action", span_of(action_name(p->action)));
	json_named_text(j, "cloud", p->cloud->cloud_name);
	write_summary(j, p);
	json_named_bool(j, "anonymous", p->anonymous);
	write_parameters(j, p);
	write_limits(j, "limits", p->limits, p->n_limits);
	write_limits(j, "limits_total", p->totals, p->n_totals);
	json_named_number(j, "lifetime", p->lifetime);
	json_named_bool(j, "reusable", p->reusable);
	write_contracts(j, p);
	json_close(j);
}
