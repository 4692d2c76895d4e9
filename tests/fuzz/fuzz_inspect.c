/*
 * What `signpost inspect` makes of anything that is pasted into it, without a
 * key: nothing of it reaches the terminal but text, whatever was guessed.
 */
#include "base/text.h"
#include "cli/guess.h"
#include "cli/inspect.h"
#include "cli/pasted.h"
#include "fuzz.h"

#define PASTED_MAX 4096
#define PRINTED_MAX (1 << 20)

static void
check_printed(struct span printed)
{
	for (size_t i = 0; i < printed.n; i++)
		must(printed.p[i] == '\n' ||
			 (printed.p[i] >= 0x20 && printed.p[i] != 0x7f),
		    "no control character is printed");
}

static void
check_guess(struct span header, struct arena *arena)
{
	struct span name, value;
	struct guess g;

	while (pasted_pair(&header, &name, &value)) {
		guess_format(name, value, false, arena, &g);
		must(g.row != NULL || g.note != NULL,
		    "something is said of every cookie");
		must(
		    g.user.n == 0 || g.says.n > 0, "a user is in what it says");
		must(g.row != NULL || g.user.n == 0 || g.says.n > 0,
		    "nothing is made up");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char memory[ARENA_MAX], room[PASTED_MAX + 64];
	static unsigned char printed[PRINTED_MAX];
	struct span names[] = { SPAN_LIT("session"), SPAN_LIT("") };
	struct sink header, out;
	struct arena arena;
	bool bare;

	if (size > PASTED_MAX)
		return 0;
	for (size_t i = 0; i < 2; i++) {
		sink_init(&header, room, sizeof(room));
		if (!pasted_read(
			(struct span){ data, size }, names[i], &header, &bare))
			continue;
		arena_init(&arena, memory, sizeof(memory));
		check_guess(sink_view(&header), &arena);
		arena_init(&arena, memory, sizeof(memory));
		sink_init(&out, printed, sizeof(printed));
		inspect_guess(NULL, sink_view(&header), &arena, &out);
		must(!out.full, "there is room for what is printed");
		check_printed(sink_view(&out));
	}
	return 0;
}
