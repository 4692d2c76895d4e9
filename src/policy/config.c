#include "policy/config.h"

#include <stdlib.h>

const struct policy *
config_policy(const struct config *config, struct span name)
{
	for (size_t i = 0; i < config->n_policies; i++)
		if (span_eq(config->policies[i].name, name))
			return &config->policies[i];
	return NULL;
}

const struct setting *
policy_setting(const struct policy *policy, const struct term *term)
{
	for (size_t i = 0; i < policy->n_set; i++)
		if (policy->set[i].term == term)
			return &policy->set[i];
	return NULL;
}

const struct allowance *
policy_allowance(const struct policy *policy, const struct term *term)
{
	for (size_t i = 0; i < policy->n_allow; i++)
		if (policy->allow[i].term == term)
			return &policy->allow[i];
	return NULL;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	vault_free(config->vault);
	free(config->memory); /* config itself lies in it */
}

bool
names_have(const struct names *names, struct span name)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_cmp(names->name[middle], name);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
