#include "policy/loader.h"

static const struct {
	const char *name;
	unsigned seconds;
} windows[] = {
	{ "minute", 60 },
	{ "hour", 3600 },
	{ "day", 86400 },
};

void
limit_say(const struct limit *limit, struct sink *out)
{
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (windows[i].seconds == limit->seconds)
			sink_say(out, "%d/%s", (long long)limit->count,
			    windows[i].name);
}

/* 0 for any other name. */
static unsigned
window_seconds(struct span name)
{
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (span_is(name, windows[i].name))
			return windows[i].seconds;
	return 0;
}

/*
 * limit  = count "/" window
 * count  = 1 to LIMIT_COUNT_MAX in decimal digits, without leading zeros
 * window = "minute" / "hour" / "day"
 */
bool
limit_parse(struct span text, struct limit *out)
{
	struct span_cut cut = span_cut(text, '/');
	unsigned seconds = window_seconds(cut.tail);
	long long count;

	*out = (struct limit){ 0, 0 };
	if (!cut.found || seconds == 0 || !span_digits(cut.head, &count))
		return false;
	if (count < 1 || count > LIMIT_COUNT_MAX)
		return false;
	*out = (struct limit){ (unsigned)count, seconds };
	return true;
}
