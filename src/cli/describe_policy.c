#include "cli/describe.h"

void
describe_any(const struct span *s, size_t n, struct sink *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			sink_text(out, i + 1 < n ? ", " : " or ");
		sink_span(out, s[i]);
	}
}

void
describe_require(const struct claim_rule *require, size_t n, struct sink *out)
{
	for (size_t i = 0; i < n; i++) {
		sink_say(out, "  The session's %v must %sbe ", require[i].claim,
		    require[i].never ? "not " : "");
		describe_any(require[i].is, require[i].n, out);
		sink_text(out, ".\n");
	}
}

static void
describe_users(const struct policy *p, struct sink *out)
{
	if (p->webhook)
		sink_text(out, "  It verifies webhooks, without a session");
	else if (p->anonymous)
		sink_text(out, "  Open to everybody, without a session");
	else if (!p->users.present)
		sink_text(out, "  Open to everybody with a valid session");
	else if (p->users.n == 0)
		sink_text(out, "  Open to nobody: users is empty");
	else
		sink_text(out, "  Open to ");
	describe_any(p->users.name, p->users.n, out);
	if (p->deny_users.n > 0)
		sink_text(out, ", but never to ");
	describe_any(p->deny_users.name, p->deny_users.n, out);
	sink_text(out, ".\n");
}

/* IPv4 is kept as IPv4-mapped IPv6, whose first 96 bits are fixed. */
static void
describe_range(const struct address_range *range, struct sink *out)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0xff, 0xff };
	struct span head = { range->base.b, sizeof(mapped) };
	bool four = range->bits >= 96 &&
		    span_eq(head, (struct span){ mapped, sizeof(mapped) });

	address_write(&range->base, out);
	sink_say(out, "/%d", (long long)range->bits - (four ? 96 : 0));
}

static void
describe_places(const struct policy *p, struct sink *out)
{
	if (p->has_addresses) {
		sink_text(
		    out, p->n_addresses == 0
			     ? "  From no address at all: addresses is empty"
			     : "  Only from ");
		for (size_t i = 0; i < p->n_addresses; i++) {
			sink_text(out, i == 0 ? "" : ", ");
			describe_range(&p->addresses[i], out);
		}
		sink_text(out, ".\n");
	}
	if (p->has_origins) {
		sink_text(out, "  Only for pages of this site");
		sink_text(out, p->origins.n == 0 ? "" : " and of ");
		describe_any(p->origins.o, p->origins.n, out);
		sink_text(out, ".\n");
	}
}

/* "    tags = a,b" or a line for each key: "    context.caption = a" */
static void
describe_setting(const struct setting *set, struct sink *out)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->keys != NULL)
			sink_say(out, "    %s.%v = %v\n", set->term->name,
			    set->keys[i], set->values[i].source);
		else if (i == 0)
			sink_say(out, "    %s = %v", set->term->name,
			    set->values[i].source);
		else
			sink_say(out, ",%v", set->values[i].source);
	}
	if (set->keys == NULL)
		sink_byte(out, '\n');
}

static void
describe_allowance(const struct allowance *allow, struct sink *out)
{
	const struct rule *rule = &allow->rule;

	if (rule->kind != RULE_GROUP) {
		sink_say(out, "    %s: ", allow->term->name);
		rule_say(rule, out);
		sink_byte(out, '\n');
		return;
	}
	for (size_t i = 0; i < rule->n; i++) {
		sink_say(
		    out, "    %s.%v: ", allow->term->name, rule->group[i].key);
		rule_say(&rule->group[i].rule, out);
		sink_byte(out, '\n');
	}
}

static void
describe_parameters(const struct policy *p, struct sink *out)
{
	if (p->n_set > 0)
		sink_text(out, "  The server sets\n");
	for (size_t i = 0; i < p->n_set; i++)
		describe_setting(&p->set[i], out);
	if (p->n_allow > 0)
		sink_text(out, "  A client may send\n");
	for (size_t i = 0; i < p->n_allow; i++)
		describe_allowance(&p->allow[i], out);
	if (p->action == ACTION_VERIFY && !p->webhook)
		sink_text(out, "    version, signature: of the answer\n");
	if (!p->webhook)
		sink_say(out, "  A client may send nothing%s.\n",
		    p->n_allow > 0 ? " else" : "");
}

void
describe_counts(
    const struct limit *limits, size_t n, bool noun, struct sink *out)
{
	static const struct {
		unsigned seconds;
		const char *text;
	} windows[] = {
		{ 60, "a minute" },
		{ 3600, "an hour" },
		{ 86400, "a day" },
	};

	for (size_t i = 0; i < n; i++) {
		const char *things =
		    limits[i].count == 1 ? " signature" : " signatures";
		size_t w = 0;

		while (windows[w].seconds != limits[i].seconds)
			w++; /* limit_parse() makes no others */
		if (i > 0)
			sink_text(out, i + 1 < n ? ", " : " and ");
		sink_say(out, "%d%s %s", (long long)limits[i].count,
		    noun && i == 0 ? things : "", windows[w].text);
	}
}

static void
describe_limits(const struct policy *p, struct sink *out)
{
	if (p->n_limits + p->n_totals == 0) {
		if (actions[p->action].kind == KIND_API)
			sink_text(out,
			    "  Any number of signatures: it has no limit.\n");
		return;
	}
	sink_text(out, "  At most ");
	describe_counts(p->limits, p->n_limits, true, out);
	if (p->n_limits > 0)
		sink_say(
		    out, " for each %s", p->anonymous ? "address" : "user");
	if (p->n_limits > 0 && p->n_totals > 0)
		sink_text(out, "; ");
	describe_counts(p->totals, p->n_totals, p->n_limits == 0, out);
	sink_text(out, p->n_totals > 0 ? " for all together.\n" : ".\n");
}

static void
describe_life(const struct policy *p, struct sink *out)
{
	switch (actions[p->action].kind) {
	case KIND_API:
		sink_say(out, "  A signature is good for %d seconds%s.\n",
		    p->lifetime,
		    p->reusable ? ", and for any number of uploads" : "");
		break;
	case KIND_DELIVERY:
		if (policy_setting(p, term_find(SPAN_LIT("duration"))) ==
			NULL &&
		    policy_allowance(p, term_find(SPAN_LIT("duration"))) ==
			NULL)
			sink_text(out,
			    "  A URL that is signed once is good for ever.\n");
		break;
	case KIND_TOKEN:
		sink_text(out, "  A token never outlives the session.\n");
		if (p->cookie_domain.n > 0)
			sink_say(out, "  It is set as a cookie for %v too.\n",
			    p->cookie_domain);
		break;
	case KIND_VERIFY:
	case KIND_NONE:
	default:
		break;
	}
}

void
describe_policy(const struct policy *p, struct sink *out)
{
	sink_text(out, "\nPolicy ");
	describe_summary(p, out);
	sink_say(out, "  The action is %s, at the account %v.\n",
	    action_name(p->action), p->cloud->cloud_name);
	describe_users(p, out);
	describe_require(p->require, p->n_require, out);
	describe_places(p, out);
	describe_parameters(p, out);
	describe_limits(p, out);
	describe_life(p, out);
	if (p->any_owner)
		sink_text(out, "  Everybody's assets can be acted on.\n");
	if (p->shared_tags)
		sink_text(out, "  Tags are shared between users.\n");
}
