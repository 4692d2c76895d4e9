/*
 * Unit files below a folder of their own, which stands for the whole machine.
 * A test file that includes this starts with #define _GNU_SOURCE, and includes
 * test.h first.
 */
#ifndef TESTS_UNITING_H
#define TESTS_UNITING_H

#include "folder.h"

#define UNITING_ETC "etc/systemd/system/"

/* A file of this text, and the folders above it. */
static inline const char *
uniting_put(const char *name, const char *text)
{
	char part[256];

	for (size_t i = 0; name[i] != '\0'; i++) {
		part[i] = name[i];
		part[i + 1] = '\0';
		if (name[i] != '/')
			continue;
		part[i] = '\0';
		mkdir(in_folder(part), 0755);
		part[i] = '/';
	}
	return put_file(name, 0644, span_of(text));
}

#endif
