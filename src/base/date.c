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

/*
 * Each run of zeros in form is a number of so many digits, all else itself.
 * numbers[] is zero before.
 */
static bool
take(struct span *rest, const char *form, int *numbers)
{
	for (; *form != '\0'; form++, *rest = span_skip(*rest, 1)) {
		if (rest->n == 0)
			return false;
		if (*form != '0') {
			if (rest->p[0] != (unsigned char)*form)
				return false;
			continue;
		}
		if (rest->p[0] < '0' || rest->p[0] > '9')
			return false;
		*numbers = *numbers * 10 + (rest->p[0] - '0');
		if (form[1] != '0')
			numbers++;
	}
	return true;
}

/* Counted as above; the month 13 is the next year's first. */
static long long
days_since_1970(int year, int month, int day)
{
	year -= month <= 2;
	month += month <= 2 ? 9 : -3;
	return 365LL * year + year / 4 - year / 100 + year / 400 +
	       (153 * month + 2) / 5 + day - 1 - (DAYS_BEFORE_1970 - ERA_DAYS);
}

bool
date_time_read(struct span text, long long *out)
{
	int at[6] = { 0 }, offset[2] = { 0 }, sign = 0;
	enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND };
	size_t n = 1;

	*out = 0;
	if (!take(&text, "0000-00-00T00:00:00", at))
		return false;
	if (text.n > 0 && text.p[0] == '.') {
		while (n < text.n && n <= 6 && text.p[n] >= '0' &&
		       text.p[n] <= '9')
			n++;
		if (n == 1)
			return false;
		text = span_skip(text, n);
	}
	if (!span_is(text, "Z")) {
		if (text.n == 0)
			return false;
		sign = text.p[0] == '-' ? -1 : 1;
		if (!take(&text, sign < 0 ? "-00:00" : "+00:00", offset) ||
		    text.n > 0)
			return false;
	}
	if (at[YEAR] < 1970 || at[MONTH] < 1 || at[MONTH] > 12 || at[DAY] < 1 ||
	    at[DAY] > days_since_1970(at[YEAR], at[MONTH] + 1, 1) -
			  days_since_1970(at[YEAR], at[MONTH], 1) ||
	    at[HOUR] > 23 || at[MINUTE] > 59 || at[SECOND] > 59 ||
	    offset[0] > 23 || offset[1] > 59)
		return false;
	*out = days_since_1970(at[YEAR], at[MONTH], at[DAY]) * DAY_SECONDS +
	       (at[HOUR] * 60 + at[MINUTE]) * 60 + at[SECOND] -
	       sign * (offset[0] * 60 + offset[1]) * 60;
	return true;
}
