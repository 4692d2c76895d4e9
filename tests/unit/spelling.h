/* The cause under which a value can come out as another text. */
#ifndef TESTS_SPELLING_H
#define TESTS_SPELLING_H

#include "explaining.h"
#include "guard.h"

struct speller {
	enum spelling (*spell)(struct span name, struct span value, size_t nth,
	    struct sink *out, enum cause *cause);
};

static inline enum cause
spelled(const struct speller *how, const char *name, const char *text,
    const char *want)
{
	struct span value = guarded(span_of(text));
	enum cause cause, found = CAUSE_NONE;
	enum spelling s = SPELLING_SAME;

	for (size_t nth = 0; s != SPELLING_END; nth++) {
		start();
		s = how->spell(span_of(name), value, nth, &out, &cause);
		if (s == SPELLING_OTHER ? span_is(sink_view(&out), text)
					: out.n > 0)
			abort();
		if (s == SPELLING_OTHER && found == CAUSE_NONE &&
		    span_is(sink_view(&out), want))
			found = cause;
	}
	guard_free(value);
	return found;
}

#endif
