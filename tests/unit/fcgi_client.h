/*
 * The web server's end of FastCGI, for tests: makes requests record by
 * record, right ones and wrong ones, and reads answers.
 */
#ifndef TESTS_FCGI_CLIENT_H
#define TESTS_FCGI_CLIENT_H

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/sink.h"
#include "patience.h"

#define FCGI_KEEP 1
#define FCGI_REQUEST_ID 1

static inline void
fcgi_record(struct sink *out, unsigned type, unsigned id, struct span content,
    unsigned padding)
{
	const unsigned char zero[255] = { 0 };
	const unsigned char header[8] = { 1, (unsigned char)type,
		(unsigned char)(id >> 8), (unsigned char)id,
		(unsigned char)(content.n >> 8), (unsigned char)content.n,
		(unsigned char)padding, 0 };

	sink_span(out, (struct span){ header, 8 });
	sink_span(out, content);
	sink_span(out, (struct span){ zero, padding });
}

static inline void
fcgi_begin(struct sink *out, unsigned role, unsigned flags)
{
	const unsigned char body[8] = { (unsigned char)(role >> 8),
		(unsigned char)role, (unsigned char)flags };

	fcgi_record(
	    out, 1, FCGI_REQUEST_ID, (struct span){ body, sizeof(body) }, 0);
}

static inline void
fcgi_length(struct sink *out, size_t n)
{
	if (n > 127) {
		sink_byte(out, (unsigned char)(0x80 | n >> 24));
		sink_byte(out, (unsigned char)(n >> 16));
		sink_byte(out, (unsigned char)(n >> 8));
	}
	sink_byte(out, (unsigned char)n);
}

static inline void
fcgi_pair(struct sink *out, struct span name, struct span value)
{
	fcgi_length(out, name.n);
	fcgi_length(out, value.n);
	sink_span(out, name);
	sink_span(out, value);
}

/* One stream, in records of at most `most` bytes, and its end. */
static inline void
fcgi_stream(struct sink *out, unsigned type, struct span s, size_t most)
{
	while (s.n > 0) {
		size_t n = s.n < most ? s.n : most;

		fcgi_record(out, type, FCGI_REQUEST_ID, span_head(s, n),
		    (unsigned)(-n & 7));
		s = span_skip(s, n);
	}
	fcgi_record(out, type, FCGI_REQUEST_ID, (struct span){ NULL, 0 }, 0);
}

/* The variables of a request; CONTENT_LENGTH is the body's. */
static inline void
fcgi_variables(
    struct sink *out, const char *method, const char *query, size_t body)
{
	unsigned char mem[20];
	struct sink digits;

	sink_init(&digits, mem, sizeof(mem));
	sink_int(&digits, (long long)body);
	fcgi_pair(out, SPAN_LIT("REQUEST_METHOD"), span_of(method));
	fcgi_pair(out, SPAN_LIT("QUERY_STRING"), span_of(query));
	fcgi_pair(out, SPAN_LIT("CONTENT_LENGTH"), sink_view(&digits));
	fcgi_pair(out, SPAN_LIT("SERVER_SOFTWARE"), SPAN_LIT("test"));
}

/* A whole request. */
static inline void
fcgi_request(struct sink *out, const char *method, const char *query,
    struct span body, unsigned flags)
{
	unsigned char mem[2048];
	struct sink pairs;

	sink_init(&pairs, mem, sizeof(mem));
	fcgi_variables(&pairs, method, query, body.n);
	fcgi_begin(out, 1, flags);
	fcgi_stream(out, 4, sink_view(&pairs), 65535);
	fcgi_stream(out, 5, body, 8192);
}

#define FCGI_RECORDS 5 /* of the request that fcgi_padded() makes */

/*
 * A request of as few records as can be (begin, variables and their end, body
 * and its end), with n bytes of padding behind the record `which` alone.
 */
static inline void
fcgi_padded(struct sink *out, size_t which, const unsigned char *padding,
    unsigned n, unsigned flags)
{
	const unsigned char begin[8] = { 0, 1, (unsigned char)flags };
	unsigned char mem[512];
	struct sink pairs;

	sink_init(&pairs, mem, sizeof(mem));
	fcgi_variables(&pairs, "POST", "padded", 3);

	const struct {
		unsigned type;
		struct span content;
	} records[FCGI_RECORDS] = {
		{ 1, { begin, sizeof(begin) } },
		{ 4, sink_view(&pairs) },
		{ 4, { NULL, 0 } },
		{ 5, SPAN_INIT("a=b") },
		{ 5, { NULL, 0 } },
	};

	for (size_t i = 0; i < FCGI_RECORDS; i++) {
		size_t header = out->n;

		fcgi_record(out, records[i].type, FCGI_REQUEST_ID,
		    records[i].content, 0);
		if (i != which)
			continue;
		sink_span(out, (struct span){ padding, n });
		out->p[header + 6] = (unsigned char)n;
	}
}

static inline struct sockaddr_un
fcgi_address(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		abort();
	memcpy(address.sun_path, path, strlen(path) + 1);
	return address;
}

static inline int
fcgi_listen(const char *path)
{
	struct sockaddr_un address = fcgi_address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(fd, 256) != 0)
		abort();
	return fd;
}

static inline int
fcgi_connect(const char *path)
{
	struct sockaddr_un address = fcgi_address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		abort();
	return fd;
}

/* False when the peer has closed. */
static inline bool
fcgi_send(int fd, struct span s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = span_skip(s, (size_t)n);
	}
	return true;
}

static inline long long
fcgi_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Up to n bytes until then: fewer when the peer has closed or is too slow. */
static inline size_t
fcgi_read(int fd, unsigned char *p, size_t n, long long until)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t have = 0;

	while (have < n) {
		long long left = until - fcgi_clock_ms();
		ssize_t got;

		if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
			break;
		got = read(fd, p + have, n - have);
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return have;
}

struct fcgi_answer {
	bool ended;       /* END_REQUEST came, status 0, complete */
	bool in_order;    /* every record was one of this request's */
	unsigned records; /* of STDOUT with content */
	size_t n;
	unsigned char text[140000]; /* of STDOUT */
};

/* Reads one answer, to END_REQUEST, within that many milliseconds. */
static inline void
fcgi_answer(int fd, struct fcgi_answer *a, int milliseconds)
{
	long long until = fcgi_clock_ms() + milliseconds;
	unsigned char h[8], rest[65535 + 255];

	a->ended = false;
	a->in_order = true;
	a->records = 0;
	a->n = 0;
	while (!a->ended && fcgi_read(fd, h, 8, until) == 8) {
		size_t content = (size_t)h[4] << 8 | h[5];
		size_t all = content + h[6];

		if (fcgi_read(fd, rest, all, until) != all)
			break;
		if (h[0] != 1 || h[2] != 0 || h[3] != FCGI_REQUEST_ID)
			a->in_order = false;
		if (h[1] == 3)
			a->ended = content == 8 && rest[4] == 0;
		else if (h[1] != 6 || content > sizeof(a->text) - a->n)
			a->in_order = false;
		else if (content > 0) {
			memcpy(a->text + a->n, rest, content);
			a->n += content;
			a->records++;
		}
	}
}

/* Does the peer close within that time? */
static inline bool
fcgi_closed(int fd, int milliseconds)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	unsigned char byte;

	return poll(&wait, 1, milliseconds) == 1 && read(fd, &byte, 1) <= 0;
}

#endif
