/*
 * denied_read() on any text, judged by a reading of its own: line by line, code
 * point by code point. The input's first byte is the most users that there may
 * be. A list is taken when each line is right, and then denies exactly whom
 * its lines name; a refusal names the first line that is wrong.
 */
#include "base/limits.h"
#include "fuzz.h"
#include "policy/denied.h"

#define MANY 256 /* a byte never asks for more */
#define TEXT_MAX 8192

/* The room for users, and one behind it that nobody may touch. */
static struct span room[MANY + 1];

/* What the lines say. */
static struct reading {
	size_t wrong; /* the first line that is, 0: none */
	size_t n;
	struct span users[TEXT_MAX + 1]; /* as they stand, maybe twice */
} naive;

/* RFC 3629, by the value of the code point; 0 when there is none. */
static size_t
code_point(struct span s, unsigned long *out)
{
	static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = s.p[0];
	size_t n = c < 0x80         ? 1
		   : c >> 5 == 0x06 ? 2
		   : c >> 4 == 0x0e ? 3
		   : c >> 3 == 0x1e ? 4
				    : 0;

	if (n == 0 || n > s.n)
		return 0;
	*out = n == 1 ? c : c & (0x7fUL >> n);
	for (size_t i = 1; i < n; i++) {
		if (s.p[i] >> 6 != 2)
			return 0;
		*out = *out << 6 | (s.p[i] & 0x3fUL);
	}
	return *out < least[n] || *out > 0x10ffff ||
		       (*out >= 0xd800 && *out <= 0xdfff)
		   ? 0
		   : n;
}

static bool
is_user(struct span s)
{
	unsigned long c = 0;

	if (s.n < 1 || s.n > USER_MAX || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
		return false;
	for (size_t at = 0, n; at < s.n; at += n) {
		n = code_point(span_skip(s, at), &c);
		if (n == 0 || c < 0x20 || (c >= 0x7f && c <= 0x9f))
			return false;
	}
	return true;
}

/* Up to the first line that is wrong, or a user too many. */
static void
read_naively(struct span text, size_t max)
{
	size_t begin = 0, line = 1;

	naive.wrong = naive.n = 0;
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		naive.wrong = 1;
	for (size_t i = 0; i <= text.n && naive.wrong == 0; i++) {
		struct span user = { text.p + begin, i - begin };

		if (i < text.n && text.p[i] != '\n')
			continue;
		if (user.n > 0 && user.p[user.n - 1] == '\r')
			user.n--;
		if (user.n > 0 && (!is_user(user) || naive.n == max))
			naive.wrong = line;
		else if (user.n > 0)
			naive.users[naive.n++] = user;
		begin = i + 1;
		line++;
	}
}

static bool
stands_there(struct span user)
{
	for (size_t i = 0; i < naive.n; i++)
		if (span_eq(naive.users[i], user))
			return true;
	return false;
}

/* "line 12: words" */
static void
check_refused(const struct names *users, struct span said)
{
	unsigned char mem[32];
	struct sink line;

	must(naive.wrong != 0, "only a wrong line is refused");
	must(!users->present && users->n == 0 && users->name == NULL,
	    "a refused list leaves nothing");
	sink_init(&line, mem, sizeof(mem));
	sink_say(&line, "line %d: ", (long long)naive.wrong);
	must(span_starts(said, sink_view(&line)) && said.n > line.n,
	    "a refusal has its line, and words");
}

/* Whom it denies: all who stand there, and nobody else. */
static void
check_users(const struct names *users, struct span text)
{
	for (size_t i = 0; i < users->n; i++) {
		struct span user = users->name[i];

		must(is_user(user), "a user is one");
		must(i == 0 || span_cmp(users->name[i - 1], user) < 0,
		    "they are sorted, each once");
		must(user.p >= text.p && user.p + user.n <= text.p + text.n,
		    "they lie in the text");
		must(stands_there(user), "it stands there");
	}
	for (size_t i = 0; i < naive.n; i++) {
		struct span part = naive.users[i];

		must(names_have(users, part), "each line's user is denied");
		for (part.n--; part.n > 0; part.n /= 2)
			must(names_have(users, part) == stands_there(part),
			    "the beginning of a name is another one");
	}
	must(!names_have(users, SPAN_LIT("")), "nobody has no name");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct span untouched = SPAN_INIT("untouched");
	struct names users = { true, 7, room };
	unsigned char mem[DETAIL_MAX];
	struct span text;
	struct sink said;
	size_t max;
	bool right;

	if (size == 0 || size > TEXT_MAX)
		return 0;
	max = data[0];
	text = (struct span){ data + 1, size - 1 };
	memset(room, 0xa5, sizeof(room));
	room[max] = untouched;
	sink_init(&said, mem, sizeof(mem));
	right = denied_read(text, room, max, &users, &said);
	must(span_eq(room[max], untouched), "no user beside the room");
	read_naively(text, max);
	if (!right) {
		check_refused(&users, sink_view(&said));
		return 0;
	}
	must(naive.wrong == 0, "a wrong line is refused");
	must(users.present && users.n <= naive.n && said.n == 0,
	    "a list is taken whole, without words");
	check_users(&users, text);
	return 0;
}
