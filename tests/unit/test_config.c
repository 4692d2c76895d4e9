#include "test.h"

#include <stdlib.h>

#include "policy/config.h"

static const struct term one = { .name = "one" }, two = { .name = "two" },
			 other = { .name = "one" };

TEST(test_policy)
{
	const struct policy policies[] = { { .name = SPAN_INIT("avatar") },
		{ .name = SPAN_INIT("remove") } };
	const struct config config = { .n_policies = 2, .policies = policies };
	const struct config empty = { .n_policies = 0 };

	assert_ptr_equal(
	    config_policy(&config, SPAN_LIT("avatar")), &policies[0]);
	assert_ptr_equal(
	    config_policy(&config, SPAN_LIT("remove")), &policies[1]);
	assert_null(config_policy(&config, SPAN_LIT("avata")));
	assert_null(config_policy(&config, SPAN_LIT("avatar2")));
	assert_null(config_policy(&config, SPAN_LIT("Avatar")));
	assert_null(config_policy(&config, SPAN_LIT("")));
	assert_null(config_policy(&empty, SPAN_LIT("avatar")));
}

/* A row of the vocabulary is known by where it lies, not by its name. */
TEST(test_members)
{
	const struct setting set[] = { { .term = &one }, { .term = &two } };
	const struct allowance allow[] = { { .term = &two } };
	const struct policy policy = {
		.n_set = 2, .set = set, .n_allow = 1, .allow = allow
	};

	assert_ptr_equal(policy_setting(&policy, &one), &set[0]);
	assert_ptr_equal(policy_setting(&policy, &two), &set[1]);
	assert_null(policy_setting(&policy, &other));
	assert_ptr_equal(policy_allowance(&policy, &two), &allow[0]);
	assert_null(policy_allowance(&policy, &one));
}

TEST(test_end)
{
	struct config *config = calloc(1, sizeof(*config));

	config_free(NULL);
	assert_non_null(config);
	config->memory = config;
	config->vault = vault_new();
	config_free(config); /* a leak would be seen by the sanitizer */
}
