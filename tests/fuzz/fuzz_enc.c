/*
 * What undoes an encoding, on any bytes: hex, the three kinds of base64,
 * percent signs, and moments as text. What is taken has one spelling, so
 * writing it again gives the same text; what is written is always taken.
 */
#include "base/date.h"
#include "base/enc.h"
#include "fuzz.h"

#define INPUT_MAX 1024
#define ROOM (4 * INPUT_MAX)

typedef bool decoder(
    struct span text, unsigned char *out, size_t cap, size_t *n);

/*
 * Into memory of exactly the size that it takes; with a byte less it is
 * refused. The bytes are copied to room.
 */
static bool
decode(decoder *with, struct span text, unsigned char *room, struct span *out)
{
	unsigned char *exact;
	size_t n, again;

	*out = (struct span){ NULL, 0 };
	if (!with(text, room, ROOM, &n)) {
		must(n == 0, "nothing is left of what is refused");
		return false;
	}
	must(n <= text.n, "nothing grows");
	exact = malloc(n > 0 ? n : 1);
	must(exact != NULL, "there is memory");
	must(with(text, exact, n, &again) && again == n &&
		 memcmp(exact, room, n) == 0,
	    "it fits into its own size");
	must(n == 0 || !with(text, exact, n - 1, &again),
	    "it does not fit into less");
	free(exact);
	*out = (struct span){ room, n };
	return true;
}

/* Padded, or not, or in the URL alphabet: as a text is to be written. */
enum spelling { PLAIN, PADDED, URL, HEX, PERCENT };

static struct span
encode(struct span bytes, enum spelling spelling)
{
	static unsigned char room[ROOM];
	struct sink out;

	sink_init(&out, room, sizeof(room));
	switch (spelling) {
	case PLAIN:
	case PADDED:
		base64_encode(bytes, spelling == PADDED, &out);
		break;
	case URL:
		base64url_encode(bytes, &out);
		break;
	case HEX:
		sink_hex(&out, bytes);
		break;
	case PERCENT:
		percent_encode(bytes, &out);
		break;
	}
	must(!out.full, "there is room");
	return sink_view(&out);
}

static void
check_written(decoder *with, struct span bytes, enum spelling spelling)
{
	static unsigned char room[ROOM];
	struct span out;

	must(decode(with, encode(bytes, spelling), room, &out) &&
		 span_eq(out, bytes),
	    "what was written is read");
}

/* Either alphabet, padded or not: it is one of four, and read as that. */
static bool
is_any(struct span text, struct span bytes)
{
	struct span padded;
	unsigned char url[ROOM];

	if (span_eq(text, encode(bytes, PLAIN)) ||
	    span_eq(text, encode(bytes, URL)))
		return true;
	padded = encode(bytes, PADDED);
	if (span_eq(text, padded))
		return true;
	for (size_t i = 0; i < padded.n; i++)
		url[i] = padded.p[i] == '+'   ? '-'
			 : padded.p[i] == '/' ? '_'
					      : padded.p[i];
	return span_eq(text, (struct span){ url, padded.n });
}

static void
check_base64(struct span text)
{
	static unsigned char room[ROOM];
	struct span out;
	bool any;

	any = decode(base64_decode, text, room, &out);
	must(!any || is_any(text, out), "base64 has four spellings");
	if (decode(base64url_decode, text, room, &out))
		must(any && span_eq(text, encode(out, URL)),
		    "base64url has one spelling");
	if (decode(base64_padded_decode, text, room, &out))
		must(any && span_eq(text, encode(out, PADDED)),
		    "padded base64 has one spelling");
}

static void
check_hex(struct span text)
{
	static unsigned char room[ROOM];
	struct span out;

	bool right = text.n % 2 == 0;

	for (size_t i = 0; i < text.n; i++)
		right = right && hex_digit(text.p[i]) >= 0;
	must(decode(hex_decode, text, room, &out) == right,
	    "hex is two digits for a byte");
	for (size_t i = 0; i < out.n; i++)
		must(out.p[i] == hex_digit(text.p[2 * i]) * 16 +
				     hex_digit(text.p[2 * i + 1]),
		    "and it is this byte");
}

