/* The store's own folder below a test's, and the file of counts in it. */
#ifndef TESTS_STORE_FOLDER_H
#define TESTS_STORE_FOLDER_H

#include <stdio.h>

#include "folder.h"

static inline const char *
dir(void)
{
	static char place[4096];

	snprintf(place, sizeof(place), "%s", in_folder("dir"));
	return place;
}

static inline const char *
file(void)
{
	return in_folder("dir/counters");
}

#endif
