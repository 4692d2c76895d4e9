#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "gateway/connection.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/live.h"

#define TRANSFER_SECONDS 2 /* of one write, if ever one blocks */
#define QUESTIONS_MAX 8    /* management records in a row */
#define CROWDED_MS 1000    /* to arrive whole, while others wait for room */

static_assert(
    RECORD_ANSWER_ROOM(HEAD_OUT_MAX + BODY_OUT_MAX) <= CONNECTION_BYTES_MAX,
    "an answer fits where the request was");

/* One request is looked at, at a time; most of them are there, whole, at once.
 */
static unsigned char arrived[CONNECTION_BYTES_MAX];
static unsigned char params[FCGI_PARAMS_MAX];

static void
enter(struct connection *c, enum connection_stage stage, long long now)
{
	c->stage = stage;
	c->since = now;
}

void
connection_open(struct connection *c, int fd, long long now)
{
	const int room = CONNECTION_ROOM;
	const struct timeval limit = { TRANSFER_SECONDS, 0 };

	/*
	 * Nothing is read before it is there, and the longest answer fits the
	 * socket: only a peer that asks on without reading blocks a write.
	 */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	*c = (struct connection){ .fd = fd };
	enter(c, CONNECTION_SILENT, now);
}

/* Forgets all that has arrived. */
static void
forget(struct connection *c)
{
	if (c->bytes != NULL && c->bytes != arrived)
		munmap(c->bytes, CONNECTION_BYTES_MAX);
	c->bytes = NULL;
	c->n = 0;
	c->looked = (struct record_progress){ 0 };
}

void
connection_close(struct connection *c)
{
	if (c->stage != CONNECTION_CLOSED)
		close(c->fd);
	forget(c);
	c->stage = CONNECTION_CLOSED;
	c->fd = -1;
}

long long
connection_deadline(const struct connection *c)
{
	if (c->stage == CONNECTION_CLOSED || c->stage == CONNECTION_KEPT)
		return LLONG_MAX;
	return c->since + REQUEST_SECONDS * 1000LL;
}

static void
give_up(struct connection *c, const char *why)
{
	log_event("closed", span_of(why));
	connection_close(c);
}

static const char no_fastcgi[] = "a connection did not speak FastCGI";

