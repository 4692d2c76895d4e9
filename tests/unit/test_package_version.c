#include "test.h"

#include "cli/package_version.h"
#include "guard.h"

/* dpkg --compare-versions says the same of each pair. */
TEST(in_order)
{
	static const char *const rising[] = { "1.0~rc1", "1.0~rc1-1", "1.0",
		"1.0-1", "1.0-1+b1", "1.0-1.1", "1.0-2~deb12u1", "1.0-2",
		"1.0a", "1.0+dfsg", "1.0.1", "1.2", "1.10", "2.4.2-2",
		"2.4.2-2+deb11u1", "2.4.2-2+deb12u1", "2.4.2-2.1", "2.4.5-0.1",
		"1:0.1" };
	size_t n = sizeof(rising) / sizeof(rising[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int order = package_compare(
			    span_of(rising[i]), span_of(rising[j]));

			assert_int_equal(
			    (order > 0) - (order < 0), (i > j) - (i < j));
		}
	assert_int_equal(
	    package_compare(SPAN_LIT("1.002"), SPAN_LIT("1.2")), 0);
	assert_int_equal(package_compare(SPAN_LIT("0:1"), SPAN_LIT("1")), 0);
}

TEST(what_is_installed)
{
	static const char text[] =
	    "Package: other\nStatus: install ok installed\nVersion: 9\n\n"
	    "Package: libfcgi0ldbl\nStatus: deinstall ok config-files\n"
	    "Version: 1\n\n"
	    "Package: libfcgi0ldbl\nStatus: install ok installed\n"
	    "Version: 2.4.2-2\nDescription: x\n Version: 7\n\n"
	    "Package: last\nVersion: 3\nStatus: install ok installed";
	struct span status = span_of(text);

	assert_true(
	    span_is(package_installed(status, "libfcgi0ldbl"), "2.4.2-2"));
	assert_true(span_is(package_installed(status, "other"), "9"));
	assert_true(span_is(package_installed(status, "last"), "3"));
	assert_int_equal(package_installed(status, "libfcgi").n, 0);
	assert_int_equal(package_installed(SPAN_LIT(""), "libfcgi").n, 0);
}

TEST(the_known_fault)
{
	static const char *const bad[] = { "2.4.2-2", "2.4.0-8.4", "2.4.2-1",
		"2.4.2-2ubuntu1", "2.4.2-2+deb12u1~1" };
	static const char *const good[] = { "2.4.2-2+deb12u1",
		"2.4.2-2+deb12u2", "2.4.2-2+deb11u1", "2.4.5-0.1", "2.4.7-1" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(package_fcgi_mended(span_of(bad[i])));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(package_fcgi_mended(span_of(good[i])));
}
