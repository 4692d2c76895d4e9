#include "store/redis.h"

#ifdef WITH_HIREDIS

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/sink.h"

#define PAUSE_MS 1000     /* after a failure */
#define ANSWER_MAX 4096   /* bytes of one, as sent */
#define TEXT_KEPT 100     /* of a server's own words */
#define KEY_NAME_MAX 1024 /* of a tally */
#define KEYS_MAX (COUNTERS_TALLIES_MAX * POLICY_LIMITS_MAX)
#define NUMBERS_MAX (1 + 2 * KEYS_MAX) /* of an answer */
#define WORDS_MAX (4 + 3 * KEYS_MAX)   /* of a command */

#define DECIMAL(n) DECIMAL_OF(n)
#define DECIMAL_OF(n) #n
#define COUNT_MAX_TEXT DECIMAL(LIMIT_COUNT_MAX)

/* A flat list of numbers, or one line of text. Nothing else is taken. */
struct answer {
	size_t expected; /* of a list: its length, 1 to NUMBERS_MAX */
	size_t n;        /* numbers that came */
	long long numbers[NUMBERS_MAX];
	bool is_error;    /* the text is */
	struct span text; /* its beginning, "?" for what can't be printed */
	unsigned char text_mem[TEXT_KEPT];
};

struct redis {
	struct counters counters; /* the first member: it is found from it */
	const struct store_config *config;
	unsigned ms;              /* for all that one step or probe asks */
	long long until;          /* the same as a time of counters_clock() */
	long long pause;          /* nothing is tried before */
	redisContext *connection; /* NULL: there is none */
	pid_t owner;              /* who made it */
	bool closed; /* by the server, before it answered the last question */
	struct answer answer;     /* the last one */
	unsigned char digest[40]; /* of the script: SHA-1 in hex */
	struct span words[WORDS_MAX];
	size_t n_words;
	unsigned char
	    text[KEYS_MAX * (KEY_NAME_MAX + 64) + 64]; /* of the words */
	char reason[256]; /* of the last failure, for the log */
};

/*
 * A step as a script.
 *
 * KEYS:  a counter each
 * ARGV:  amount, and for each key its limit's count and seconds
 * value = end SP count
 * end   = when the window ends, in Unix time: a multiple of its seconds, at
 *         most 11 digits
 * count = 1 to LIMIT_COUNT_MAX
 *
 * answer  = taken *found / full *found / damaged
 * taken   = 1
 * full    = 0
 * damaged = 2  ; what is stored under a key is no count of ours
 * found   = used resets  ; of each limit of each tally, in their order
 *
 * Everything is read before anything is written: an error leaves nothing half
 * done. The end is in the value, since a key may outlive its expiry. A clock
 * that goes back (another server took over) finds ends that are too late:
 * their counts stay, and end with this window at the latest, even when full.
 */
static const char script[] =
    "local now = tonumber(redis.call('TIME')[1])\n"
    "local amount = tonumber(ARGV[1])\n"
    "local take, ends, used, late = amount, {}, {}, {}\n"
    "for i, key in ipairs(KEYS) do\n"
    "  local count = tonumber(ARGV[2 * i])\n"
    "  local seconds = tonumber(ARGV[2 * i + 1])\n"
    "  ends[i], used[i] = now - now % seconds + seconds, 0\n"
    "  local value = redis.pcall('GET', key)\n"
    "  if type(value) == 'table' then\n"
    "    if string.find(value.err, 'WRONGTYPE', 1, true) then\n"
    "      return {2}\n"
    "    end\n"
    "    return value\n"
    "  end\n"
    "  if value then\n"
    "    local e, n = string.match(value, '^([1-9]%d*) ([1-9]%d*)$')\n"
    "    if not e or #e > 11 or #n > 7 then return {2} end\n"
    "    e, n = tonumber(e), tonumber(n)\n"
    "    if e % seconds ~= 0 or n > " COUNT_MAX_TEXT " then return {2} end\n"
    "    if e >= ends[i] then used[i] = n end\n"
    "    late[i] = e > ends[i]\n"
    "  end\n"
    "  if used[i] + amount > count then take = 0 end\n"
    "end\n"
    "local answer = {take > 0 and 1 or 0}\n"
    "for i, key in ipairs(KEYS) do\n"
    "  used[i] = used[i] + take\n"
    "  if take > 0 or late[i] then\n"
    "    redis.call('SET', key, ends[i] .. ' ' .. used[i])\n"
    "    redis.call('EXPIREAT', key, ends[i])\n"
    "  end\n"
    "  answer[2 * i] = used[i]\n"
    "  answer[2 * i + 1] = ends[i] - now\n"
    "end\n"
    "return answer\n";

