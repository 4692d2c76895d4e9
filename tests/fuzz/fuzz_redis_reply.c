/*
 * redis_wire_feed() and redis_step_read() on any bytes, as a server's answers
 * to one step after the other. The input's first two bytes choose the step and
 * how the bytes are cut into pieces. An answer is whole exactly where a small
 * reader of its own finds it whole, and a step is taken for one form alone.
 */
#include "fuzz.h"
#include "store/redis_wire.h"

/* Of the sanitizers' allocator: gcc comes without the header. */
int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void *, size_t),
    void (*on_free)(const volatile void *));

#define WINDOWS 3
#define ALLOCATED_MAX 65536 /* at once; what comes is at most 4096 bytes */

/* A step that is asked for: its tallies, with limits of their own. */
static struct asked {
	size_t n;
	unsigned amount;
	struct tally tallies[2];
	struct limit limits[2][WINDOWS];
} asked;

/* One answer, as it is understood here. */
enum kind { KIND_NONE = 0, KIND_TEXT, KIND_ODD_TEXT, KIND_NUMBERS };
struct expected {
	enum kind kind;
	bool is_error;
	struct span text;
	size_t n;
	long long numbers[REDIS_NUMBERS_MAX];
};

static bool watched; /* the parser is at work */

static void
on_malloc(const volatile void *p, size_t n)
{
	(void)p;
	if (watched && n > ALLOCATED_MAX)
		must(false, "a server can't make it take memory");
}

static void
on_free(const volatile void *p)
{
	(void)p;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	must(redis_wire_built_in(), "this needs hiredis");
	__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
	return 0;
}

/* Bits: 0 the second tally, 1-2 and 3-4 how many limits, 5-7 the amount. */
static void
choose(unsigned how)
{
	static const struct limit limits[2][WINDOWS] = {
		{ { 20, 60 }, { 7, 3600 }, { LIMIT_COUNT_MAX, 86400 } },
		{ { 1, 86400 }, { 100, 60 }, { 50, 3600 } }
	};
	static const unsigned amounts[] = { 1, 1, 1, 2, 5, 7, 8, BATCH_MAX };

	memset(&asked, 0, sizeof(asked));
	memcpy(asked.limits, limits, sizeof(limits));
	asked.n = 1 + (how & 1U);
	asked.amount = amounts[how >> 5];
	for (size_t i = 0; i < asked.n; i++)
		asked.tallies[i] =
		    (struct tally){ .name = span_of(i == 0 ? "a" : "b"),
			    .crowd = CROWD_KNOWN,
			    .n = 1 + (how >> (2 * i + 1) & 3U) % WINDOWS,
			    .limits = asked.limits[i] };
}

/* From *at up to CR LF, and *at behind it. False when there is no such. */
static bool
take_line(struct span s, size_t *at, struct span *line)
{
	for (size_t i = *at; i + 1 < s.n; i++)
		if (s.p[i] == '\r' && s.p[i + 1] == '\n') {
			*line = (struct span){ s.p + *at, i - *at };
			*at = i + 2;
			return true;
		}
	return false;
}

