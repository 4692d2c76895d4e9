/*
 * What a web server sends, in one piece on one connection and in many on
 * another: both get the same answers, and end in the same state. On a third
 * one it lacks its padding: the answers are the same, or none. The input is a
 * script: management records and requests of all sizes, some with a wrong byte,
 * padded with anything, records among it.
 */
#include <fcntl.h>
#include <signal.h>

#include "../unit/fake_app.h"
#include "../unit/fcgi_client.h"
#include "base/log.h"
#include "fuzz.h"
#include "gateway/connection.h"

#define MESSAGES_MAX 8
#define PIECES_MAX 64
#define ANSWERS_MAX 600000

struct end {
	struct connection c;
	int theirs;
	size_t n;
	unsigned char got[ANSWERS_MAX];
};

/* In place of app.c's. */
void
handle(const struct config *config, const struct request *request,
    long long now, struct world *world, struct workspace *ws,
    struct answer *out)
{
	fake_handle(config, request, now, world, ws, out);
}

static struct serve serve;
static struct end whole, split, plain;
static unsigned char mem[3 * CONNECTION_BYTES_MAX], filler[HOOK_BODY_MAX + 300];
static struct span script;
static unsigned noise;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	serve_init(&serve);
	log_to(open("/dev/null", O_WRONLY));
	signal(SIGPIPE, SIG_IGN);
	memset(filler, 'x', sizeof(filler));
	return 0;
}

/* The script's next byte; zero at its end. */
static unsigned
next(void)
{
	unsigned byte = script.n > 0 ? script.p[0] : 0;

	script = span_skip(script, script.n > 0);
	return byte;
}

/* A place among n. */
static size_t
next_place(size_t n)
{
	size_t high = next();

	return (high << 8 | next()) % n;
}

/* Near an edge more often than not. */
static size_t
next_size(size_t edge)
{
	unsigned how = next(), by = next();

	if (how < 64)
		return by;
	if (how < 128)
		return edge * by / 255;
	return edge - 4 + by % 9;
}

static unsigned
next_noise(void)
{
	noise = noise * 1664525 + 1013904223;
	return noise >> 16;
}

/* Is what is made now to be padded? And has it any where none may be? */
static bool padded, misplaced;

/* Zeros, anything, or headers of records that have no content. */
static void
put_padding(struct sink *out, unsigned n)
{
	unsigned how = next_noise() % 24, id = next_noise() % 2;

	for (unsigned i = 0; i < n; i++) {
		const unsigned char header[8] = { 1, (unsigned char)(how / 2),
			0, (unsigned char)id };

		sink_byte(out, how == 0   ? 0
			       : how == 1 ? (unsigned char)next_noise()
					  : header[i % 8]);
	}
}

/* A record, and some padding behind it where that may be. */
static void
put(struct sink *out, unsigned type, unsigned id, struct span content, bool may)
{
	static const unsigned sizes[] = { 1, 7, 8, 255 };
	unsigned n = 0, header = (unsigned)out->n;

	fcgi_record(out, type, id, content, 0);
	if (!padded || out->full)
		return;
	if (next_noise() % (may ? 2 : 64) == 0)
		n = sizes[next_noise() % 4];
	misplaced |= n > 0 && !may;
	out->p[header + 6] = (unsigned char)n;
	put_padding(out, n);
}

static void
put_stream(struct sink *out, unsigned type, struct span s, size_t most)
{
	bool may = true; /* framing in all is bounded by FCGI_FRAMING_MAX */

	while (s.n > 0) {
		size_t n = s.n < most ? s.n : most;

		put(out, type, FCGI_REQUEST_ID, span_head(s, n), may);
		s = span_skip(s, n);
		may = n > 4000;
	}
	put(out, type, FCGI_REQUEST_ID, SPAN_LIT(""), false);
}

static void
put_management(struct sink *out)
{
	unsigned type = next();
	unsigned char pairs[64];
	struct sink content;

	sink_init(&content, pairs, sizeof(pairs));
	fcgi_pair(&content, SPAN_LIT("FCGI_MAX_CONNS"), SPAN_LIT(""));
	put(out, type < 128 ? 9 : type, 0, sink_view(&content), true);
}

static void
put_request(struct sink *out)
{
	static unsigned char text[2 * FCGI_PARAMS_MAX];
	unsigned flags = next();
	struct span body = { filler, next_size(HOOK_BODY_MAX) };
	size_t most = next_size(8192);
	const unsigned char begin[8] = { 0, (flags & 112) == 112 ? 2 : 1,
		flags & FCGI_KEEP };
	struct sink pairs;

	sink_init(&pairs, text, sizeof(text));
	fcgi_variables(&pairs, (flags & 2) != 0 ? "POST" : "GET",
	    (flags & 4) != 0 ? "big=130000" : "a=b", body.n);
	if ((flags & 8) != 0)
		fcgi_pair(&pairs, SPAN_LIT("HTTP_X"),
		    (struct span){ filler, next_size(65536 - pairs.n - 14) });
	put(out, 1, FCGI_REQUEST_ID, (struct span){ begin, sizeof(begin) },
	    false);
	put_stream(out, 4, sink_view(&pairs), 65535);
	put_stream(out, 5, body, most < 256 ? 8192 : most);
}

