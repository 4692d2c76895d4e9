#include "gateway/cgi.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/write.h"

#define END_MS 100 /* for the end of a body that is there in full */

struct input {
	int fd;
	long long deadline; /* milliseconds, monotonic */
	bool ended;
};

/* False when the time is over. */
static bool
wait_for(const struct input *in)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };
	long long left;
	int n;

	do {
		left = in->deadline - clock_milliseconds();
		if (left <= 0)
			return false;
		n = poll(&p, 1, (int)left);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n > 0;
}

/* n bytes; fewer at the end, after an error, and when the time is over. */
static size_t
read_up_to(struct input *in, unsigned char *p, size_t n)
{
	size_t have = 0;

	while (have < n && !in->ended && wait_for(in)) {
		ssize_t got = read(in->fd, p + have, n - have);

		if (got > 0)
			have += (size_t)got;
		else if (got == 0)
			in->ended = true;
		else if (errno != EINTR && errno != EAGAIN)
			in->deadline = 0;
	}
	return have;
}

/* So that a web server which is still sending reads the refusal. */
static void
discard(struct serve *s, const struct variables *v, struct input *in)
{
	size_t left = DISCARD_MAX;
	size_t got = 1;

	if (v->has_length && v->length < DISCARD_MAX)
		left = (size_t)v->length;
	for (; left > 0 && got > 0; left -= got)
		got = read_up_to(in, s->body,
		    left < sizeof(s->body) ? left : sizeof(s->body));
}

/*
 * A web server need not end the input behind CONTENT_LENGTH bytes (RFC 3875
 * 4.2), so the end is waited for only a moment; a byte in its place is
 * a lie.
 */
static size_t
read_counted(struct serve *s, struct input *in, size_t n)
{
	size_t have = read_up_to(in, s->body, n);

	if (have < n)
		return have;
	if (in->deadline > clock_milliseconds() + END_MS)
		in->deadline = clock_milliseconds() + END_MS;
	return have + read_up_to(in, s->body + have, 1);
}

static void
read_body(struct serve *s, struct variables *v, int fd)
{
	struct input in = { fd, clock_milliseconds() + REQUEST_SECONDS * 1000LL,
		false };
	size_t n;

	if (v->request.intake != INTAKE_WHOLE) {
		discard(s, v, &in);
		return;
	}
	if (v->has_length) {
		n = read_counted(s, &in, (size_t)v->length);
	} else {
		n = read_up_to(&in, s->body, sizeof(s->body));
		if (n <= HOOK_BODY_MAX && !in.ended)
			variables_fault(v, INTAKE_LENGTH, SPAN_LIT("The body"));
	}
	variables_body(v, (struct span){ s->body, n });
	if (n > HOOK_BODY_MAX)
		discard(s, v, &in);
}

bool
cgi_answer(struct serve *s, char *const *envp, int in, int out)
{
	struct variables v;

	variables_read(envp, serve_user_variable(s), &v);
	if (v.length > 0 || span_is(v.request.method, "POST"))
		read_body(s, &v, in);
	if (write_all(out, serve_answer(s, &v)))
		return true;
	log_event("lost", span_of(strerror(errno)));
	return false;
}
