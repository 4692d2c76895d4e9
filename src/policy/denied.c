#include "policy/denied.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "base/trusted.h"
#include "base/watch.h"

#define TRIES 3 /* to read a file that is being written */

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

struct denied_list {
	struct names users; /* in room */
	struct span *room;  /* views into text */
	size_t n;
	unsigned char
	    text[]; /* room for one byte more, which tells that it grew */
};

static const struct names nobody = { true, 0, NULL };

void
denied_init(struct denied_file *f, struct span path)
{
	*f = (struct denied_file){
		.path = path.n > 0 ? (const char *)path.p : NULL,
		.next_look = LLONG_MIN,
		.next_say = LLONG_MIN,
	};
}

static void
list_free(struct denied_list *list)
{
	if (list != NULL)
		free(list->room);
	free(list);
}

static struct denied_list *
list_new(size_t size)
{
	struct denied_list *list = malloc(sizeof(*list) + size + 1);

	if (list != NULL)
		*list = (struct denied_list){ .n = size };
	return list;
}

/* One user on each line at the most. */
static size_t
users_at_most(struct span text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n && n < DENIED_MAX; i++)
		n += text.p[i] == '\n';
	return n;
}

static bool
understand(struct denied_list *list, const char *path, struct sink *why)
{
	struct span text = { list->text, list->n };
	size_t max = users_at_most(text);
	size_t mark = why->n;

	list->room = calloc(max, sizeof(*list->room));
	if (list->room == NULL) {
		sink_say(why, "%s: there is no memory for it", path);
		return false;
	}
	sink_say(why, "%s: ", path);
	if (!denied_read(text, list->room, max, &list->users, why))
		return false;
	why->n = mark;
	return true;
}

/*
 * What fd holds, which is what seen says. NULL with the reason, or without
 * one when it was changed meanwhile.
 */
static struct denied_list *
read_list(int fd, const char *path, struct stat *seen, struct sink *why)
{
	struct denied_list *list = NULL;
	struct stat after;
	size_t n;

	if (fstat(fd, seen) != 0) {
		sink_say(why, "%s: can't be looked at", path);
		return NULL;
	}
	if (seen->st_size > DENIED_FILE_MAX) {
		sink_say(why,
		    "%s: it has more than %d bytes, which are the "
		    "most",
		    path, (long long)DENIED_FILE_MAX);
		return NULL;
	}
	list = list_new((size_t)seen->st_size);
	if (list == NULL) {
		sink_say(why, "%s: there is no memory for it", path);
		return NULL;
	}
	if (trusted_read(fd, list->text, list->n + 1, &n) && n == list->n &&
	    fstat(fd, &after) == 0 && watch_same(seen, &after) &&
	    understand(list, path, why))
		return list;
	list_free(list);
	return NULL;
}

static struct denied_list *
read_file(const char *path, struct stat *seen, struct sink *why)
{
	struct denied_list *list = NULL;

	for (int i = 0; i < TRIES && list == NULL && why->n == 0; i++) {
		int fd = trusted_open(path, why);

		if (fd < 0)
			return NULL;
		list = read_list(fd, path, seen, why);
		close(fd);
	}
	if (list == NULL && why->n == 0)
		sink_say(why,
		    "%s: it changes while it is read: move a new "
		    "one over it",
		    path);
	return list;
}

static void
say(const char *path, const char *text)
{
	unsigned char mem[PATH_TEXT_MAX + DETAIL_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	sink_say(&out, "%s: %s", path, text);
	log_event("denied", sink_view(&out));
}

static void
take(struct denied_file *f, struct denied_list *list, const struct stat *seen)
{
	f->again = !f->good || !watch_same(&f->seen, seen);
	list_free(f->list);
	f->list = list;
	f->seen = *seen;
	f->good = true;
	if (f->said)
		say(f->path, "good again");
	f->said = false;
	f->next_say = LLONG_MIN;
}

static void
complain(struct denied_file *f, struct span why, long long now_ms)
{
	f->good = false;
	if (!clock_due(&f->next_say, now_ms, CLOCK_SAY_MS))
		return;
	f->said = true;
	log_event("denied", why);
}

/*
 * A file system's clock ticks every few milliseconds: a second change may
 * bear the time of the first, so what has changed is read once more.
 */
static bool
has_changed(const struct denied_file *f)
{
	struct stat now;

	return !f->good || f->again || lstat(f->path, &now) != 0 ||
	       !watch_same(&f->seen, &now);
}

static void
look(struct denied_file *f, long long now_ms)
{
	unsigned char mem[2 * PATH_TEXT_MAX + DETAIL_MAX];
	struct denied_list *list;
	struct stat seen;
	struct sink why;

	if (!has_changed(f))
		return;
	sink_init(&why, mem, sizeof(mem));
	list = read_file(f->path, &seen, &why);
	if (list != NULL)
		take(f, list, &seen);
	else
		complain(f, sink_view(&why), now_ms);
}

const struct names *
denied_now(struct denied_file *f, long long now_ms)
{
	if (f->path == NULL)
		return &nobody;
	if (clock_due(&f->next_look, now_ms, CLOCK_LOOK_MS))
		look(f, now_ms);
	return f->list == NULL ? NULL : &f->list->users;
}

void
denied_free(struct denied_file *f)
{
	list_free(f->list);
	f->list = NULL;
}
