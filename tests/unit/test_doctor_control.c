#include "test.h"

#include "cli/peek.h"
#include "doctoring.h"

/* A control file of the program at this path, and what stands behind it. */
static void
look(const char *program, const char *option, const char *end)
{
	char text[1024];

	snprintf(text, sizeof(text), "#!%s%s%s%s%s", program, peek_self(),
	    option, box.conf, end);
	sandbox_file(&box, "sign.cgi", text, 0700);
	doctoring_again(doctor_control);
}

TEST(first_lines)
{
	static char path[320];

	doctoring_open("");
	snprintf(path, sizeof(path), "%s", doctoring_path("sign.cgi"));
	doctor.control = path;
	doctoring_again(doctor_control);
	assert_int_equal(findings.n, 1);
	assert_non_null(
	    doctoring_found(FINDING_FAULT, path, "there is no such file"));
	look("", " --config=", "\n");
	assert_non_null(doctoring_found(FINDING_OK, path, "it names the"));
	look("", " --config=", "\r\n");
	assert_non_null(doctoring_found(FINDING_FAULT, path, "Windows"));
	look("", " ", "\n");
	assert_non_null(doctoring_found(FINDING_FAULT, path, "first line"));
	look("", " --config=/other", "\n");
	assert_non_null(doctoring_found(FINDING_WARNING, path, "another"));
	look("/nonexistent", " --config=", "\n");
	assert_non_null(doctoring_found(FINDING_FAULT, path, "not there"));
	look("", " --config=", "\n");
	assert_int_equal(chmod(path, 0702), 0);
	doctoring_again(doctor_control);
	assert_non_null(doctoring_found(FINDING_FAULT, path, "can change it"));
	doctoring_close();
}

/* Outside of suexec's folders: root's servers run it as they are. */
TEST(suexec_is_asked)
{
	static char path[320];
	const struct finding *one;

	doctoring_open("");
	snprintf(path, sizeof(path), "%s", doctoring_path("sign.cgi"));
	doctor.control = path;
	doctor.root = true;
	look("", " --config=", "\n");
	assert_non_null(doctoring_found(FINDING_OK, path, "suexec is not"));
	doctor.root = false;
	doctoring_again(doctor_control);
	one = doctoring_found(
	    access("/usr/lib/apache2/suexec-pristine", F_OK) == 0
		? FINDING_FAULT
		: FINDING_WARNING,
	    path, "suexec runs programs from");
	assert_non_null(one);
	assert_int_equal(one->code, 114);
	doctoring_close();
}
