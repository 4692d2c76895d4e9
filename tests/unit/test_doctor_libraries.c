#include "test.h"

#include <openssl/crypto.h>
#include <zlib.h>

#include "doctoring.h"

TEST(what_runs)
{
	doctoring_open("");
	doctoring_again(doctor_libraries);
	assert_non_null(doctoring_found(
	    FINDING_OK, "libcrypto", OpenSSL_version(OPENSSL_VERSION)));
	assert_non_null(doctoring_found(FINDING_OK, "zlib", zlibVersion()));
	assert_non_null(doctoring_found(FINDING_OK, "locks", "work"));
	for (size_t i = 0; i < findings.n; i++)
		assert_int_not_equal(findings.list[i].state, FINDING_FAULT);
	doctoring_close();
}
