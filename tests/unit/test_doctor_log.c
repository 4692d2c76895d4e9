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

/* A configuration with such a path is none: it has become so since. */
TEST(what_has_changed)
{
	static char path[320];

	doctoring_open("");
	snprintf(path, sizeof(path), "%s", doctoring_path("x.log"));
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
