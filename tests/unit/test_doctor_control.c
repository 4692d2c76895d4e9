#include "test.h"

#include "cli/peek.h"
#include "doctoring.h"

/* Outside of suexec's folders: root's servers run it as they are. */
TEST(suexec_is_asked)
{
	static char path[320];
	char text[1024];
	const struct finding *one;

	doctoring_open("");
	snprintf(path, sizeof(path), "%s", doctoring_path("sign.cgi"));
	doctor.control = path;
	doctor.root = true;
	snprintf(text, sizeof(text), "#!%s --config=%s\n", peek_endpoint(),
	    box.conf);
	sandbox_file(&box, "sign.cgi", text, 0700);
	doctoring_again(doctor_control);
	assert_non_null(doctoring_found(FINDING_OK, path, "suexec is not"));
	doctor.root = false;
	doctoring_again(doctor_control);
	one = doctoring_found(
	    access("/usr/lib/apache2/suexec-pristine", F_OK) == 0
		? FINDING_FAULT
		: FINDING_WARNING,
	    path, "suexec runs programs from");
	assert_int_equal(one == NULL ? 0 : one->code, 114);
	doctoring_close();
}
