#define _DEFAULT_SOURCE /* timegm */

#include "test.h"

#include <stdio.h>
#include <time.h>

#include "base/date.h"
#include "guard.h"

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

/* And read again. */

#define FULL "2023-11-14T22:13:20.123456+01:00"

static bool
reads(struct span text, long long *at)
{
	struct span copy = guarded(text);
	bool ok;

	*at = 99;
	ok = date_time_read(copy, at);
	guard_free(copy);
	if (!ok)
		assert_int_equal(*at, 0);
	return ok;
}

static void
is(const char *text, long long want)
{
	long long at;

	if (!reads(span_of(text), &at) || at != want)
		fail_msg("%s: %lld", text, at);
}

static void
no(const char *text)
{
	long long at;

	if (reads(span_of(text), &at))
		fail_msg("%s: %lld", text, at);
}

/* None of these, the last of which is NULL. */
static void
none(const char *const *texts)
{
	for (; *texts != NULL; texts++)
		no(*texts);
}

/* By Python's datetime.fromisoformat(). */
TEST(known_moments)
{
	is("1970-01-01T00:00:00Z", 0);
	is("1970-01-01T00:00:00+00:00", 0);
	is("1970-01-01T00:00:00-00:00", 0);
	is("1970-01-01T00:00:01Z", 1);
	is("2023-11-14T22:13:20+00:00", 1700000000);
	is("2038-01-19T03:14:08Z", 2147483648);
	is("2024-02-29T23:59:59+00:00", 1709251199);
	is("2000-02-29T12:00:00.123456+05:30", 951805800);
	is("2100-03-01T00:00:00-23:59", 4107628740);
	is("9999-12-31T23:59:59Z", 253402300799);
	is("9999-12-31T23:59:59-23:59", 253402387139);
	is("1970-01-01T00:00:00+23:59", -86340);
	is("1970-01-01T00:00:00-00:01", 60);
}

/* Each day of these years, against the C library. */
TEST(every_day)
{
	static const int years[] = { 1970, 1999, 2000, 2023, 2024, 2099, 2100,
		2101, 2400, 9999 };

	for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++)
		for (int month = 1; month <= 12; month++)
			for (int day = 1; day <= 31; day++) {
				struct tm tm = { .tm_year = years[i] - 1900,
					.tm_mon = month - 1,
					.tm_mday = day,
					.tm_hour = 23,
					.tm_min = 58,
					.tm_sec = 59 };
				time_t want = timegm(&tm);
				char text[64];

				(void)snprintf(text, sizeof(text),
				    "%04d-%02d-%02dT23:58:59Z", years[i], month,
				    day);
				if (tm.tm_mday == day)
					is(text, want);
				else
					no(text);
			}
}

TEST(no_such_date)
{
	is("1970-01-01T00:00:00Z", 0);
	none((const char *const[]){ "1969-12-31T23:59:59Z",
	    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
	    "10000-01-01T00:00:00Z", "2023-00-01T00:00:00Z",
	    "2023-13-01T00:00:00Z", "2023-01-00T00:00:00Z",
	    "2023-01-32T00:00:00Z", "2023-04-31T00:00:00Z",
	    "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", NULL });
	is("2400-02-29T00:00:00Z", 13574563200);
}

TEST(no_such_time)
{
	is("1970-01-01T23:59:59Z", 86399);
	none((const char *const[]){ "1970-01-01T24:00:00Z",
	    "1970-01-01T23:60:00Z", "1970-01-01T23:59:60Z", NULL });
	is("1970-01-02T00:00:00+23:59", 60);
	none((const char *const[]){ "1970-01-02T00:00:00+24:00",
	    "1970-01-02T00:00:00+00:60", "1970-01-02T00:00:00-24:00", NULL });
}

TEST(fractions_are_cut_off)
{
	is("1970-01-01T00:00:01.0Z", 1);
	is("1970-01-01T00:00:01.9Z", 1);
	is("1970-01-01T00:00:01.999Z", 1);
	is("1970-01-01T00:00:01.999999Z", 1);
	none((const char *const[]){ "1970-01-01T00:00:01.9999999Z",
	    "1970-01-01T00:00:01.Z", "1970-01-01T00:00:01,5Z",
	    "1970-01-01T00:00:01. 5Z", "1970-01-01T00:00:01.-5Z",
	    "1970-01-01T00:00:01.5.5Z", "1970-01-01T00:00:01.5", NULL });
}

TEST(the_offset_must_be_there)
{
	none((const char *const[]){ "2023-11-14T22:13:20",
	    "2023-11-14T22:13:20.123456", "2023-11-14T22:13:20 Z",
	    "2023-11-14T22:13:20z", "2023-11-14T22:13:20ZZ",
	    "2023-11-14T22:13:20Z+00:00", "2023-11-14T22:13:20+0000",
	    "2023-11-14T22:13:20+00", "2023-11-14T22:13:20+0:00",
	    "2023-11-14T22:13:20 00:00", "2023-11-14T22:13:20+-1:00",
	    "2023-11-14T22:13:20+01:00:00", NULL });
}

TEST(other_spellings)
{
	none((const char *const[]){ "", "T", "2023-11-14",
	    "2023-11-14 22:13:20Z", "2023-11-14t22:13:20Z", "20231114T221320Z",
	    "2023-11-14T22:13Z", "2023-1-14T22:13:20Z", "+2023-11-14T22:13:20Z",
	    " 2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z ",
	    "2023-W46-2T22:13:20Z", "2023-318T22:13:20Z", "1700000000",
	    "Tue, 14 Nov 2023 22:13:20 GMT", NULL });
}

TEST(a_cut_text_is_none)
{
	struct span full = SPAN_LIT(FULL);
	long long at;

	assert_true(reads(full, &at));
	assert_int_equal(at, 1699996400);
	for (size_t n = 0; n < full.n; n++)
		assert_false(reads(span_head(full, n), &at));
	for (size_t n = 1; n < full.n; n++)
		assert_false(reads(span_skip(full, n), &at));
	assert_false(reads(SPAN_LIT(FULL "\0"), &at));
}

/* Only a digit may stand for a digit, and only itself for all else. */
TEST(every_other_byte_at_each_position)
{
	struct span full = SPAN_LIT(FULL);
	unsigned char text[64];
	long long at;

	for (size_t i = 0; i < full.n; i++)
		for (unsigned c = 0; c < 256; c++) {
			bool digit = c >= '0' && c <= '9';
			bool was = full.p[i] >= '0' && full.p[i] <= '9';

			memcpy(text, full.p, full.n);
			text[i] = (unsigned char)c;
			/* "-" for the offset's "+" is another moment. */
			if (c == full.p[i] || (full.p[i] == '+' && c == '-'))
				assert_true(
				    reads((struct span){ text, full.n }, &at));
			else if (!digit || !was)
				assert_false(
				    reads((struct span){ text, full.n }, &at));
		}
}
