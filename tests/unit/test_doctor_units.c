#define _GNU_SOURCE

#include "test.h"

#include "doctoring.h"
#include "uniting.h"

#define SERVICE UNITING_ETC "signpost@.service"
#define WANTED UNITING_ETC "multi-user.target.wants/signpost@1.service"
#define SOCKET "run/signpost/signpost.sock"
#define CONF SANDBOX_CLOUD SANDBOX_SESSION SANDBOX_POLICIES

static const char all[] = "signpost.conf cloudinary.secret session.key";

/* The unit, with a line for each of these names beside the configuration. */
static void
hands_on(const char *names, const char *more)
{
	struct span_cut cut = { .tail = span_of(names), .found = true };
	size_t n = 0;
	char text[2048];

	n += (size_t)snprintf(
	    text, sizeof(text), "[Service]\nDynamicUser=yes\n%s\n", more);
	while (cut.found) {
		cut = span_cut(cut.tail, ' ');
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "LoadCredential=%.*s:%s/%.*s\n", (int)cut.head.n,
		    (const char *)cut.head.p, box.dir, (int)cut.head.n,
		    (const char *)cut.head.p);
	}
	uniting_put(SERVICE, text);
}

static void
look(void)
{
	findings_init(&findings);
	doctor_units(&doctor, folder);
}

static int
start(void **state)
{
	if (folder_setup(state) != 0)
		return 1;
	doctoring_open(CONF);
	doctor_configuration(&doctor);
	doctor.as.uid = 0; /* nobody else is named */
	hands_on(all, "");
	uniting_put(WANTED, "");
	return doctor.config == NULL;
}

static int
stop(void **state)
{
	doctoring_close();
	return folder_teardown(state);
}

TEST_WITH(handed_on, start, stop)
{
	const char *key = doctoring_path("session.key");

	look();
	assert_int_equal(findings.n, 1);
	assert_non_null(
	    doctoring_found(FINDING_OK, in_folder(SERVICE), "sees all"));
	hands_on("signpost.conf cloudinary.secret", "");
	look();
	assert_int_equal(findings.n, 1);
	assert_non_null(doctoring_found(FINDING_FAULT, key, "hand it on"));
	/* Perhaps: it says more than is understood. */
	hands_on("signpost.conf cloudinary.secret", "ImportCredential=*");
	look();
	assert_non_null(doctoring_found(FINDING_WARNING, key, "hand it on"));
}

/* Without a worker that is wanted, or a socket. */
TEST_WITH(not_used, start, stop)
{
	const char *key = doctoring_path("session.key");

	hands_on("signpost.conf cloudinary.secret", "");
	assert_int_equal(remove(in_folder(WANTED)), 0);
	look();
	assert_non_null(doctoring_found(FINDING_WARNING, key, "hand it on"));
	doctor.as.uid = 12345;
	look();
	assert_int_equal(findings.n, 0);
	if (geteuid() != 0)
		skip();
	uniting_put(SOCKET, "");
	look();
	assert_non_null(doctoring_found(FINDING_FAULT, key, "hand it on"));
	/* That of a spawn-fcgi, which runs the program as its user. */
	assert_int_equal(chown(in_folder(SOCKET), 12345, (gid_t)-1), 0);
	look();
	assert_int_equal(findings.n, 0);
}

TEST_WITH(not_this_one, start, stop)
{
	struct config *config = doctor.config;

	hands_on("session.key", "");
	look();
	assert_int_equal(findings.n, 0);
	/* It gets a copy, and does not look at it. */
	hands_on("signpost.conf",
	    "ExecStart=\nExecStart=/a --config=/etc/signpost/signpost.conf");
	look();
	assert_int_equal(findings.n, 0);
	doctor.config = NULL;
	look();
	assert_int_equal(findings.n, 0);
	doctor.config = config;
	assert_int_equal(chmod(in_folder(SERVICE), 0666), 0);
	look();
	assert_int_equal(findings.n, 1);
	assert_non_null(doctoring_found(
	    FINDING_WARNING, "signpost@.service", "not looked at: "));
	assert_int_equal(remove(in_folder(SERVICE)), 0);
	look();
	assert_int_equal(findings.n, 0);
}

static bool
mend_has(const struct finding *one, const char *text)
{
	return one != NULL && doctoring_has(one->mend, text);
}

TEST_WITH(lost, start, stop)
{
	const struct finding *one;

	hands_on("signpost.conf cloudinary.secret old.key older.key", "");
	look();
	assert_int_equal(findings.times[FINDING_FAULT], 3);
	one = doctoring_found(FINDING_FAULT, doctoring_path("old.key"),
	    "as old.key, and there is no such file");
	/* All that there is, and what is missing; not what is gone. */
	assert_true(mend_has(one, "'[Service]' 'LoadCredential=' 'Load"));
	assert_true(mend_has(one, "'LoadCredential=signpost.conf:/"));
	assert_true(mend_has(one, "'LoadCredential=cloudinary.secret:/"));
	assert_true(mend_has(one, "'LoadCredential=session.key:/"));
	assert_false(mend_has(one, "old"));
	hands_on("signpost.conf cloudinary.secret session.key old.key",
	    "SetCredential=old.key:a");
	look();
	assert_int_equal(findings.times[FINDING_FAULT], 0);
	/* What is not understood would be dropped with the rest. */
	hands_on("signpost.conf cloudinary.secret session.key old.key",
	    "LoadCredential=%i.key:/etc/one.key");
	look();
	one = doctoring_found(FINDING_WARNING, doctoring_path("old.key"), "");
	assert_non_null(one);
	assert_int_equal(one->mend.n, 0);
}

TEST_WITH(behind, start, stop)
{
	const char *key = doctoring_path("session.key");

	hands_on("signpost.conf cloudinary.secret", "");
	uniting_put(SERVICE ".d/override.conf", "");
	look();
	assert_true(mend_has(
	    doctoring_found(FINDING_FAULT, key, "hand it on"), "override"));
	uniting_put(SERVICE ".d/z.conf", "[Service]\nLoadCredential=a:/etc\n");
	look();
	assert_int_equal(
	    doctoring_found(FINDING_FAULT, key, "hand it on")->mend.n, 0);
}
