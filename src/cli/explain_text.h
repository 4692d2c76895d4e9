/* Small things that explain does with text. */
#ifndef CLI_EXPLAIN_TEXT_H
#define CLI_EXPLAIN_TEXT_H

#include "base/arena.h"

/* Where needle, which is not empty, is next in s at or behind from. */
bool explain_seek(struct span s, size_t from, const char *needle, size_t *at);

/* Without SP, TAB, CR and LF at both ends. */
struct span explain_strip(struct span s);

/* A backslash before a backslash or a double quote is taken away. */
struct span explain_unbackslash(struct span s, struct arena *arena);

/*
 * HTML's &amp; &lt; &gt; &quot; &apos; and &#N; or &#xN; below 128 become
 * what they stand for, if the text is HTML: each "&" in it begins one of them.
 * Otherwise it is left as it is.
 */
struct span explain_unescape_html(struct span s, struct arena *arena);

#endif
