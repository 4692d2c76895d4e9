#define _GNU_SOURCE

#include "test.h"

#include <fcntl.h>
#include <time.h>

#include "doctoring.h"

static void
set_time(const char *path, long long ahead)
{
	struct timespec t[2] = { { .tv_sec = time(NULL) + (time_t)ahead } };

	t[1] = t[0];
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

TEST(files_of_tomorrow)
{
	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	doctor_configuration(&doctor);
	doctoring_again(doctor_clock);
	assert_int_equal(findings.times[FINDING_FAULT], 0);
	assert_non_null(doctoring_found(FINDING_OK, "/tmp", "0 s from this"));
	set_time(doctoring_path("session.key"), 3600);
	doctoring_again(doctor_clock);
	assert_int_equal(findings.times[FINDING_FAULT], 1);
	assert_non_null(doctoring_found(
	    FINDING_FAULT, doctoring_path("session.key"), "s after now"));
	set_time(doctoring_path("session.key"), 50);
	doctoring_again(doctor_clock);
	assert_int_equal(findings.times[FINDING_FAULT], 0);
	doctoring_close();
}
