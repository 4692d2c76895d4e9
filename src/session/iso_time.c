#include "session/iso_time.h"

/* n digits off the front. */
static bool
take_number(struct span *rest, size_t n, int low, int high, int *out)
{
	*out = 0;
	if (rest->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (rest->p[i] < '0' || rest->p[i] > '9')
			return false;
		*out = *out * 10 + (rest->p[i] - '0');
	}
	*rest = span_skip(*rest, n);
	return *out >= low && *out <= high;
}

static bool
take_byte(struct span *rest, unsigned char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = span_skip(*rest, 1);
	return true;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* YYYY-MM-DD as days since 1970-01-01. */
static bool
take_date(struct span *rest, long long *days)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334, 365 };
	int year, month, day, leap;

	if (!take_number(rest, 4, 1970, 9999, &year) || !take_byte(rest, '-') ||
	    !take_number(rest, 2, 1, 12, &month) || !take_byte(rest, '-') ||
	    !take_number(rest, 2, 1, 31, &day))
		return false;
	leap = is_leap(year) ? 1 : 0;
	if (day > before[month] - before[month - 1] + (month == 2 ? leap : 0))
		return false;
	year--;
	/* 719162 days lie before 1970. */
	*days = year * 365LL + year / 4 - year / 100 + year / 400 - 719162 +
		before[month - 1] + (month > 2 ? leap : 0) + day - 1;
	return true;
}

static bool
take_time(struct span *rest, int *seconds)
{
	int h, m, s, digit;

	if (!take_number(rest, 2, 0, 23, &h) || !take_byte(rest, ':') ||
	    !take_number(rest, 2, 0, 59, &m) || !take_byte(rest, ':') ||
	    !take_number(rest, 2, 0, 59, &s))
		return false;
	*seconds = (h * 60 + m) * 60 + s;
	if (!take_byte(rest, '.'))
		return true;
	if (!take_number(rest, 1, 0, 9, &digit))
		return false;
	for (size_t n = 1; n < 6; n++) {
		struct span before = *rest;

		if (!take_number(rest, 1, 0, 9, &digit)) {
			*rest = before;
			break;
		}
	}
	return true;
}

static bool
take_offset(struct span *rest, int *seconds)
{
	int sign = 1, h, m;

	*seconds = 0;
	if (take_byte(rest, 'Z'))
		return true;
	if (take_byte(rest, '-'))
		sign = -1;
	else if (!take_byte(rest, '+'))
		return false;
	if (!take_number(rest, 2, 0, 23, &h) || !take_byte(rest, ':') ||
	    !take_number(rest, 2, 0, 59, &m))
		return false;
	*seconds = sign * (h * 60 + m) * 60;
	return true;
}

bool
iso_time_read(struct span text, long long *out)
{
	long long days;
	int seconds, offset;

	*out = 0;
	if (!take_date(&text, &days) || !take_byte(&text, 'T') ||
	    !take_time(&text, &seconds) || !take_offset(&text, &offset) ||
	    text.n > 0)
		return false;
	*out = days * 86400 + seconds - offset;
	return true;
}
