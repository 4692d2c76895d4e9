#include "base/date.h"

#define DAY_SECONDS 86400LL
#define ERA_DAYS 146097LL /* 400 years of the Gregorian calendar */

/* From 0000-01-01T00:00:00Z to 9999-12-31T23:59:59Z. */
#define FIRST (-62167219200LL)
#define LAST 253402300799LL

/* From -0400-03-01 to 1970-01-01. */
#define DAYS_BEFORE_1970 (ERA_DAYS + 719468)

static void
number(struct sink *out, long long value, int digits)
{
	long long unit = 1;

	while (--digits > 0)
		unit *= 10;
	for (; unit > 0; unit /= 10)
		sink_byte(out, (unsigned char)('0' + value / unit % 10));
}

/*
 * Counting years from the first of March puts the leap day last, and gives the
 * months lengths that (153 m + 2) / 5 sums up. The era before the year 0 keeps
 * every quotient positive.
 */
static void
date(long long days, struct sink *out)
{
	long long count = days + DAYS_BEFORE_1970;
	long long era = count / ERA_DAYS, day = count % ERA_DAYS;
	long long year =
	    (day - day / 1460 + day / 36524 - day / (ERA_DAYS - 1)) / 365;
	long long month;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	number(out, (era - 1) * 400 + year + (month >= 10), 4);
	sink_byte(out, '-');
	number(out, month < 10 ? month + 3 : month - 9, 2);
	sink_byte(out, '-');
	number(out, day + 1, 2);
}

/* Whole days since 1970, rounded down; *rest is the seconds of the day. */
static long long
days_of(long long unix_seconds, long long *rest)
{
	*rest = (unix_seconds - FIRST) % DAY_SECONDS;
	return (unix_seconds - *rest) / DAY_SECONDS;
}

void
date_write(long long unix_seconds, struct sink *out)
{
	long long rest;

	if (unix_seconds < FIRST || unix_seconds > LAST)
		out->full = true;
	else
		date(days_of(unix_seconds, &rest), out);
}

void
date_time_write(long long unix_seconds, struct sink *out)
{
	long long rest;

	date_write(unix_seconds, out);
	if (out->full)
		return;
	days_of(unix_seconds, &rest);
	sink_byte(out, 'T');
	number(out, rest / 3600, 2);
	sink_byte(out, ':');
	number(out, rest / 60 % 60, 2);
	sink_byte(out, ':');
	number(out, rest % 60, 2);
	sink_byte(out, 'Z');
}
