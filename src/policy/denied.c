#include "policy/denied.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"

static_assert(USER_MAX == 255, "as fault_in() says");

/* What is wrong with a line that is not empty; NULL when it is a user. */
static const char *
fault_in(struct span user)
{
	if (user.n > USER_MAX)
		return "a user has at most 255 bytes: write one on each line";
	if (!text_utf8(user))
		return "it is not UTF-8: save the file as UTF-8";
	if (span_trim(user).n != user.n)
		return "it begins or ends with a blank: remove that";
	if (text_has_control(user))
		return "it has a control character, which no user has: remove "
		       "it";
	return NULL;
}

static int
by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* Sorted, each once; how many remain. */
static size_t
sort(struct span *users, size_t n)
{
	size_t kept = 0;

	if (n > 0)
		qsort(users, n, sizeof(users[0]), by_bytes);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !span_eq(users[kept - 1], users[i]))
			users[kept++] = users[i];
	return kept;
}

static bool
say_line(struct sink *why, long long line, const char *fault)
{
	sink_say(why, "line %d: %s", line, fault);
	return false;
}

/* The users in the order of the file; *n is how many. */
static bool
take_users(struct span text, struct span *room, size_t max, size_t *n,
    struct sink *why)
{
	struct span_cut cut = { .tail = text, .found = true };

	*n = 0;
	for (long long line = 1; cut.found; line++) {
		struct span user;
		const char *fault;

		cut = span_cut(cut.tail, '\n');
		user = cut.head;
		if (user.n > 0 && user.p[user.n - 1] == '\r')
			user.n--;
		if (user.n == 0)
			continue;
		fault = fault_in(user);
		if (fault != NULL)
			return say_line(why, line, fault);
		if (*n == max) {
			sink_say(why,
			    "line %d: these are more than %d users, which are "
			    "the most",
			    line, (long long)max);
			return false;
		}
		room[(*n)++] = user;
	}
	return true;
}

bool
denied_read(struct span text, struct span *room, size_t max, struct names *out,
    struct sink *why)
{
	size_t n;

	*out = (struct names){ false, 0, NULL };
	/* It would become a part of the first user, whom nobody then denies. */
	if (span_starts(text, SPAN_LIT("\xef\xbb\xbf")))
		return say_line(why, 1,
		    "the file begins with a byte order mark: save it as UTF-8 "
		    "without one");
	if (!take_users(text, room, max, &n, why))
		return false;
	*out = (struct names){ true, sort(room, n), room };
	return true;
}
