#include "test.h"

#include "doctoring.h"

TEST(each_file)
{
	const struct finding *one;
	char mend[512];

	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	doctor_configuration(&doctor);
	doctoring_again(doctor_files);
	assert_int_equal(findings.n, 3);
	assert_int_equal(findings.times[FINDING_OK], 3);
	assert_non_null(doctoring_found(
	    FINDING_OK, doctoring_path("session.key"), ", 600)"));
	assert_int_equal(chmod(doctoring_path("session.key"), 0604), 0);
	doctoring_again(doctor_files);
	one = doctoring_found(FINDING_FAULT, doctoring_path("session.key"),
	    "everybody has rights to it");
	assert_non_null(one);
	snprintf(
	    mend, sizeof(mend), "chmod o= %s", doctoring_path("session.key"));
	assert_true(span_is(one->mend, mend));
	/* What a configuration may be, a secret may not. */
	assert_int_equal(chmod(box.conf, 0644), 0);
	doctoring_again(doctor_files);
	assert_non_null(doctoring_found(FINDING_OK, box.conf, ", 644)"));
	doctoring_close();
}