/* The next word of the command. */
static void
add(struct redis *r, struct sink *text, const char *format, ...)
{
	size_t mark = text->n;
	va_list values;

	va_start(values, format);
	sink_say_list(text, format, &values);
	va_end(values);
	r->words[r->n_words++] = sink_since(text, mark);
}

/*
 * The words of a step, with the script's digest in the script's place. NULL,
 * or why this can't be counted.
 */
static const char *
plan(struct redis *r, const struct tally *tallies, size_t n, unsigned amount)
{
	const char *fault = counters_fault(tallies, n, amount);
	size_t n_keys = 0;
	struct sink text;

	for (size_t i = 0; fault == NULL && i < n; i++) {
		n_keys += tallies[i].n;
		if (tallies[i].name.n > KEY_NAME_MAX)
			fault = "this can't be counted: its name is too long";
	}
	if (fault != NULL)
		return fault;
	sink_init(&text, r->text, sizeof(r->text));
	r->words[0] = SPAN_LIT("EVALSHA");
	r->words[1] = (struct span){ r->digest, sizeof(r->digest) };
	r->n_words = 2;
	add(r, &text, "%d", (long long)n_keys);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < tallies[i].n; j++)
			add(r, &text, "signpost:%v:%d", tallies[i].name,
			    (long long)tallies[i].limits[j].seconds);
	add(r, &text, "%d", (long long)amount);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < tallies[i].n; j++) {
			const struct limit *limit = &tallies[i].limits[j];

			add(r, &text, "%d", (long long)limit->count);
			add(r, &text, "%d", (long long)limit->seconds);
		}
	return NULL;
}

/*
 * Can this be what a step found? TAKEN or FULL, with the counts filled; BROKEN:
 * no answer to this step.
 */
static enum counters_what
read_step(
    const struct answer *a, struct tally *tallies, size_t n, unsigned amount)
{
	bool taken = a->n > 0 && a->numbers[0] == 1, full = false;
	size_t at = 1;

	if (!taken && (a->n == 0 || a->numbers[0] != 0))
		return COUNTERS_BROKEN;
	for (size_t i = 0; i < n * POLICY_LIMITS_MAX; i++) {
		struct tally *t = &tallies[i / POLICY_LIMITS_MAX];
		size_t j = i % POLICY_LIMITS_MAX;
		long long used, resets;

		if (j >= t->n)
			continue;
		if (at + 2 > a->n)
			return COUNTERS_BROKEN;
		used = a->numbers[at++];
		resets = a->numbers[at++];
		if (used < (taken ? amount : 0) ||
		    used > (taken ? t->limits[j].count : LIMIT_COUNT_MAX) ||
		    resets < 1 || resets > t->limits[j].seconds)
			return COUNTERS_BROKEN;
		t->counts[j] =
		    (struct count){ (unsigned)used, (unsigned)resets };
		full = full || used + amount > t->limits[j].count;
	}
	/* What was not taken must have had no room. */
	if (at != a->n || (!taken && !full))
		return COUNTERS_BROKEN;
	return taken ? COUNTERS_TAKEN : COUNTERS_FULL;
}

/*
 * hiredis' reader fills the answer through these in place of making objects:
 * what is not of the form is refused (NULL) where it begins, so that nothing
 * is ever allocated because a server named a large number.
 */