static ssize_t
receive(const struct connection *c, unsigned char *p, size_t n)
{
	ssize_t got;

	do
		got = recv(c->fd, p, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Of recv(2) and what it gave: is it only that nothing is there now? */
static bool
is_quiet(ssize_t got)
{
	return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/*
 * MSG_DONTWAIT for a few hundred bytes, which always fit but with a peer that
 * never reads; else as far as the time limit of a write allows.
 */
static bool
send_all(const struct connection *c, struct span s, int flags)
{
	while (s.n > 0) {
		ssize_t sent = send(c->fd, s.p, s.n, flags | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		s = span_skip(s, (size_t)sent);
	}
	return true;
}

/* What has arrived is not needed any more: the records lie in its place. */
static bool
send_answer(
    const struct connection *c, unsigned id, struct span text, int flags)
{
	struct sink out;

	sink_init(&out, arrived, sizeof(arrived));
	record_answer(id, text, &out);
	return send_all(c, sink_view(&out), flags);
}

static void
discard(struct connection *c)
{
	ssize_t got;

	while ((got = receive(c, arrived, sizeof(arrived))) > 0) {
		c->discarded += (size_t)got;
		if (c->discarded > DISCARD_MAX) {
			connection_close(c);
			return;
		}
	}
	if (!is_quiet(got))
		connection_close(c);
}

/*
 * A web server that is still sending would not read the answer if the
 * connection were closed now. It sees at once that no request will follow.
 */
static void
start_discard(struct connection *c, long long now)
{
	shutdown(c->fd, SHUT_WR);
	forget(c);
	enter(c, CONNECTION_DISCARD, now);
	discard(c);
}

/* Answers before the variables are known. */
static void
refuse(struct connection *c, unsigned id, struct span text, long long now)
{
	if (send_answer(c, id, text, MSG_DONTWAIT))
		start_discard(c, now);
	else
		connection_close(c);
}

/* One byte over the limit is as good as all that is over it. */
static struct span
body_of(struct span front, enum record_state state, struct serve *s)
{
	struct sink out;

	if (state == RECORD_LARGE_BODY)
		return (struct span){ s->body, HOOK_BODY_MAX + 1 };
	sink_init(&out, s->body, HOOK_BODY_MAX);
	return record_content(front, RECORD_STDIN, &out);
}

static void
answer(struct connection *c, struct serve *s, const struct record *record,
    bool ended, long long now)
{
	struct span front = { c->bytes, c->n };
	struct variables v;
	struct sink out;
	bool sent;

	if (s->live != NULL)
		live_look(s->live, s, now);
	sink_init(&out, params, sizeof(params));
	variables_read_pairs(record_content(front, RECORD_PARAMS, &out),
	    serve_user_variable(s), &v);
	variables_body(&v, body_of(front, record->state, s));
	sent = send_answer(c, record->id, serve_answer(s, &v), 0);
	if (!sent)
		log_event("lost", SPAN_LIT("the web server did not take the "
					   "answer"));
	if (record->state == RECORD_LARGE_BODY) {
		start_discard(c, now);
	} else if (!sent || !record->keep || ended) {
		connection_close(c);
	} else {
		forget(c);
		enter(c, CONNECTION_KEPT, now);
	}
}

enum step {
	STEP_DONE = 0,
	STEP_READ,  /* wait for more */
	STEP_ANSWER /* a question is answered; there may be more behind it */
};

static enum step
answer_management(struct connection *c, const struct record *record)
{
	unsigned char mem[256];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	if (!record_answer_management(record, &out)) {
		give_up(c, no_fastcgi);
		return STEP_DONE;
	}
	c->n -= record->size;
	memmove(c->bytes, c->bytes + record->size, c->n);
	c->looked = (struct record_progress){ 0 };
	if (!send_all(c, sink_view(&out), MSG_DONTWAIT))
		connection_close(c);
	return c->stage == CONNECTION_CLOSED ? STEP_DONE : STEP_ANSWER;
}

/* Looks at what has arrived, once. */
static enum step
look(struct connection *c, struct serve *s, bool ended, long long now)
{
	struct record record =
	    record_look(&c->looked, (struct span){ c->bytes, c->n }, params);

	switch (record.state) {
	case RECORD_MORE:
		if (c->n < CONNECTION_BYTES_MAX)
			return STEP_READ;
		give_up(c, no_fastcgi);
		break;
	case RECORD_WHOLE:
	case RECORD_LARGE_BODY:
		answer(c, s, &record, ended, now);
		break;
	case RECORD_LARGE_PARAMS:
		refuse(c, record.id,
		    serve_refusal(s, INTAKE_TOO_LARGE, SPAN_LIT("The header")),
		    now);
		break;
	case RECORD_ROLE:
		refuse(c, record.id,
		    serve_refusal(s, INTAKE_ROLE, SPAN_LIT("The role")), now);
		break;
	case RECORD_MANAGEMENT:
		return answer_management(c, &record);
	case RECORD_ABORTED:
		connection_close(c);
		break;
	case RECORD_PADDED:
		give_up(c,
		    "a connection has padding behind BEGIN_REQUEST, or behind "
		    "the empty record that ends PARAMS or STDIN: no web server "
		    "sends any there");
		break;
	case RECORD_BROKEN:
		give_up(c, no_fastcgi);
		break;
	}
	return STEP_DONE;
}

/*
 * Reads what is there now: with a socket's own room alone a request in small
 * pieces would stall (a Unix socket holds 277 bytes one by one). False when
 * nothing more was there.
 */
static bool
take(struct connection *c, bool ended, long long now)
{
	ssize_t got = receive(c, c->bytes + c->n, CONNECTION_BYTES_MAX - c->n);

	if (got > 0) {
		c->n += (size_t)got;
		if (c->stage != CONNECTION_PARTIAL)
			enter(c, CONNECTION_PARTIAL, now);
		return true;
	}
	if (!is_quiet(got) || (ended && c->n > 0))
		connection_close(c);
	return false;
}

/*
 * What is not whole yet is kept, in pages of its own, which are given back at
 * once: malloc() would keep them.
 */
static void
keep_rest(struct connection *c)
{
	void *p;

	if (c->bytes != arrived)
		return;
	if (c->n == 0) {
		forget(c);
		return;
	}
	p = mmap(NULL, CONNECTION_BYTES_MAX, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		give_up(c, "there is no memory for a request in pieces");
		return;
	}
	c->bytes = memcpy(p, arrived, c->n);
}

void
connection_advance(
    struct connection *c, struct serve *s, bool ended, long long now)
{
	enum step step = STEP_READ;
	int questions = 0;

	if (c->stage == CONNECTION_CLOSED)
		return;
	if (c->stage == CONNECTION_DISCARD) {
		discard(c);
		return;
	}
	if (c->bytes == NULL)
		c->bytes = arrived;
	do {
		if ((step == STEP_READ || c->n == 0) && !take(c, ended, now))
			break;
		step = look(c, s, ended, now);
		questions += step == STEP_ANSWER;
	} while (step != STEP_DONE && questions < QUESTIONS_MAX);
	if (questions == QUESTIONS_MAX)
		give_up(c, no_fastcgi);
	keep_rest(c);
}

static long long
earlier(long long a, long long b)
{
	return a < b ? a : b;
}

static long long
deadline_of(
    const struct connection *c, bool crowded, long long now, long long end)
{
	long long deadline = connection_deadline(c);

	if (c->stage == CONNECTION_KEPT)
		return end == LLONG_MAX ? deadline : now;
	if (c->stage == CONNECTION_CLOSED)
		return deadline;
	if (crowded)
		deadline = earlier(deadline, c->since + CROWDED_MS);
	return earlier(deadline, end);
}

static void
close_overdue(struct connection *c)
{
	if (c->stage == CONNECTION_PARTIAL)
		log_event(
		    "closed", SPAN_LIT("a request did not arrive in time"));
	connection_close(c);
}

struct connections_found
connections_tend(struct connections *all, long long now, long long end)
{
	struct connections_found found = { false, LLONG_MAX };
	bool crowded = !connections_have_room(all);

	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++) {
		struct connection *c = &all->c[i];
		long long deadline = deadline_of(c, crowded, now, end);

		if (deadline <= now)
			close_overdue(c);
		else
			found.deadline = earlier(found.deadline, deadline);
		if (c->stage != CONNECTION_CLOSED)
			found.open = true;
	}
	return found;
}

bool
connections_have_room(const struct connections *all)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		if (all->c[i].stage == CONNECTION_CLOSED ||
		    all->c[i].stage == CONNECTION_KEPT)
			return true;
	return false;
}

static struct connection *
find_closed(struct connections *all)
{
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		if (all->c[i].stage == CONNECTION_CLOSED)
			return &all->c[i];
	return NULL;
}

struct connection *
connections_take(struct connections *all)
{
	struct connection *c = find_closed(all);

	if (c != NULL)
		return c;
	connections_close_idlest(all);
	return find_closed(all);
}

void
connections_close_idlest(struct connections *all)
{
	struct connection *idlest = NULL;

	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++) {
		struct connection *c = &all->c[i];

		if (c->stage == CONNECTION_KEPT &&
		    (idlest == NULL || c->since < idlest->since))
			idlest = c;
	}
	if (idlest != NULL)
		connection_close(idlest);
}
