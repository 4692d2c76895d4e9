#include "test.h"

#include "doctoring.h"

TEST(right_and_wrong)
{
	const struct finding *one;

	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION DOCTORING_LIMITED);
	doctoring_again(doctor_configuration);
	assert_non_null(doctor.config);
	assert_non_null(doctoring_found(FINDING_OK, box.conf, "it is right"));
	assert_int_equal(watch.n, 3);
	config_free(doctor.config);
	/* An upload without a limit. */
	sandbox_file(&box, "signpost.conf",
	    SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES, 0600);
	doctoring_again(doctor_configuration);
	assert_non_null(doctoring_found(
	    FINDING_WARNING, box.conf, "it is right, with 1 warning"));
	config_free(doctor.config);
	sandbox_file(&box, "signpost.conf",
	    "origin = [];\n" SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES,
	    0600);
	doctoring_again(doctor_configuration);
	assert_null(doctor.config);
	one = doctoring_found(
	    FINDING_FAULT, box.conf, "1 mistake, so that every request gets");
	assert_non_null(one);
	assert_true(one->mend.n > 0);
	assert_non_null(doctoring_found(FINDING_FAULT, box.conf, "line 1: "));
	doctor.conf = "";
	doctoring_again(doctor_configuration);
	assert_non_null(doctoring_found(FINDING_FAULT, "", "there is none"));
	doctoring_close();
}

/* A list that can't be used: all else is still looked at. */
TEST(a_bad_list)
{
	doctoring_open(SANDBOX_CLOUD
	    "session = { cookie = \"a\"; deny_users_file = \"denied\"; keys = "
	    "( { id = \"1\"; file = \"session.key\"; } ); "
	    "};\n" SANDBOX_POLICIES);
	doctoring_again(doctor_configuration);
	assert_non_null(doctoring_found(FINDING_FAULT, box.conf, "denied"));
	assert_non_null(doctor.config);
	doctoring_close();
}

#define GUEST                                                                  \
	"guest = { action = \"upload\"; anonymous = true;\n"                   \
	"  limit = \"5/hour\"; set = { public_id = \"guests/{random}\";\n"     \
	"  overwrite = false; }; };\n"
#define WEBHOOK                                                                \
	"hook = { action = \"verify\"; addresses = [ \"127.0.0.1\" ]; };\n"
#define USERS                                                                  \
	"remove = { action = \"destroy\"; limit = \"1/day\";\n"                \
	"  allow = { public_id = \"u/{user}/**\"; }; };\n"
#define POLICIES(list)                                                         \
	SANDBOX_CLOUD SANDBOX_SESSION "policies = {\n" list "};\n"

/* A policy for a guest, where there is nobody else. */
TEST(guests)
{
	static const struct {
		const char *conf, *guest;
	} rows[] = {
		{ POLICIES(GUEST), "guest" },
		{ POLICIES(WEBHOOK GUEST), "guest" },
		{ POLICIES(GUEST USERS), "" },
		{ POLICIES(USERS GUEST), "" },
		{ POLICIES(USERS), "" },
		{ POLICIES(WEBHOOK), "" },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		doctoring_open(rows[k].conf);
		doctoring_again(doctor_configuration);
		assert_non_null(doctor.config);
		assert_string_equal(guest, rows[k].guest);
		doctoring_close();
	}
}
