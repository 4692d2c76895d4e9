#include "test.h"

#include "cli/units_look.h"
#include "doctoring.h"

static struct unit u;
static struct units_look l;

/* As ours, and these lines besides. */
static void
with(const char *lines)
{
	unit_init(&u);
	unit_take(&u, SPAN_LIT("[Service]\nDynamicUser=yes\n"
			       "ProtectHome=yes\nPrivateTmp=yes\n"));
	unit_take(&u, span_of(lines));
	findings_init(&findings);
}

/* What a file's name finds; NULL for nothing. */
static const struct finding *
look(const char *name, bool secret)
{
	struct named named = { secret ? "file" : "deny_users_file",
		span_of(name), secret };

	findings_init(&findings);
	units_look_file(&l, &named);
	assert_true(findings.n <= 1);
	return findings.n == 0 ? NULL : &findings.list[0];
}

static bool
says(const struct finding *one, const char *text)
{
	return one != NULL && doctoring_has(one->says, text);
}

static int
open_look(void **state)
{
	(void)state;
	doctoring_open("");
	l = (struct units_look){ &doctor, &u, FINDING_FAULT, "" };
	snprintf(l.dir, sizeof(l.dir), "%s", box.dir);
	with("");
	return 0;
}

static int
close_look(void **state)
{
	(void)state;
	doctoring_close();
	return 0;
}

TEST_WITH(beside, open_look, close_look)
{
	const char *key = doctoring_path("session.key");
	char lines[1024];

	assert_non_null(look("session.key", true));
	assert_non_null(
	    doctoring_found(FINDING_FAULT, key, "does not hand it on"));
	assert_true(findings.list[0].mend.n > 0);
	assert_non_null(look("./session.key", false));
	assert_non_null(doctoring_found(FINDING_FAULT, key, "no session.key"));
	l.state = FINDING_WARNING;
	assert_int_equal(look("session.key", true)->state, FINDING_WARNING);
	snprintf(lines, sizeof(lines),
	    "[Service]\nLoadCredential=session.key:%s\n"
	    "LoadCredential=more:%s\nSetCredential=set:a\n",
	    key, box.dir);
	with(lines);
	assert_null(look("session.key", true));
	assert_null(look("./session.key", true));
	assert_null(look("set", true));
	assert_null(look("more_token.key", true));
	assert_non_null(look("more_none.key", true));
	assert_non_null(look("token.key", true));
	assert_non_null(look("a/session.key", true));
	assert_int_equal(findings.list[0].mend.n, 0);
	assert_non_null(look("a:b", true));
}

/* Another file than the one that was looked at. */
TEST_WITH(another, open_look, close_look)
{
	char lines[1024];

	snprintf(lines, sizeof(lines),
	    "[Service]\nLoadCredential=session.key:%s/token.key\n", box.dir);
	with(lines);
	assert_int_equal(look("session.key", true)->state, FINDING_WARNING);
	with("[Service]\nLoadCredential=session.key:/nonexistent/a\n"
	     "LoadCredential=token.key\n");
	assert_null(look("session.key", true)); /* doctor_units() says it */
	assert_null(look("token.key", true));
}

TEST_WITH(absolute, open_look, close_look)
{
	assert_true(says(look("/etc/a.key", true), "an absolute name"));
	assert_null(look("/etc/passwd", false));
	assert_true(says(look("/home/a", false), "does not see"));
	assert_true(says(look("/tmp/a", false), "does not see"));
	assert_true(says(look("/nonexistent/a", false), "can't read it"));
	assert_int_equal(findings.list[0].mend.n, 0);
	if (access("/etc/shadow", F_OK) == 0) {
		assert_true(says(look("/etc/shadow", false), "can't read it"));
		assert_true(span_ends(
		    findings.list[0].mend, SPAN_LIT("chmod o+r /etc/shadow")));
	}
	/* Who knows what these can read. */
	with("[Service]\nSupplementaryGroups=web\n");
	assert_null(look("/etc/a.key", true));
	with("[Service]\nDynamicUser=no\n");
	assert_null(look("/etc/a.key", true));
}

TEST_WITH(parts, open_look, close_look)
{
	const struct span tmp = SPAN_LIT("/tmp/a");
	char path[PATH_MAX];

	assert_true(
	    span_is(units_look_beside(&l, SPAN_LIT("././a"), path), "a"));
	assert_string_equal(path, doctoring_path("a"));
	assert_int_equal(units_look_beside(&l, SPAN_LIT("a/b"), path).n, 0);
	assert_true(units_look_gone(SPAN_LIT("/nonexistent")));
	assert_false(units_look_gone(span_of(box.dir)));
	assert_false(units_look_gone(SPAN_LIT("")));
	assert_true(units_look_same(box.dir, span_of(box.dir)));
	assert_false(units_look_same(box.dir, SPAN_LIT("/tmp")));
	assert_false(units_look_same(box.dir, SPAN_LIT("")));
	assert_true(units_look_temporary(&l, tmp));
	with("[Service]\nDynamicUser=no\nPrivateTmp=no\n");
	assert_false(units_look_temporary(&l, tmp));
	/* Others may put a file there for root to hand on. */
	doctor.root = true;
	assert_false(units_look_safe(&l, "/tmp/a"));
	assert_true(units_look_safe(&l, "/etc/a"));
	doctor.root = false;
	assert_true(units_look_safe(&l, "/tmp/a"));
}