/* [ "-" ] and digits, "0" or without a zero before them, of 64 bits. */
static bool
take_number(struct span s, long long *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	unsigned long long value = 0, most = INT64_MAX;

	if (negative) {
		s = span_skip(s, 1);
		most++;
	}
	if (s.n == 0 || (s.p[0] == '0' && (s.n > 1 || negative)))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = s.p[i] - (unsigned)'0';

		if (digit > 9 || value > (most - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	*out = negative ? (long long)(0 - value) : (long long)value;
	return true;
}

/*
 * Is this a whole answer, from its first byte to its last?
 *
 *   answer  = text / numbers
 *   text    = ( "+" / "-" ) *byte CRLF
 *   numbers = "*" 1..REDIS_NUMBERS_MAX CRLF and as many times
 *             ":" number CRLF
 */
static struct expected
expect(struct span s)
{
	struct expected e = { .kind = KIND_NONE };
	struct span line;
	size_t at = 0;
	long long n;

	if (!take_line(s, &at, &line) || line.n == 0)
		return e;
	if (line.p[0] == '+' || line.p[0] == '-') {
		/* Not all versions of hiredis take CR or LF in a text. */
		bool odd = span_has(line, '\r') || span_has(line, '\n');

		if (at != s.n)
			return e;
		e.is_error = line.p[0] == '-';
		e.text = span_skip(line, 1);
		e.kind = odd ? KIND_ODD_TEXT : KIND_TEXT;
		return e;
	}
	if (line.p[0] != '*' || !take_number(span_skip(line, 1), &n) || n < 1 ||
	    n > REDIS_NUMBERS_MAX)
		return e;
	for (; e.n < (size_t)n; e.n++)
		if (!take_line(s, &at, &line) || line.n == 0 ||
		    line.p[0] != ':' ||
		    !take_number(span_skip(line, 1), &e.numbers[e.n]))
			return e;
	if (at == s.n)
		e.kind = KIND_NUMBERS;
	return e;
}

/* The verdict that these numbers are, by the grammar of redis_step.h. */
static enum redis_step_what
judge(const struct expected *e)
{
	size_t limits = asked.tallies[0].n, at = 1;
	bool full = false, taken;

	if (e->n == 1 && e->numbers[0] == 2)
		return REDIS_STEP_DAMAGED;
	limits += asked.n == 2 ? asked.tallies[1].n : 0;
	if (e->n != 1 + 2 * limits ||
	    (e->numbers[0] != 0 && e->numbers[0] != 1))
		return REDIS_STEP_NONSENSE;
	taken = e->numbers[0] == 1;
	for (size_t i = 0; i < limits; i++, at += 2) {
		size_t first = asked.tallies[0].n;
		const struct limit *l = i < first ? &asked.limits[0][i]
						  : &asked.limits[1][i - first];
		long long used = e->numbers[at], resets = e->numbers[at + 1];

		if (resets < 1 || resets > l->seconds || used < 0)
			return REDIS_STEP_NONSENSE;
		if (taken && (used < asked.amount || used > l->count))
			return REDIS_STEP_NONSENSE;
		if (!taken && used > LIMIT_COUNT_MAX)
			return REDIS_STEP_NONSENSE;
		full = full || used + asked.amount > l->count;
	}
	if (taken)
		return REDIS_STEP_TAKEN;
	return full ? REDIS_STEP_FULL : REDIS_STEP_NONSENSE;
}

/* The numbers, in their order, became the tallies' counts. */
static void
check_counts(const struct expected *e)
{
	size_t at = 1;

	for (size_t i = 0; i < asked.n; i++)
		for (size_t j = 0; j < asked.tallies[i].n; j++, at += 2) {
			const struct count *c = &asked.tallies[i].counts[j];

			must(c->used == e->numbers[at] &&
				 c->resets == e->numbers[at + 1],
			    "the counts are what was sent");
		}
}

static void
check_text(const struct redis_answer *a, const struct expected *e)
{
	size_t n = e->text.n < REDIS_TEXT_KEPT ? e->text.n : REDIS_TEXT_KEPT;

	must(a->n == 0 && a->is_error == e->is_error && a->text.n == n,
	    "a text is one");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = e->text.p[i];

		must(a->text.p[i] == (c >= ' ' && c <= '~' ? c : '?'),
		    "a text is what was sent, and can be printed");
	}
}

/* What redis.c makes of an answer. */
static void
check_answer(const struct redis_answer *a, struct span bytes)
{
	struct expected e = expect(bytes);
	enum redis_step_what what;

	must(e.kind != KIND_NONE, "an answer has the form");
	what = redis_step_read(
	    a->numbers, a->n, asked.tallies, asked.n, asked.amount);
	if (e.kind != KIND_NUMBERS) {
		check_text(a, &e);
		must(what == REDIS_STEP_NONSENSE, "a text takes nothing");
		return;
	}
	must(a->n == e.n && !a->is_error && a->text.n == 0 &&
		 memcmp(a->numbers, e.numbers, e.n * sizeof(e.numbers[0])) == 0,
	    "numbers are what was sent");
	must(what == judge(&e), "a verdict is what was sent");
	if (what == REDIS_STEP_TAKEN || what == REDIS_STEP_FULL)
		check_counts(&e);
}

/* A piece of memory of its own: what reads behind it is found. */
static enum redis_wire_what
feed(struct redis_wire *wire, struct span piece,
    const struct redis_answer **answer)
{
	unsigned char *mem = malloc(piece.n);
	enum redis_wire_what what;

	must(mem != NULL, "there is memory");
	memcpy(mem, piece.p, piece.n);
	watched = true;
	what = redis_wire_feed(wire, (struct span){ mem, piece.n }, answer);
	watched = false;
	free(mem);
	must((what == REDIS_WIRE_WHOLE) == (*answer != NULL),
	    "what is whole is there");
	return what;
}

/* Sizes of pieces: all the same for small seeds, then any. */
static size_t
piece_size(unsigned char seed, unsigned *state)
{
	if (seed < 32)
		return 1 + seed;
	*state = *state * 1664525U + 1013904223U;
	return 1 + (*state >> 16) % (seed < 128 ? 16 : 2048);
}

/* One answer from the bytes; how many were its, or 0 when nothing follows. */
static size_t
read_answer(struct redis_wire *wire, struct span bytes, unsigned char seed,
    unsigned *state)
{
	const struct redis_answer *answer = NULL;
	enum redis_wire_what what = REDIS_WIRE_PART;
	size_t n = 0;

	choose((unsigned char)(seed ^ *state >> 24));
	redis_wire_expect(wire);
	while (what == REDIS_WIRE_PART && n < bytes.n) {
		size_t size = piece_size(seed, state);
		enum kind kind;

		if (size > bytes.n - n)
			size = bytes.n - n;
		what = feed(wire, (struct span){ bytes.p + n, size }, &answer);
		n += size;
		kind = expect(span_head(bytes, n)).kind;
		must(what == REDIS_WIRE_WHOLE || n > REDIS_ANSWER_MAX ||
			 kind == KIND_NONE || kind == KIND_ODD_TEXT,
		    "an answer of the form is whole");
		must(what == REDIS_WIRE_BAD || n <= REDIS_ANSWER_MAX,
		    "an answer has a limit");
	}
	if (what != REDIS_WIRE_WHOLE)
		return 0;
	check_answer(answer, span_head(bytes, n));
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct redis_wire *wire;
	struct span rest;
	unsigned state;
	size_t n;

	if (size < 2)
		return 0;
	wire = redis_wire_new();
	must(wire != NULL, "there is memory");
	/* The first step is the first byte's, later ones are as it comes. */
	state = (unsigned)(data[0] ^ data[1]) << 24;
	rest = (struct span){ data + 2, size - 2 };
	while ((n = read_answer(wire, rest, data[1], &state)) > 0)
		rest = span_skip(rest, n);
	redis_wire_free(wire);
	return 0;
}
