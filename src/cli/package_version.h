/* Versions of packages, as Debian orders them. */
#ifndef CLI_PACKAGE_VERSION_H
#define CLI_PACKAGE_VERSION_H

#include "base/span.h"

/*
 * dpkg's order (deb-version(7)): <0, 0, >0. Epoch, version and revision; "~"
 * before everything, also the end; letters before what is no letter.
 */
int package_compare(struct span a, struct span b);

/*
 * The version of an installed package in the text of a status file of dpkg's
 * (/var/lib/dpkg/status); empty where it is not there.
 */
struct span package_installed(struct span status, const char *name);

/* Is CVE-2025-23016 mended in this version of Debian's libfcgi? */
bool package_fcgi_mended(struct span version);

#endif
