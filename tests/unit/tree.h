/*
 * Removes a folder with all that is in it. A test file that includes this
 * starts with #define _GNU_SOURCE.
 */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <ftw.h>
#include <stdio.h>

static inline int
tree_drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* 0 when nothing is left. */
static inline int
tree_remove(const char *path)
{
	return nftw(path, tree_drop, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
