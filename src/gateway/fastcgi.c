#define _GNU_SOURCE /* accept4, EPOLLEXCLUSIVE */

#include "gateway/fastcgi.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "gateway/connection.h"

#define PAUSE_MS 100 /* without accepting, when descriptors run out */
#define ACCEPT_MS 50 /* of accept4(), if ever it blocks */
#define STOP_MS 500  /* for what is under way when the end is asked for */

#define FIRST 3 /* SD_LISTEN_FDS_START */

/* In epoll's data: the index of a connection, or one of these. */
#define LISTENER FCGI_CONNECTIONS_MAX
#define SIGNALS (FCGI_CONNECTIONS_MAX + 1)
#define ACCEPTS_MAX 8 /* in one turn, while kept connections wait */
#define EVENTS_MAX (FCGI_CONNECTIONS_MAX + 2) /* so that none waits a turn */

struct loop {
	struct serve *serve;
	int epoll, listener, flags;
	bool watching;    /* the listener is in epoll */
	long long resume; /* not accepting before this */
	long long end;    /* LLONG_MAX until it is asked for */
	int last;         /* connections that are accepted after that */
	long long now;    /* milliseconds, monotonic */
	struct connections all;
};

bool
fastcgi_listens(int fd)
{
	int listens = 0;
	socklen_t n = sizeof(listens);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) == 0 &&
	       listens != 0;
}

/* A child of the one they were for has inherited them: not its sockets. */
static bool
is_for_us(const char *pid)
{
	char text[32];
	struct sink ours;

	if (pid == NULL)
		return false;
	sink_init(&ours, text, sizeof(text));
	sink_say(&ours, "%d", (long long)getpid());
	return span_is(sink_view(&ours), pid);
}

static const char *
take_listener(const char *count)
{
	if (count == NULL || strcmp(count, "1") != 0)
		return "LISTEN_FDS: exactly one listening socket is taken";
	if (!fastcgi_listens(FIRST))
		return "LISTEN_FDS: descriptor 3 is not a listening socket; "
		       "connections are accepted here, not before "
		       "(Accept=no)";
	if (dup2(FIRST, STDIN_FILENO) != STDIN_FILENO)
		return "LISTEN_FDS: descriptor 3 can't become descriptor 0";
	close(FIRST);
	return NULL;
}

const char *
fastcgi_take_listener(void)
{
	const char *fault = NULL;

	if (is_for_us(getenv("LISTEN_PID")))
		fault = take_listener(getenv("LISTEN_FDS"));
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return fault;
}

static bool
watch(const struct loop *l, int fd, uint32_t events, uint32_t tag)
{
	struct epoll_event event = { .events = events, .data.u32 = tag };

	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static sigset_t
end_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	return set;
}

void
fastcgi_hold_signals(void)
{
	sigset_t set = end_signals();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

/*
 * The signals stay blocked and are read from a descriptor: no call is cut
 * short by one, and none is missed between a look and a wait.
 */
static int
open_signals(void)
{
	sigset_t set = end_signals();

	fastcgi_hold_signals();
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Should anything hang after all, the process does not outlive this. */
static void
set_alarm(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaction(SIGALRM, &standard, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(STOP_SECONDS);
}

/*
 * Several processes wait for one listener: whoever comes second must not
 * block in accept4(). A TCP connection must have room for the largest
 * request, since it is looked at before it is read.
 */
static bool
set_up(struct loop *l, struct serve *s, int listener)
{
	const int room = CONNECTION_ROOM;
	const struct timeval limit = { 0, ACCEPT_MS * 1000L };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	int signals = open_signals();
	int flags = fcntl(listener, F_GETFL);

	*l =
	    (struct loop){ .serve = s, .listener = listener, .end = LLONG_MAX };
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->flags = flags | O_NONBLOCK;
	if (signals < 0 || l->epoll < 0 || flags < 0 ||
	    fcntl(listener, F_SETFL, l->flags) < 0 ||
	    !watch(l, signals, EPOLLIN | EPOLLET, SIGNALS))
		return false;
	sigaction(SIGPIPE, &ignore, NULL);
	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return true;
}

/* EPOLLEXCLUSIVE: one of the processes is woken for a connection, not all. */
static void
watch_listener(struct loop *l, bool room)
{
	bool wanted = room && l->end == LLONG_MAX && l->now >= l->resume;

	if (wanted == l->watching)
		return;
	if (wanted)
		l->watching =
		    watch(l, l->listener, EPOLLIN | EPOLLEXCLUSIVE, LISTENER);
	else
		l->watching =
		    epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->listener, NULL) != 0;
}

/*
 * Errors of accept4() are of three kinds (accept(2)): nobody is there now,
 * the peer has gone already, or something has run out, which a pause and one
 * connection less may mend. None of them ends the process.
 */
static void
accept_failed(struct loop *l)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ||
	    errno == ECONNABORTED)
		return;
	connections_close_idlest(&l->all);
	l->resume = l->now + PAUSE_MS;
}

