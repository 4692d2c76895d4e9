/*
 * Colours for whoever reads at a terminal; nothing at all in a file, in a
 * pipe, on a dumb terminal, or where NO_COLOR is set (no-color.org).
 */
#ifndef CLI_PAINT_H
#define CLI_PAINT_H

#include <stdio.h>

enum paint { PAINT_GOOD = 1, PAINT_BAD, PAINT_WARN, PAINT_FAINT, PAINT_BOLD };

/* The bytes that begin it (ECMA-48, SGR), or "" where none are wanted. */
const char *paint_on(FILE *to, enum paint paint);

/* The bytes that end whatever was begun, or "". */
const char *paint_off(FILE *to);

#endif
