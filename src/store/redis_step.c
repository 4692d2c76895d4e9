#include "store/redis_step.h"

#include "base/digest.h"
#include "base/sink.h"

#define DECIMAL(n) DECIMAL_OF(n)
#define DECIMAL_OF(n) #n
#define COUNT_MAX_TEXT DECIMAL(LIMIT_COUNT_MAX)

#define WINDOW_MAX 86400 /* seconds */

/*
 * KEYS:  a counter each
 * ARGV:  amount, and for each key its limit's count and seconds
 * value = end SP count
 * end   = when the window ends, in Unix time: a multiple of its seconds, at
 *         most 11 digits
 * count = 1 to LIMIT_COUNT_MAX
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

void
redis_step_init(struct redis_step *s)
{
	const struct span text = span_of(script);
	unsigned char digest[DIGEST_MAX];
	struct sink hex;

	s->n_words = s->n_text = 0;
	digest_of(HASH_SHA1, &text, 1, digest);
	sink_init(&hex, s->digest, sizeof(s->digest));
	sink_hex(&hex, (struct span){ digest, digest_size(HASH_SHA1) });
}

static bool
has_window_twice(const struct tally *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t j = 0; j < i; j++)
			if (t->limits[i].seconds == t->limits[j].seconds)
				return true;
	return false;
}

static const char *
fault_of(const struct tally *t)
{
	if (t->name.n > REDIS_NAME_MAX)
		return "this can't be counted: its name is too long";
	if (t->n == 0 || t->n > POLICY_LIMITS_MAX || has_window_twice(t))
		return "this can't be counted: no such limit";
	for (size_t i = 0; i < t->n; i++)
		if (t->limits[i].count == 0 ||
		    t->limits[i].count > LIMIT_COUNT_MAX ||
		    t->limits[i].seconds == 0 ||
		    t->limits[i].seconds > WINDOW_MAX)
			return "this can't be counted: no such limit";
	return NULL;
}

static const char *
fault_in(const struct tally *tallies, size_t n, unsigned amount)
{
	const char *fault = NULL;

	if (n == 0 || n > 2 || amount == 0 || amount > BATCH_MAX)
		return "this can't be counted: too much or nothing at once";
	for (size_t i = 0; i < n && fault == NULL; i++)
		fault = fault_of(&tallies[i]);
	if (fault == NULL && n == 2 &&
	    span_eq(tallies[0].name, tallies[1].name))
		return "this can't be counted: one name twice";
	return fault;
}

static void
add(struct redis_step *s, struct span word)
{
	s->words[s->n_words++] = word;
}

static void
add_number(struct redis_step *s, struct sink *text, unsigned number)
{
	size_t mark = text->n;

	sink_int(text, number);
	add(s, sink_since(text, mark));
}

static void
add_key(
    struct redis_step *s, struct sink *text, struct span name, unsigned seconds)
{
	size_t mark = text->n;

	sink_say(text, "signpost:%v:%d", name, (long long)seconds);
	add(s, sink_since(text, mark));
}

const char *
redis_step_plan(struct redis_step *s, const struct tally *tallies, size_t n,
    unsigned amount)
{
	const char *fault = fault_in(tallies, n, amount);
	struct sink text;

	if (fault != NULL)
		return fault;
	s->n_words = 0;
	sink_init(&text, s->text, sizeof(s->text));
	add(s, SPAN_LIT("EVALSHA"));
	add(s, (struct span){ s->digest, sizeof(s->digest) });
	add_number(
	    s, &text, (unsigned)(tallies[0].n + (n == 2 ? tallies[1].n : 0)));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < tallies[i].n; j++)
			add_key(s, &text, tallies[i].name,
			    tallies[i].limits[j].seconds);
	add_number(s, &text, amount);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < tallies[i].n; j++) {
			add_number(s, &text, tallies[i].limits[j].count);
			add_number(s, &text, tallies[i].limits[j].seconds);
		}
	return text.full ? "this can't be counted: its name is too long" : NULL;
}

void
redis_step_spell_out(struct redis_step *s)
{
	s->words[0] = SPAN_LIT("EVAL");
	s->words[1] = span_of(script);
}

/* Can this be what a step that was taken, or was not, found for the limit? */
static bool
read_count(const long long *numbers, const struct limit *limit, bool taken,
    unsigned amount, struct count *out)
{
	long long used = numbers[0], resets = numbers[1];

	if (used < (taken ? amount : 0) ||
	    used > (taken ? limit->count : LIMIT_COUNT_MAX) || resets < 1 ||
	    resets > limit->seconds)
		return false;
	*out = (struct count){ (unsigned)used, (unsigned)resets };
	return true;
}

/* The numbers behind the first; *full: some limit has no room for amount. */
static bool
read_tally(const long long *numbers, struct tally *t, bool taken,
    unsigned amount, bool *full)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!read_count(numbers + 2 * i, &t->limits[i], taken, amount,
			&t->counts[i]))
			return false;
		if (t->counts[i].used + amount > t->limits[i].count)
			*full = true;
	}
	return true;
}

enum redis_step_what
redis_step_read(const long long *numbers, size_t n_numbers,
    struct tally *tallies, size_t n, unsigned amount)
{
	bool taken, full = false;
	size_t at = 1;

	if (n_numbers == 1 && numbers[0] == 2)
		return REDIS_STEP_DAMAGED;
	if (n_numbers == 0 || numbers[0] < 0 || numbers[0] > 1)
		return REDIS_STEP_NONSENSE;
	taken = numbers[0] == 1;
	for (size_t i = 0; i < n; at += 2 * tallies[i++].n)
		if (n_numbers < at + 2 * tallies[i].n ||
		    !read_tally(
			numbers + at, &tallies[i], taken, amount, &full))
			return REDIS_STEP_NONSENSE;
	if (at != n_numbers || (!taken && !full))
		return REDIS_STEP_NONSENSE;
	return taken ? REDIS_STEP_TAKEN : REDIS_STEP_FULL;
}