/*
 * O_NONBLOCK belongs to the socket, which others have too: systemd clears it
 * with each process that it starts with StandardInput=socket. Where that comes
 * between the two calls, SO_RCVTIMEO ends the second one.
 */
static int
accept_now(const struct loop *l)
{
	fcntl(l->listener, F_SETFL, l->flags);
	return accept4(l->listener, NULL, NULL, SOCK_CLOEXEC);
}

/*
 * Most requests are there, whole, when the connection is accepted. True when
 * there may be another one. A kept connection is closed only for one that has
 * come: at the limit of descriptors accept4() fails without anybody waiting,
 * so its errors count when it was asked for, first in a turn.
 */
static bool
accept_one(struct loop *l, bool first)
{
	struct connection *c;
	int fd;

	if (!connections_have_room(&l->all))
		return false;
	fd = accept_now(l);
	if (fd < 0) {
		if (first)
			accept_failed(l);
		return false;
	}
	c = connections_take(&l->all);
	connection_open(c, fd, l->now);
	connection_advance(c, l->serve, false, l->now);
	if (c->stage != CONNECTION_CLOSED &&
	    !watch(l, fd, EPOLLIN | EPOLLRDHUP | EPOLLET,
		(uint32_t)(c - l->all.c)))
		connection_close(c);
	return true;
}

/*
 * A web server that gave each process a listener of its own (lighttpd,
 * mod_fcgid) has lost what waits there when the process is gone. Where they
 * share one, the others do not need this; so it has a bound.
 */
static bool
accept_last(struct loop *l)
{
	if (l->now < l->end && l->last-- > 0 && accept_one(l, false))
		return true;
	/* At once: what comes from here on is told so, and goes elsewhere. */
	close(l->listener);
	return false;
}

/* Requests that lie in kept connections already are under way too. */
static void
stop(struct loop *l)
{
	l->end = l->now + STOP_MS;
	l->last = FCGI_CONNECTIONS_MAX;
	set_alarm();
	for (size_t i = 0; i < FCGI_CONNECTIONS_MAX; i++)
		if (l->all.c[i].stage == CONNECTION_KEPT)
			connection_advance(
			    &l->all.c[i], l->serve, false, l->now);
}

/*
 * Connections first: a new one must not meet the event of an old one. Then
 * the new one, even at the end: no other process was woken for it.
 */
static void
dispatch(struct loop *l, const struct epoll_event *events, size_t n)
{
	bool asked = false, stopped = false;

	for (size_t i = 0; i < n; i++) {
		uint32_t tag = events[i].data.u32;
		bool ended = (events[i].events &
				 (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;

		asked |= tag == LISTENER;
		stopped |= tag == SIGNALS;
		if (tag < FCGI_CONNECTIONS_MAX)
			connection_advance(
			    &l->all.c[tag], l->serve, ended, l->now);
	}
	for (int i = 0; asked && i < ACCEPTS_MAX; i++)
		asked = accept_one(l, i == 0);
	if (stopped && l->end == LLONG_MAX)
		stop(l);
}

static int
timeout_until(const struct loop *l, long long deadline)
{
	if (deadline == LLONG_MAX)
		return -1;
	return deadline <= l->now ? 0 : (int)(deadline - l->now);
}

/* One turn; false when all is done. */
static bool
turn(struct loop *l)
{
	struct epoll_event events[EVENTS_MAX];
	struct connections_found found;
	int n;

	l->now = clock_milliseconds();
	found = connections_tend(&l->all, l->now, l->end);
	if (l->end != LLONG_MAX && !found.open)
		return accept_last(l);
	watch_listener(l, connections_have_room(&l->all));
	if (l->resume > l->now && l->resume < found.deadline)
		found.deadline = l->resume;
	n = epoll_wait(
	    l->epoll, events, EVENTS_MAX, timeout_until(l, found.deadline));
	l->now = clock_milliseconds();
	dispatch(l, events, n > 0 ? (size_t)n : 0);
	return true;
}

int
fastcgi_loop(struct serve *s, int listener)
{
	static struct loop loop;

	if (!set_up(&loop, s, listener)) {
		log_event("start", SPAN_LIT("epoll or signalfd could not be "
					    "set up"));
		return 1;
	}
	while (turn(&loop))
		continue;
	return 0;
}
