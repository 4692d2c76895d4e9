/*
 * What a web server sends, in one piece on one connection and in many on
 * another: both get the same answers, and end in the same state. The input is
 * a script: management records and requests of all sizes, some with a wrong
 * byte.
 */
#include <fcgiapp.h>
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

static struct serve serve;
static struct end whole, split;
static unsigned char mem[2 * HELD_MAX], filler[HOOK_BODY_MAX + 300];
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
	return FCGX_Init();
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

static void
put_management(struct sink *out)
{
	unsigned type = next();
	unsigned char pairs[64];
	struct sink content;

	sink_init(&content, pairs, sizeof(pairs));
	fcgi_pair(&content, SPAN_LIT("FCGI_MAX_CONNS"), SPAN_LIT(""));
	fcgi_record(out, type < 128 ? 9 : type, 0, sink_view(&content), next());
}

static void
put_request(struct sink *out)
{
	static unsigned char text[2 * FCGI_PARAMS_MAX];
	unsigned flags = next();
	struct span body = { filler, next_size(HOOK_BODY_MAX) };
	size_t most = next_size(8192);
	struct sink pairs;

	sink_init(&pairs, text, sizeof(text));
	fcgi_variables(&pairs, (flags & 2) != 0 ? "POST" : "GET",
	    (flags & 4) != 0 ? "big=130000" : "a=b", body.n);
	if ((flags & 8) != 0)
		fcgi_pair(&pairs, SPAN_LIT("HTTP_X"),
		    (struct span){ filler, next_size(65536 - pairs.n - 14) });
	fcgi_begin(out, (flags & 112) == 112 ? 2 : 1, flags & FCGI_KEEP);
	fcgi_stream(out, 4, sink_view(&pairs), 65535);
	fcgi_stream(out, 5, body, most < 256 ? 8192 : most);
}

static struct span
next_message(void)
{
	unsigned what = next();
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	for (unsigned n = what; n < 64; n += 24)
		put_management(&out);
	if (what >= 32)
		put_request(&out);
	must(!out.full, "there is room for every request");
	if (what % 4 == 0)
		mem[next_place(out.n)] ^= (unsigned char)next();
	if (what % 8 == 1)
		out.n = next_place(out.n);
	return sink_view(&out);
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
	const int room = 4 * HELD_MAX;
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
	must(c->held.bytes == NULL || c->stage == CONNECTION_PARTIAL,
	    "only what has not arrived is held");
	must(c->stage == CONNECTION_CLOSED ? c->fd < 0 : c->fd >= 0,
	    "closed is closed");
	collect(e);
}

static size_t
piece_size(size_t left, int i)
{
	size_t n;

	noise = noise * 1664525 + 1013904223;
	n = 1 + (noise >> 16) % ((noise & 0x8000) != 0 ? 12 : 16000);
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
	enum record_state state = record_look(message, params).state;
	bool clean = whole.c.held.bytes == NULL;
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
same_ends(void)
{
	return whole.c.stage == split.c.stage && whole.n == split.n &&
	       memcmp(whole.got, split.got, whole.n) == 0;
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
	bool agree = true;

	script = (struct span){ data, size };
	noise = next();
	start(&whole);
	start(&split);
	for (int i = 0; agree && i < MESSAGES_MAX && script.n > 0; i++) {
		agree = deliver_both(next_message());
		must(!agree || same_ends(),
		    "in pieces it is answered as in one");
		/* What is thrown away is not counted to the byte. */
		agree &= whole.c.stage != CONNECTION_DISCARD;
	}
	finish(&whole);
	finish(&split);
	must(next_descriptor() == before, "no descriptor is left");
	return 0;
}
