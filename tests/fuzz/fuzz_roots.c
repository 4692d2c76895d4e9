/*
 * What the doctor reads of other programs' files: lines of web servers'
 * configurations, and versions in dpkg's list. Each answer is a part of the
 * input; the order of versions is one.
 */
#include "cli/package_version.h"
#include "cli/roots.h"
#include "fuzz.h"

static bool
is_part(struct span part, struct span all)
{
	return part.n == 0 ||
	       (part.p >= all.p && part.p + part.n <= all.p + all.n);
}

static int
sign(int order)
{
	return (order > 0) - (order < 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { data, size }, found;
	struct span_cut a = span_cut(all, '\n'), b = span_cut(a.tail, '\n');

	found = roots_line(a.head);
	must(is_part(found, a.head), "a folder is a part of its line");
	must(found.n == 0 || found.p[0] == '/', "a folder is absolute");
	must(!span_has(found, '$'), "a folder has no variable");

	found = package_installed(all, "libfcgi0ldbl");
	must(is_part(found, all), "a version is a part of the list");
	package_fcgi_mended(found);

	must(package_compare(a.head, a.head) == 0, "equal to itself");
	must(sign(package_compare(a.head, b.head)) ==
		 -sign(package_compare(b.head, a.head)),
	    "the other way round it is the other way");
	return 0;
}
