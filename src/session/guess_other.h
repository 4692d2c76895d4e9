/* Cookies that begin, or are named, like something that is not read here. */
#ifndef SESSION_GUESS_OTHER_H
#define SESSION_GUESS_OTHER_H

#include "base/span.h"

/* What such a cookie is, for people; NULL for one that might be read. */
const char *guess_other(struct span name, struct span value);

#endif
