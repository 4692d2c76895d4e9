#include "test.h"

#include "doctoring.h"

TEST(a_folder)
{
	char path[320];

	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	doctor_configuration(&doctor);
	doctoring_again(doctor_store);
	assert_non_null(doctoring_found(FINDING_OK, "", "nothing is counted"));
	doctoring_close();
	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION DOCTORING_LIMITED);
	doctor_configuration(&doctor);
	doctoring_again(doctor_store);
	snprintf(path, sizeof(path), "%s", doctoring_path("counters"));
	assert_non_null(
	    doctoring_found(geteuid() == 0 ? FINDING_WARNING : FINDING_OK, path,
		geteuid() == 0 ? "not looked at" : "will be made"));
	assert_int_equal(access(path, F_OK), -1);
	doctor.copies = true;
	doctoring_again(doctor_store);
	assert_int_equal(findings.n, 0);
	doctoring_close();
}

TEST(a_server)
{
	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION
	    "store = \"unix:/nonexistent/redis.sock\";\n" DOCTORING_LIMITED);
	doctor_configuration(&doctor);
	if (doctor.config == NULL)
		skip(); /* built without hiredis */
	doctoring_again(doctor_store);
	assert_int_equal(findings.times[FINDING_FAULT], 1);
	doctoring_close();
}
