#include "test.h"

#include "explaining.h"

#define NOW 1767225600LL /* 2026-01-01T00:00:00Z */

static void
is(long long time, enum cause cause, const char *said)
{
	unsigned char digits[24];
	struct sink text;

	start();
	sink_init(&text, digits, sizeof(digits));
	sink_int(&text, time);
	assert_int_equal(explain_timestamp(sink_view(&text), NOW, &out), cause);
	assert_string_equal(written(), said);
}

TEST(timestamps)
{
	is(NOW, CAUSE_NONE, "");
	is(NOW - 3600, CAUSE_NONE, "");
	is(NOW + 300, CAUSE_NONE, "");
	is(NOW - 3601, CAUSE_TIME_OLD,
	    "2025-12-31T22:59:59Z is 1 hour before this machine's clock "
	    "(2026-01-01T00:00:00Z). Almost whole hours: a local time that was "
	    "taken for UTC?");
	is(NOW + 301, CAUSE_TIME_FUTURE,
	    "2026-01-01T00:05:01Z is 5 minutes 1 second ahead of this "
	    "machine's clock (2026-01-01T00:00:00Z).");
	is(NOW * 1000, CAUSE_TIME_MILLISECONDS, "");
	is(99999999999, CAUSE_TIME_FUTURE,
	    "5138-11-16T09:46:39Z is 1136953 days 9 hours ahead of this "
	    "machine's clock (2026-01-01T00:00:00Z).");
	is(100000000000, CAUSE_TIME_MILLISECONDS, "");
	is(-1, CAUSE_TIME_TEXT, "");
	start();
	assert_int_equal(
	    explain_timestamp(SPAN_LIT(""), NOW, &out), CAUSE_TIME_MISSING);
	assert_int_equal(explain_timestamp(SPAN_LIT("1767225600.5"), NOW, &out),
	    CAUSE_TIME_TEXT);
	assert_int_equal(explain_timestamp(SPAN_LIT(" 1767225600"), NOW, &out),
	    CAUSE_TIME_TEXT);
}

static enum cause
stale_at(const char *text)
{
	start();
	return explain_stale(span_of(text), NOW, &out);
}

TEST(stale)
{
	assert_int_equal(stale_at("2025-12-31 20:00:00 +0000"), CAUSE_TIME_OLD);
	assert_non_null(strstr(written(), "is 4 hours before"));
	assert_int_equal(stale_at("2025-12-31 20:00:00 UTC"), CAUSE_TIME_OLD);
	assert_int_equal(stale_at("2025-12-31T20:00:00Z"), CAUSE_TIME_OLD);
	assert_int_equal(stale_at("1767220000"), CAUSE_TIME_OLD);
	/* Not an hour ago here: then this clock is not Cloudinary's. */
	assert_int_equal(stale_at("1767225000"), CAUSE_CLOCK_SLOW);
	assert_int_equal(stale_at("1767222000"), CAUSE_CLOCK_SLOW);
	assert_int_equal(stale_at("1767221999"), CAUSE_TIME_OLD);
	assert_int_equal(stale_at("1767225000000"), CAUSE_TIME_MILLISECONDS);
	assert_int_equal(stale_at("2025-12-31 20:00:00 CET"), CAUSE_TIME_TEXT);
	assert_int_equal(stale_at("2025-13-31 20:00:00 UTC"), CAUSE_TIME_TEXT);
	assert_int_equal(stale_at(""), CAUSE_TIME_TEXT);
}

static void
says(const char *moment, const char *length)
{
	assert_int_equal(stale_at(moment), CAUSE_TIME_OLD);
	if (strstr(written(), length) == NULL)
		fail_msg("%s: %s", moment, written());
}

TEST(lengths)
{
	says("2025-12-31T22:50:30Z", " 1 hour 9 minutes before");
	says("2025-12-30T00:00:00Z", " 2 days before");
	says("2025-12-30T23:00:00Z", " 1 day 1 hour before");
	says("2025-12-30T23:59:00Z", " 1 day before");
	says("1970-01-01T00:00:00Z", " 20454 days before");
}
