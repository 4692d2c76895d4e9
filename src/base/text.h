/* Classes of text, without a locale. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/span.h"

/* RFC 3629: no overlong form, no surrogate, nothing over U+10FFFF. */
bool text_utf8(struct span s);

/* How many bytes stand before what is none; all of them where all is. */
size_t text_utf8_size(struct span s);

/* Any of U+0000-U+001F, U+007F, or U+0080-U+009F (as valid UTF-8)? */
bool text_has_control(struct span s);

/* & or %26? In what Cloudinary's signature covers the two are one. */
bool text_has_ampersand(struct span s);

/* One or more of [A-Za-z0-9_-], at most SEGMENT_MAX. */
bool text_segment(struct span s);

/* RFC 9110 5.6.2 token. */
bool text_token(struct span s);

/*
 * The nearest of the n names, if it is near enough to be a slip of the hand
 * (at most a third of the letters, and at most 3, inserted, dropped, changed
 * or swapped); NULL when none is.
 */
const char *text_nearest(struct span typed, const char *const *names, size_t n);

#endif
