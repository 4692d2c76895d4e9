#include "store/redis_link.h"

#include <errno.h>
#include <stdarg.h>

#include "base/sink.h"

/* One question, and what came of it. */
enum asked {
	ASKED_FAILED = 0, /* there is a reason */
	ASKED_CLOSED,     /* nothing came; the same, and may be tried again */
	ASKED_ANSWERED
};

void
redis_link_init(
    struct redis_link *l, const struct store_config *config, unsigned ms)
{
	l->config = config;
	l->ms = ms;
	l->until = 0;
	l->peer = (struct peer)PEER_INIT;
	l->wire = NULL;
	l->reason[0] = '\0';
}

void
redis_link_begin(struct redis_link *l)
{
	l->until = peer_clock() + l->ms;
}

bool
redis_link_fail(struct redis_link *l, const char *format, ...)
{
	struct sink out;
	va_list values;

	sink_init(&out, l->reason, sizeof(l->reason) - 1);
	sink_say(&out, "redis at %q", l->config->place);
	if (l->config->kind == STORE_TCP)
		sink_say(&out, " port %d", (long long)l->config->port);
	sink_text(&out, ": ");
	va_start(values, format);
	sink_say_list(&out, format, &values);
	va_end(values);
	l->reason[out.n] = '\0';
	return false;
}

static enum asked
fail_peer(struct redis_link *l, enum peer_what what)
{
	if (what == PEER_LATE)
		redis_link_fail(l, "no answer within %d ms", (long long)l->ms);
	else if (what == PEER_CLOSED)
		redis_link_fail(l, "it closes the connection");
	else
		redis_link_fail(l, "%s", strerror(l->peer.error));
	return what == PEER_CLOSED ? ASKED_CLOSED : ASKED_FAILED;
}

/* What mends it, where the server's own words do not say so. */
static const char *
mend(struct span error)
{
	static const char *const mends[][2] = {
		{ "NOAUTH",
		    " (name the file with its password: store_password_file)" },
		{ "READONLY", " (this is a replica: name the primary)" },
	};

	for (size_t i = 0; i < sizeof(mends) / sizeof(mends[0]); i++)
		if (span_starts(error, span_of(mends[i][0])))
			return mends[i][1];
	return "";
}

bool
redis_link_fail_answer(struct redis_link *l, const struct redis_answer *a)
{
	if (a != NULL && a->is_error)
		return redis_link_fail(
		    l, "it says: %v%s", a->text, mend(a->text));
	return redis_link_fail(l, "its answer makes no sense: is this Redis?");
}

void
redis_link_hang_up(struct redis_link *l)
{
	peer_close(&l->peer);
	redis_wire_free(l->wire);
	l->wire = NULL;
}

static enum asked
receive(struct redis_link *l, const struct redis_answer **answer)
{
	enum redis_wire_what whole = REDIS_WIRE_PART;
	unsigned char mem[1024];
	bool begun = false;

	redis_wire_expect(l->wire);
	while (whole == REDIS_WIRE_PART) {
		struct span came = { mem, 0 };
		enum peer_what what =
		    peer_receive(&l->peer, mem, sizeof(mem), &came.n, l->until);

		if (what != PEER_DONE && !(what == PEER_CLOSED && begun))
			return fail_peer(l, what);
		whole = what == PEER_DONE
			    ? redis_wire_feed(l->wire, came, answer)
			    : REDIS_WIRE_BAD;
		begun = true;
	}
	if (whole == REDIS_WIRE_WHOLE)
		return ASKED_ANSWERED;
	redis_link_fail_answer(l, NULL);
	return ASKED_FAILED;
}

/* One command on the connection, and its answer. */
static enum asked
ask(struct redis_link *l, const struct span *words, size_t n,
    const struct redis_answer **answer)
{
	struct span command = redis_wire_command(words, n);
	enum peer_what what;

	if (command.p == NULL) {
		redis_link_fail(l, "no memory");
		return ASKED_FAILED;
	}
	what = peer_send(&l->peer, command, l->until);
	redis_wire_drop(command);
	return what == PEER_DONE ? receive(l, answer) : fail_peer(l, what);
}

static bool
dial(struct redis_link *l)
{
	const struct store_config *c = l->config;
	enum peer_what what =
	    c->kind == STORE_UNIX
		? peer_open_unix(&l->peer, c->place, l->until)
		: peer_open_tcp(&l->peer, c->place, c->port, l->until);

	if (what == PEER_FAILED)
		return redis_link_fail(l,
		    "%s: is the server running, and is this the right place?",
		    strerror(l->peer.error));
	if (what != PEER_DONE) {
		fail_peer(l, what);
		return false;
	}
	l->wire = redis_wire_new();
	return l->wire != NULL || redis_link_fail(l, "no memory");
}

/*
 * The server's own words are kept back here: a server without AUTH repeats
 * what it was given.
 */
static bool
log_in(struct redis_link *l)
{
	const struct span words[] = { SPAN_LIT("AUTH"), l->config->password };
	const struct redis_answer *answer;

	if (l->config->password.n == 0)
		return true;
	if (ask(l, words, 2, &answer) != ASKED_ANSWERED)
		return false;
	if (answer->is_error)
		return redis_link_fail(l,
		    "it refuses the password of store_password_file: is it "
		    "the right one, and does this server ask for one?");
	return span_is(answer->text, "OK") || redis_link_fail_answer(l, answer);
}

static bool
choose_database(struct redis_link *l)
{
	const struct redis_answer *answer;
	unsigned char mem[20];
	struct span words[] = { SPAN_LIT("SELECT"), { NULL, 0 } };
	struct sink number;

	if (l->config->database == 0)
		return true;
	sink_init(&number, mem, sizeof(mem));
	sink_int(&number, l->config->database);
	words[1] = sink_view(&number);
	if (ask(l, words, 2, &answer) != ASKED_ANSWERED)
		return false;
	return (!answer->is_error && span_is(answer->text, "OK")) ||
	       redis_link_fail_answer(l, answer);
}

static bool
call(struct redis_link *l)
{
	redis_link_hang_up(l);
	return dial(l) && log_in(l) && choose_database(l);
}

bool
redis_link_ask(struct redis_link *l, const struct span *words, size_t n,
    const struct redis_answer **answer)
{
	enum asked asked = ASKED_CLOSED;

	if (l->wire != NULL && peer_is_quiet(&l->peer))
		asked = ask(l, words, n, answer);
	if (asked == ASKED_CLOSED && call(l))
		asked = ask(l, words, n, answer);
	return asked == ASKED_ANSWERED;
}

bool
redis_link_ask_again(struct redis_link *l, const struct span *words, size_t n,
    const struct redis_answer **answer)
{
	return ask(l, words, n, answer) == ASKED_ANSWERED;
}
