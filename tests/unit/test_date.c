#include "test.h"

#include <stdio.h>
#include <time.h>

#include "base/date.h"

#define FIRST (-62167219200LL)
#define LAST 253402300799LL

/* What is written, into room for exactly that much. */
static bool
writes(void (*write)(long long, struct sink *), long long when,
    const char *expected)
{
	unsigned char mem[32];
	struct sink out;

	sink_init(&out, mem, span_of(expected).n);
	write(when, &out);
	return !out.full && span_is(sink_view(&out), expected);
}

TEST(dates)
{
	assert_true(writes(date_write, 0, "1970-01-01"));
	assert_true(writes(date_write, 86399, "1970-01-01"));
	assert_true(writes(date_write, 86400, "1970-01-02"));
	assert_true(writes(date_write, -1, "1969-12-31"));
	assert_true(writes(date_write, 1767225599, "2025-12-31"));
	assert_true(writes(date_write, 1767225600, "2026-01-01"));
	assert_true(writes(date_write, 951782399, "2000-02-28"));
	assert_true(writes(date_write, 951782400, "2000-02-29"));
	assert_true(writes(date_write, 951868800, "2000-03-01"));
	assert_true(writes(date_write, 4107542399, "2100-02-28"));
	assert_true(writes(date_write, 4107542400, "2100-03-01"));
}

TEST(times)
{
	assert_true(writes(date_time_write, 0, "1970-01-01T00:00:00Z"));
	assert_true(writes(date_time_write, -1, "1969-12-31T23:59:59Z"));
	assert_true(
	    writes(date_time_write, 1234567890, "2009-02-13T23:31:30Z"));
	assert_true(
	    writes(date_time_write, 2147483648, "2038-01-19T03:14:08Z"));
}

/* A year of five digits, or before the year 0, is written nowhere. */
TEST(years_of_four_digits)
{
	static const long long outside[] = { FIRST - 1, LAST + 1, INT64_MIN,
		INT64_MAX };

	assert_true(writes(date_write, FIRST, "0000-01-01"));
	assert_true(writes(date_time_write, FIRST, "0000-01-01T00:00:00Z"));
	assert_true(writes(date_write, LAST, "9999-12-31"));
	assert_true(writes(date_time_write, LAST, "9999-12-31T23:59:59Z"));
	for (size_t i = 0; i < 4; i++) {
		unsigned char mem[32];
		struct sink out;

		sink_init(&out, mem, sizeof(mem));
		date_write(outside[i], &out);
		assert_true(out.full);
		assert_int_equal(out.n, 0);
		sink_init(&out, mem, sizeof(mem));
		date_time_write(outside[i], &out);
		assert_true(out.full);
		assert_int_equal(out.n, 0);
	}
}

/* Each day of four centuries, with libc as the second opinion. */
TEST(every_day_of_an_era)
{
	for (long long day = -30000; day < 146097 - 30000; day++) {
		time_t when = (time_t)(day * 86400 + (day * day) % 86400);
		struct tm tm;
		char expected[64];

		assert_non_null(gmtime_r(&when, &tm));
		assert_int_not_equal(strftime(expected, sizeof(expected),
					 "%Y-%m-%dT%H:%M:%SZ", &tm),
		    0);
		if (!writes(date_time_write, when, expected))
			fail_msg("%s", expected);
	}
}

/* The first and the last day of February and of each of the 10,000 years. */
TEST(every_year)
{
	long long day = FIRST / 86400;

	for (int year = 0; year < 10000; year++) {
		bool leap =
		    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
		char expected[32];

		snprintf(expected, sizeof(expected), "%04d-01-01", year);
		assert_true(writes(date_write, day * 86400, expected));
		snprintf(expected, sizeof(expected), "%04d-02-%d", year,
		    leap ? 29 : 28);
		day += leap ? 59 : 58;
		assert_true(writes(date_write, day * 86400, expected));
		snprintf(expected, sizeof(expected), "%04d-03-01", year);
		assert_true(writes(date_write, ++day * 86400, expected));
		snprintf(expected, sizeof(expected), "%04d-12-31", year);
		day += 305;
		assert_true(writes(date_write, day * 86400, expected));
		day++;
	}
	assert_int_equal(day * 86400, LAST + 1);
}

TEST(no_room)
{
	for (size_t cap = 0; cap < 20; cap++) {
		unsigned char mem[20];
		struct sink out;

		sink_init(&out, mem, cap);
		date_time_write(0, &out);
		assert_true(out.full);
		sink_init(&out, mem, cap);
		date_write(0, &out);
		assert_int_equal(out.full, cap < 10);
	}
}