static void *
take_text(const redisReadTask *task, char *text, size_t n)
{
	struct answer *a = task->privdata;

	if (task->parent != NULL || (task->type != REDIS_REPLY_STATUS &&
					task->type != REDIS_REPLY_ERROR))
		return NULL;
	a->is_error = task->type == REDIS_REPLY_ERROR;
	a->text = (struct span){ a->text_mem, n < TEXT_KEPT ? n : TEXT_KEPT };
	for (size_t i = 0; i < a->text.n; i++)
		a->text_mem[i] = text[i] < 0x20 || text[i] > 0x7e
				     ? '?'
				     : (unsigned char)text[i];
	return a;
}

#if HIREDIS_MAJOR < 1
typedef int list_size;
#else
typedef size_t list_size;
#endif

static void *
take_list(const redisReadTask *task, list_size n)
{
	struct answer *a = task->privdata;

	if (task->parent != NULL || n < 1 || n > NUMBERS_MAX)
		return NULL;
	a->expected = (size_t)n;
	return a;
}

static void *
take_number(const redisReadTask *task, long long number)
{
	struct answer *a = task->privdata;

	if (task->parent == NULL || a->n == a->expected)
		return NULL;
	a->numbers[a->n++] = number;
	return a;
}

/* Of other types the reader makes no object. */
static redisReplyObjectFunctions takers = {
	.createString = take_text,
	.createArray = take_list,
	.createInteger = take_number,
};

/* The reason becomes: where, and what is wrong there. */
static bool
fail(struct redis *r, const char *format, ...)
{
	struct sink out;
	va_list values;

	sink_init(&out, r->reason, sizeof(r->reason) - 1);
	sink_say(&out, "redis at %q", r->config->place);
	if (r->config->kind == STORE_TCP)
		sink_say(&out, " port %d", (long long)r->config->port);
	sink_text(&out, ": ");
	va_start(values, format);
	sink_say_list(&out, format, &values);
	va_end(values);
	r->reason[out.n] = '\0';
	return false;
}

static bool
fail_late(struct redis *r)
{
	return fail(r, "no answer within %d ms", (long long)r->ms);
}

static bool
fail_nonsense(struct redis *r)
{
	return fail(r, "its answer makes no sense: is this Redis?");
}

/*
 * For an answer that is not the one that was wanted: with what mends it, where
 * the server's own words do not say so.
 */
static bool
fail_answer(struct redis *r)
{
	struct span text = r->answer.text;
	const char *mend = "";

	if (!r->answer.is_error)
		return fail_nonsense(r);
	if (span_starts(text, SPAN_LIT("NOAUTH")))
		mend = " (name the file with its password: "
		       "store_password_file)";
	if (span_starts(text, SPAN_LIT("READONLY")))
		mend = " (this is a replica: name the primary)";
	return fail(r, "it says: %v%s", text, mend);
}

/* A late answer can't be taken for another question's any more. */
static void
hang_up(struct redis *r)
{
	if (r->connection != NULL)
		redisFree(r->connection);
	r->connection = NULL;
}

static bool
fail_system(struct redis *r, int error)
{
	r->closed = error == EPIPE || error == ECONNRESET;
	return fail(
	    r, "%s", r->closed ? "it closes the connection" : strerror(error));
}

