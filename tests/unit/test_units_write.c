#include "test.h"

#include "cli/units_look.h"
#include "doctoring.h"

static struct unit u;
static struct config config;
static struct units_look l = { &doctor, &u, FINDING_FAULT, "/etc" };

static void
with(const char *lines)
{
	unit_init(&u);
	unit_take(&u, SPAN_LIT("[Service]\nDynamicUser=yes\n"
			       "StateDirectory=signpost\n"));
	unit_take(&u, span_of(lines));
	doctor = (struct doctor){ .found = &findings, .config = &config };
}

/* What is found of a name, and of the path that it stands for. */
static int
store(const char *name, const char *path)
{
	struct named named = { "store", span_of(name), false };

	config = (struct config){ .counts = true };
	config.store.place = span_of(path);
	findings_init(&findings);
	units_look_store(&l, &named);
	return findings.n == 0 ? 0 : (int)findings.list[0].state;
}

static int
log_of(const char *name, const char *path)
{
	struct named named = { "log", span_of(name), false };

	config = (struct config){ .log = span_of(path) };
	findings_init(&findings);
	units_look_log(&l, &named);
	return findings.n == 0 ? 0 : (int)findings.list[0].state;
}

TEST(stores)
{
	struct named named = { "store", SPAN_LIT("counters"), false };

	with("");
	assert_int_equal(
	    store("/var/lib/signpost", "/var/lib/signpost"), FINDING_OK);
	assert_int_equal(store("/srv/a", "/srv/a"), FINDING_FAULT);
	assert_int_equal(store("counters", "/etc/counters"), FINDING_FAULT);
	assert_int_equal(store("/tmp/a", "/tmp/a"), FINDING_WARNING);
	/* Beside the copies it is no folder of the service's, wherever it is.
	 */
	assert_int_equal(store("signpost", "/var/lib/signpost"), FINDING_FAULT);
	with("[Service]\nDynamicUser=no\n");
	assert_int_equal(store("/srv/a", "/srv/a"), 0);
	assert_int_equal(store("counters", "/etc/counters"), FINDING_FAULT);
	config.counts = false;
	findings_init(&findings);
	units_look_store(&l, &named);
	assert_int_equal(findings.n, 0);
}

TEST(logs)
{
	with("");
	assert_int_equal(log_of("a.log", "/etc/a.log"), FINDING_WARNING);
	assert_int_equal(findings.list[0].mend.n, 0);
	assert_int_equal(
	    log_of("/var/log/a.log", "/var/log/a.log"), FINDING_WARNING);
	assert_int_equal(findings.list[0].mend.n, 0);
	assert_int_equal(
	    log_of("/var/log/a/b.log", "/var/log/a/b.log"), FINDING_WARNING);
	assert_true(findings.list[0].mend.n > 0);
	assert_int_equal(
	    log_of("/var/log/a/b/c", "/var/log/a/b/c"), FINDING_WARNING);
	assert_int_equal(findings.list[0].mend.n, 0);
	assert_int_equal(log_of("/tmp/a.log", "/tmp/a.log"), FINDING_WARNING);
	assert_int_equal(
	    log_of("/var/lib/signpost/a", "/var/lib/signpost/a"), 0);
	with("[Service]\nLogsDirectory=a\n");
	assert_int_equal(log_of("/var/log/a/b.log", "/var/log/a/b.log"), 0);
	with("[Service]\nDynamicUser=no\n");
	assert_int_equal(log_of("/var/log/a.log", "/var/log/a.log"), 0);
}
