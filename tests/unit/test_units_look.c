#include "test.h"

#include "cli/units_look.h"
#include "doctoring.h"

/* What the sandbox's place, below /tmp, can't have. */
TEST(places)
{
	struct unit u;
	struct units_look l = { &doctor, &u, FINDING_FAULT, "/etc" };
	struct named named = { "deny_users_file", SPAN_LIT("/home/a"), false };

	doctoring_open("");
	unit_init(&u);
	unit_take(&u, SPAN_LIT("[Service]\nDynamicUser=yes\n"
			       "ProtectHome=yes\nPrivateTmp=yes\n"));
	units_look_file(&l, &named);
	assert_non_null(
	    doctoring_found(FINDING_FAULT, "/home/a", "does not see"));
	findings_init(&findings);
	named.text = SPAN_LIT("/nonexistent/a");
	units_look_file(&l, &named);
	assert_non_null(
	    doctoring_found(FINDING_FAULT, "/nonexistent/a", "can't read it"));
	assert_int_equal(findings.list[0].mend.n, 0);
	if (access("/etc/shadow", F_OK) == 0) {
		findings_init(&findings);
		named.text = SPAN_LIT("/etc/shadow");
		units_look_file(&l, &named);
		assert_true(span_ends(
		    findings.list[0].mend, SPAN_LIT("chmod o+r /etc/shadow")));
	}
	/* Others may put a file there for root to hand on. */
	doctor.root = true;
	assert_false(units_look_safe(&l, "/tmp/a"));
	assert_true(units_look_safe(&l, "/etc/a"));
	doctor.root = false;
	assert_true(units_look_safe(&l, "/tmp/a"));
	doctoring_close();
}
