#include "base/date.h"
#include "cli/explain.h"
#include "cli/explain_text.h"

#define SIGNATURE_SECONDS 3600           /* that a signature is good for */
#define MILLISECONDS_FROM 100000000000LL /* the year 5138, in seconds */

/* "2 days 3 hours", "1 hour 5 minutes", "12 seconds" */
static void
say_length(long long seconds, struct sink *out)
{
	static const struct {
		long long size;
		const char *name;
	} units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
		{ 1, "second" } };
	unsigned said = 0;

	for (size_t i = 0; i < 4 && said < 2; i++) {
		long long n = seconds / units[i].size;

		if (n == 0 && said > 0)
			break;
		if (n == 0 && i < 3)
			continue;
		sink_say(out, said > 0 ? " %d %s%s" : "%d %s%s", n,
		    units[i].name, n == 1 ? "" : "s");
		seconds %= units[i].size;
		said++;
	}
}

/* How far from this machine's clock. */
static void
say_distance(long long time, long long now, struct sink *out)
{
	long long far = time < now ? now - time : time - now;
	long long hours = (far + 150) / 3600;

	date_time_write(time, out);
	sink_text(out, " is ");
	say_length(far, out);
	sink_say(out, " %s this machine's clock (",
	    time < now ? "before" : "ahead of");
	date_time_write(now, out);
	sink_text(out, ").");
	if (hours > 0 && hours <= 14 && far - hours * 3600 < 150 &&
	    far - hours * 3600 > -150)
		sink_text(out, " Almost whole hours: a local time that was "
			       "taken for UTC?");
}

enum cause
explain_timestamp(struct span text, long long now, struct sink *why)
{
	long long time;

	if (text.n == 0)
		return CAUSE_TIME_MISSING;
	if (!span_digits(text, &time))
		return CAUSE_TIME_TEXT;
	if (time >= MILLISECONDS_FROM)
		return CAUSE_TIME_MILLISECONDS;
	if (now - time > SIGNATURE_SECONDS) {
		say_distance(time, now, why);
		return CAUSE_TIME_OLD;
	}
	if (time - now > CLOCK_SKEW_MAX_SECONDS) {
		say_distance(time, now, why);
		return CAUSE_TIME_FUTURE;
	}
	return CAUSE_NONE;
}

/* moment = date " " time [ " " ( "UTC" / "+0000" ) ] */
static bool
read_moment(struct span s, long long *out)
{
	unsigned char room[40];
	struct span_cut day = span_cut(s, ' '), time = span_cut(day.tail, ' ');
	struct sink iso;

	if (time.found && !span_is(time.tail, "UTC") &&
	    !span_is(time.tail, "+0000"))
		return false;
	sink_init(&iso, room, sizeof(room));
	sink_say(&iso, "%vT%vZ", day.head, time.head);
	return date_time_read(sink_view(&iso), out);
}

enum cause
explain_stale(struct span reported, long long now, struct sink *why)
{
	struct span s = explain_strip(reported);
	long long time;

	if (!span_digits(s, &time) && !date_time_read(s, &time) &&
	    !read_moment(s, &time))
		return CAUSE_TIME_TEXT;
	if (time >= MILLISECONDS_FROM)
		return CAUSE_TIME_MILLISECONDS;
	say_distance(time, now, why);
	if (now - time > SIGNATURE_SECONDS)
		return CAUSE_TIME_OLD;
	return CAUSE_CLOCK_SLOW;
}