/* False when the time is over. What else is wrong, the next call finds. */
static bool
wait_for(struct redis *r, short events)
{
	struct pollfd wait = { r->connection->fd, events, 0 };
	int ready;

	do {
		long long left = r->until - counters_clock();

		ready = poll(&wait, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* Not by hiredis, whose write raises SIGPIPE, and which wipes no copy. */
static bool
send_all(struct redis *r, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = send(r->connection->fd, bytes.p, bytes.n,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			bytes = span_skip(bytes, (size_t)n);
		else if (errno != EAGAIN && errno != EINTR)
			return fail_system(r, errno);
		else if (!wait_for(r, POLLOUT))
			return fail_late(r);
	}
	return true;
}

static bool
receive(struct redis *r)
{
	redisReader *reader = r->connection->reader;
	void *found = NULL;

	r->answer = (struct answer){ .n = 0 };
	for (bool begun = false; found == NULL; begun = true) {
		if (!wait_for(r, POLLIN))
			return fail_late(r);
		if (redisBufferRead(r->connection) != REDIS_OK) {
			fail_system(r, r->connection->err == REDIS_ERR_EOF
					   ? EPIPE
					   : errno);
			if (r->closed && begun)
				fail_nonsense(r);
			r->closed = r->closed && !begun;
			return false;
		}
		if (reader->len > ANSWER_MAX ||
		    redisReaderGetReply(reader, &found) != REDIS_OK)
			return fail_nonsense(r);
	}
	/* Later versions know more types, and make no object of them here. */
	return (found == &r->answer && r->answer.n == r->answer.expected &&
		   reader->pos == reader->len) ||
	       fail_nonsense(r);
}

/*
 * One command on the connection, and its answer, which may be an error. When
 * the connection was closed before it came, r->closed. The command is wiped: a
 * password may be in it.
 */
static bool
ask(struct redis *r, const struct span *words, size_t n)
{
	const char *p[WORDS_MAX];
	size_t sizes[WORDS_MAX];
	char *command;
	long long size;
	bool sent;

	r->closed = false;
	for (size_t i = 0; i < n; i++) {
		p[i] = (const char *)words[i].p;
		sizes[i] = words[i].n;
	}
	size = redisFormatCommandArgv(&command, (int)n, p, sizes);
	if (size < 0)
		return fail(r, "no memory");
	sent = send_all(
	    r, (struct span){ (const unsigned char *)command, (size_t)size });
	wipe(command, (size_t)size);
	redisFreeCommand(command);
	return sent && receive(r);
}

static bool
says_ok(const struct redis *r)
{
	return !r->answer.is_error && span_is(r->answer.text, "OK");
}

/* For as long as is left. EAGAIN: a Unix socket's queue is full. */
static bool
dial(struct redis *r)
{
	const struct store_config *c = r->config;
	const char *place = (const char *)c->place.p;
	int error = 0;

	do {
		long long left = r->until - counters_clock();
		const struct timeval limit = { left / 1000,
			left % 1000 * 1000 };

		hang_up(r);
		if (left <= 0)
			return fail_late(r);
		if (error == EAGAIN)
			nanosleep(
			    &(struct timespec){ .tv_nsec = 1000000 }, NULL);
		errno = 0;
		r->connection =
		    c->kind == STORE_UNIX
			? redisConnectUnixWithTimeout(place, limit)
			: redisConnectWithTimeout(place, (int)c->port, limit);
		if (r->connection == NULL)
			return fail(r, "no memory");
		error = r->connection->err == 0 ? 0 : errno;
	} while (error == EAGAIN || error == EINTR);
	if (error == ETIMEDOUT)
		return fail_late(r);
	if (r->connection->err != 0)
		return fail(r,
		    "%s: is the server running, and is this the right place?",
		    strerror(error));
	fcntl(r->connection->fd, F_SETFD, FD_CLOEXEC);
	r->owner = getpid();
	r->connection->reader->fn = &takers;
	r->connection->reader->privdata = &r->answer;
	return true;
}

/*
 * With the password: the server's own words are kept back here, since one
 * without AUTH repeats what it was given.
 */
static bool
log_in(struct redis *r)
{
	const struct span words[] = { SPAN_LIT("AUTH"), r->config->password };

	if (r->config->password.n == 0)
		return true;
	if (!ask(r, words, 2))
		return false;
	if (r->answer.is_error)
		return fail(r,
		    "it refuses the password of store_password_file: is it "
		    "the right one, and does this server ask for one?");
	return says_ok(r) || fail_nonsense(r);
}

static bool
choose_database(struct redis *r)
{
	char number[20];
	struct span words[] = { SPAN_LIT("SELECT"), { NULL, 0 } };

	if (r->config->database == 0)
		return true;
	sink_string(
	    number, sizeof(number), "%d", (long long)r->config->database);
	words[1] = span_of(number);
	return ask(r, words, 2) && (says_ok(r) || fail_answer(r));
}

/*
 * Can the connection be used again: is it this process's own, open as far as
 * is known, and was nothing sent that nobody asked for? After fork() two would
 * read each other's answers.
 */
static bool
is_quiet(const struct redis *r)
{
	unsigned char byte;

	return r->connection != NULL && r->owner == getpid() &&
	       recv(r->connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       (errno == EAGAIN || errno == EINTR);
}

/* On the connection that was kept, or on a new one. */
static bool
ask_anew(struct redis *r, const struct span *words, size_t n)
{
	if (is_quiet(r)) {
		if (ask(r, words, n))
			return true;
		if (!r->closed)
			return false;
	}
	return dial(r) && log_in(r) && choose_database(r) && ask(r, words, n);
}

/* A server that does not know the script yet gets it. */
static bool
ask_step(struct redis *r)
{
	if (!ask_anew(r, r->words, r->n_words))
		return false;
	if (!r->answer.is_error ||
	    !span_starts(r->answer.text, SPAN_LIT("NOSCRIPT")))
		return true;
	r->words[0] = SPAN_LIT("EVAL");
	r->words[1] = span_of(script);
	return ask(r, r->words, r->n_words);
}

/* False, with the reason of the last failure, when nothing is tried now. */
static bool
begin(struct redis *r)
{
	long long now = counters_clock();

	r->until = now + r->ms;
	return now >= r->pause;
}

static void
give_up(struct redis *r)
{
	hang_up(r);
	r->pause = counters_clock() + PAUSE_MS;
}

static struct counters_verdict
broken(const char *reason)
{
	return (struct counters_verdict){ COUNTERS_BROKEN, reason, 0 };
}

static struct counters_verdict
take(struct counters *self, struct tally *tallies, size_t n, unsigned amount,
    long long now)
{
	struct redis *r = (struct redis *)(void *)self;
	const char *fault = plan(r, tallies, n, amount);
	enum counters_what what;

	(void)now;
	if (fault != NULL)
		return broken(fault);
	if (!begin(r))
		return broken(r->reason);
	if (!ask_step(r)) {
		give_up(r);
		return broken(r->reason);
	}
	if (r->answer.n == 1 && r->answer.numbers[0] == 2) {
		/* This name's alone: no pause for the others. */
		fail(r, "a key \"signpost:...\" of this name holds something "
			"else than a count: remove it");
		return broken(r->reason);
	}
	what = read_step(&r->answer, tallies, n, amount);
	if (what != COUNTERS_BROKEN)
		return (struct counters_verdict){ what, NULL, 0 };
	fail_answer(r);
	give_up(r);
	return broken(r->reason);
}

static const char *
probe(struct counters *self)
{
	struct redis *r = (struct redis *)(void *)self;
	/* A full server and a replica answer a PING, and take no counts. */
	const struct span words[] = { SPAN_LIT("SET"),
		SPAN_LIT("signpost:probe"), SPAN_LIT("1"), SPAN_LIT("EX"),
		SPAN_LIT("60") };

	if (!begin(r))
		return r->reason;
	if (ask_anew(r, words, 5) && (says_ok(r) || fail_answer(r)))
		return NULL;
	give_up(r);
	return r->reason;
}

static void
close_redis(struct counters *self)
{
	struct redis *r = (struct redis *)(void *)self;

	hang_up(r);
	free(r);
}

bool
redis_built_in(void)
{
	return true;
}

struct counters *
redis_new(const struct store_config *config, unsigned ms)
{
	const struct span text = span_of(script);
	struct redis *r = calloc(1, sizeof(*r));
	unsigned char digest[DIGEST_MAX];
	struct sink hex;

	if (r == NULL)
		return NULL;
	r->counters = (struct counters){ take, probe, close_redis };
	r->config = config;
	r->ms = ms;
	digest_of(HASH_SHA1, &text, 1, digest);
	sink_init(&hex, r->digest, sizeof(r->digest));
	sink_hex(&hex, (struct span){ digest, digest_size(HASH_SHA1) });
	return &r->counters;
}

#else

bool
redis_built_in(void)
{
	return false;
}

struct counters *
redis_new(const struct store_config *config, unsigned ms)
{
	(void)config;
	(void)ms;
	return NULL;
}

#endif