/* True when nothing in it is wrong but perhaps some padding. */
static bool
make_message(struct sink *out)
{
	unsigned what = next();

	sink_init(out, mem, sizeof(mem));
	misplaced = false;
	for (unsigned n = what; n < 64; n += 24)
		put_management(out);
	if (what >= 32)
		put_request(out);
	must(!out->full, "there is room for every request");
	if (what % 4 == 0)
		mem[next_place(out->n)] ^= (unsigned char)next();
	if (what % 8 == 1)
		out->n = next_place(out->n);
	return what % 4 != 0 && what % 8 != 1;
}

static int
next_descriptor(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void
start(struct end *e)
{
	const int room = 4 * CONNECTION_BYTES_MAX;
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "a pair");
	for (int i = 0; i < 2; i++)
		setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	e->theirs = pair[0];
	e->n = 0;
	connection_open(&e->c, pair[1], 0);
}

static void
collect(struct end *e)
{
	ssize_t got;

	while ((got = recv(e->theirs, e->got + e->n, ANSWERS_MAX - e->n,
		    MSG_DONTWAIT)) > 0)
		e->n += (size_t)got;
}

static void
deliver(struct end *e, struct span piece)
{
	const struct connection *c = &e->c;

	while (piece.n > 0 && c->stage != CONNECTION_CLOSED) {
		ssize_t n = send(
		    e->theirs, piece.p, piece.n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0)
			piece = span_skip(piece, (size_t)n);
		else
			must(errno == EAGAIN, "it can be sent");
		connection_advance(&e->c, &serve, false, 0);
	}
	must(c->bytes == NULL || c->stage == CONNECTION_PARTIAL,
	    "only what has not arrived is held");
	must(c->stage == CONNECTION_CLOSED ? c->fd < 0 : c->fd >= 0,
	    "closed is closed");
	collect(e);
}

static size_t
piece_size(size_t left, int i)
{
	size_t n = 1 + next_noise() % (next_noise() % 2 != 0 ? 12 : 16000);

	return n < left && i < PIECES_MAX ? n : left;
}

/*
 * False when the two need not agree from here on: what is wrong may be behind
 * what is answered already.
 */
static bool
deliver_both(struct span message)
{
	static unsigned char params[FCGI_PARAMS_MAX];
	struct record_progress none = { 0 };
	enum record_state state = record_look(&none, message, params).state;
	bool clean = whole.c.bytes == NULL;
	size_t n;

	deliver(&whole, message);
	for (int i = 0; message.n > 0; i++) {
		n = piece_size(message.n, i);
		deliver(&split, span_head(message, n));
		message = span_skip(message, n);
	}
	return clean && state != RECORD_BROKEN && state != RECORD_ABORTED;
}

static bool
same_ends(const struct end *a, const struct end *b)
{
	return a->c.stage == b->c.stage && a->n == b->n &&
	       memcmp(a->got, b->got, a->n) == 0;
}

/* Refused for its padding: nothing is answered that would not have been. */
static bool
ends_early(const struct end *a, const struct end *b)
{
	return a->c.stage == CONNECTION_CLOSED && a->n <= b->n &&
	       memcmp(a->got, b->got, a->n) == 0;
}

/* One message on all three. False when they need not agree from here on. */
static bool
step(bool *unspoiled)
{
	struct span from = script;
	unsigned seed = noise;
	struct sink out;
	bool agree;

	padded = false;
	*unspoiled = make_message(&out) && *unspoiled;
	if (*unspoiled)
		deliver(&plain, sink_view(&out));
	script = from;
	noise = seed;
	padded = true;
	make_message(&out);
	agree = deliver_both(sink_view(&out));
	must(!*unspoiled || same_ends(&whole, &plain) ||
		 (misplaced && ends_early(&whole, &plain)),
	    "padding changes no answer");
	*unspoiled = *unspoiled && !misplaced;
	must(!agree || same_ends(&whole, &split),
	    "in pieces it is answered as in one");
	/* What is thrown away is not counted to the byte. */
	return agree && whole.c.stage != CONNECTION_DISCARD;
}

static void
finish(struct end *e)
{
	shutdown(e->theirs, SHUT_WR);
	connection_advance(&e->c, &serve, true, 0);
	must(e->c.stage == CONNECTION_CLOSED, "the end is the end");
	close(e->theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int before = next_descriptor();
	bool agree = true, unspoiled = true;

	script = (struct span){ data, size };
	noise = next();
	start(&whole);
	start(&split);
	start(&plain);
	for (int i = 0; agree && i < MESSAGES_MAX && script.n > 0; i++)
		agree = step(&unspoiled);
	finish(&whole);
	finish(&split);
	finish(&plain);
	must(next_descriptor() == before, "no descriptor is left");
	return 0;
}
