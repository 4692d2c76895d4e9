/*
 * The grammar of JSON (RFC 8259), one function for each rule. Each takes what
 * it reads off the front of *rest. The check of a text and the look-ups in it
 * (json_read.h) are made of the same functions, so they can't disagree.
 */
#ifndef HTTP_JSON_SCAN_H
#define HTTP_JSON_SCAN_H

#include "base/span.h"

/* This byte, if it is next. */
bool json_scan_byte(struct span *rest, unsigned char c);

/* Any space, tab, LF or CR. */
void json_scan_space(struct span *rest);

/*
 * One character inside a string, unescaped: the number of bytes in out, valid
 * UTF-8 if *rest is (one byte of it at a time where it is not escaped). 0, and
 * nothing taken, at the closing quote, at the end, and for what may not stand
 * in a string: a control character, an unknown escape, a lone surrogate,
 * \u0000.
 */
size_t json_scan_char(struct span *rest, unsigned char out[static 4]);

/* A string with its quotes. */
bool json_scan_string(struct span *rest);

/* Any value, with at most depth brackets around its innermost part. */
bool json_scan_value(struct span *rest, unsigned depth);

/* What was taken since rest was from. */
struct span json_scanned(struct span from, struct span rest);

#endif