/* Is each percent sign one of two hex digits? */
static bool
is_percent(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '%' &&
		    (i + 2 >= text.n || hex_digit(text.p[i + 1]) < 0 ||
			hex_digit(text.p[i + 2]) < 0))
			return false;
	return true;
}

static void
check_percent(struct span text)
{
	static unsigned char room[ROOM], again[ROOM];
	struct span out, same;

	must(decode(percent_decode, text, room, &out) == is_percent(text),
	    "a percent sign has two digits");
	must(decode(percent_decode, encode(out, PERCENT), again, &same) &&
		 span_eq(out, same),
	    "what was read can be written");
}

/* Do the first bytes look like this, where "0" is any digit? */
static bool
looks_like(struct span s, const char *form)
{
	size_t n = strlen(form);

	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (form[i] == '0' ? s.p[i] < '0' || s.p[i] > '9'
				   : s.p[i] != form[i])
			return false;
	return true;
}

static int
number(struct span s, size_t at, size_t n)
{
	int value = 0;

	for (size_t i = at; i < at + n; i++)
		value = value * 10 + (s.p[i] - '0');
	return value;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Day by day from 1970 on. */
static bool
expect_date(struct span s, long long *seconds)
{
	int year, month, day;
	long long days = 0;

	if (!looks_like(s, "0000-00-00T00:00:00"))
		return false;
	year = number(s, 0, 4);
	month = number(s, 5, 2);
	day = number(s, 8, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > days_in(year, month) || number(s, 11, 2) > 23 ||
	    number(s, 14, 2) > 59 || number(s, 17, 2) > 59)
		return false;
	for (int y = 1970; y < year; y++)
		days += days_in(y, 2) == 29 ? 366 : 365;
	for (int m = 1; m < month; m++)
		days += days_in(year, m);
	*seconds = ((days + day - 1) * 24 + number(s, 11, 2)) * 3600 +
		   number(s, 14, 2) * 60 + number(s, 17, 2);
	return true;
}

/* "Z", or hours and minutes east of it. */
static bool
expect_offset(struct span s, long long *seconds)
{
	*seconds = 0;
	if (span_is(s, "Z"))
		return true;
	if (s.n != 6 || (!looks_like(s, "+00:00") && !looks_like(s, "-00:00")))
		return false;
	*seconds = number(s, 1, 2) * 3600 + number(s, 4, 2) * 60;
	if (s.p[0] == '-')
		*seconds = -*seconds;
	return number(s, 1, 2) < 24 && number(s, 4, 2) < 60;
}

static void
check_moment(struct span text)
{
	long long moment = 0, offset = 0, read;
	bool right = expect_date(text, &moment);
	struct span rest = right ? span_skip(text, 19) : text;
	size_t digits = 0;

	if (right && rest.n > 0 && rest.p[0] == '.') {
		rest = span_skip(rest, 1);
		while (digits < 6 && digits < rest.n && rest.p[digits] >= '0' &&
		       rest.p[digits] <= '9')
			digits++;
		right = digits > 0;
		rest = span_skip(rest, digits);
	}
	right = right && expect_offset(rest, &offset);
	must(date_time_read(text, &read) == right, "a moment is a moment");
	must(read == (right ? moment - offset : 0), "it is this moment");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size };

	if (size > INPUT_MAX)
		return 0;
	check_base64(input);
	check_hex(input);
	check_percent(input);
	check_moment(input);
	check_written(hex_decode, input, HEX);
	check_written(base64url_decode, input, URL);
	check_written(base64_decode, input, PLAIN);
	check_written(base64_padded_decode, input, PADDED);
	check_written(percent_decode, input, PERCENT);
	return 0;
}
