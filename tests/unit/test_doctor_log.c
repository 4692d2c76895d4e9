#define _GNU_SOURCE

#include "test.h"

#include "doctoring.h"

static void
look(const char *name)
{
	static struct config config;

	config = (struct config){ .log = span_of(name) };
	doctor.config = &config;
	doctoring_again(doctor_log);
}

TEST(each_state)
{
	static char path[320];

	doctoring_open("");
	look("");
	assert_int_equal(findings.n, 0);
	snprintf(path, sizeof(path), "%s", doctoring_path("x.log"));
	look(path);
	assert_non_null(doctoring_found(FINDING_OK, path, "will be made"));
	assert_int_equal(access(path, F_OK), -1);
	sandbox_file(&box, "x.log", "", 0600);
	look(path);
	assert_non_null(doctoring_found(FINDING_OK, path, "can be written"));
	assert_int_equal(chmod(path, 0602), 0);
	look(path);
	assert_non_null(
	    doctoring_found(FINDING_WARNING, path, "everybody can write"));
	unlink(path);
	assert_int_equal(symlink("other", path), 0);
	look(path);
	assert_non_null(doctoring_found(FINDING_WARNING, path, "link"));
	snprintf(path, sizeof(path), "%s", doctoring_path("none/x.log"));
	look(path);
	assert_non_null(
	    doctoring_found(FINDING_WARNING, path, "no folder for it"));
	look(box.dir);
	assert_non_null(
	    doctoring_found(FINDING_WARNING, box.dir, "can't be opened"));
	doctor.copies = true; /* the service writes it, and not who asks */
	look(box.dir);
	assert_int_equal(findings.n, 0);
	doctor.config = NULL;
	doctoring_close();
}
