#include "test.h"

#include "doctoring.h"

TEST(below_and_beside)
{
	const struct finding *one;
	char mend[640], beside[64];

	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	doctor_configuration(&doctor);
	doctor.document_root = box.dir;
	doctor.root = false;
	doctoring_again(doctor_published);
	one = doctoring_found(FINDING_FAULT, doctoring_path("session.key"),
	    "a secret lies below ");
	assert_non_null(one);
	snprintf(mend, sizeof(mend),
	    "mkdir -p -m 700 /tmp/private && mv %s/session.key "
	    "/tmp/private/ # and name the new place",
	    box.dir);
	assert_true(span_is(one->mend, mend));
	/* Everybody could have made a link of that name there. */
	doctor.root = true;
	doctoring_again(doctor_published);
	one = doctoring_found(FINDING_FAULT, doctoring_path("session.key"),
	    "a secret lies below ");
	assert_int_equal(one->mend.n, 0);
	/* The beginning of a name is not a folder above. */
	snprintf(
	    beside, sizeof(beside), "%.*s", (int)strlen(box.dir) - 1, box.dir);
	assert_int_equal(mkdir(beside, 0700), 0);
	doctor.document_root = beside;
	doctoring_again(doctor_published);
	assert_int_equal(findings.times[FINDING_FAULT], 0);
	assert_int_equal(rmdir(beside), 0);
	doctoring_close();
}

/* A folder that is usual, and only guessed at. */
TEST(a_guess)
{
	doctoring_open(SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES);
	snprintf(doctor.as.home, sizeof(doctor.as.home), "%s", box.dir);
	assert_int_equal(mkdir(doctoring_path("public_html"), 0700), 0);
	sandbox_file(&box, "public_html/signpost.conf", "x", 0600);
	watch_note(
	    &watch, span_of(doctoring_path("public_html/signpost.conf")));
	doctoring_again(doctor_published);
	assert_non_null(doctoring_found(FINDING_WARNING,
	    doctoring_path("public_html/signpost.conf"), "(a guess: "));
	unlink(doctoring_path("public_html/signpost.conf"));
	rmdir(doctoring_path("public_html"));
	doctoring_close();
}
