/* Two accounts with secrets that protect nothing, and no files. */
#ifndef TESTS_ACCOUNTS_H
#define TESTS_ACCOUNTS_H

#include "policy/config.h"

#define STRING_SIGNED "public_id=x&timestamp=1700000000"

/* openssl dgst of it and the first account's secret */
#define SIGNED_SHA256                                                          \
	"6fa22d1708fd76d48c7aa1c494c4b81c3e7fdf932f896e957cd7c9b1d9208cab"
#define SIGNED_SHA1 "569f2befd9912e8498156d2e9d314d33a17273d9"

static const struct span accounts_old =
    SPAN_INIT("test-secret-of-nobody-00003");
static const struct cloud accounts_clouds[] = {
	{ .label = SPAN_INIT("one"),
	    .cloud_name = SPAN_INIT("demo"),
	    .api_key = SPAN_INIT("874837483274837"),
	    .api_secret = SPAN_INIT("test-secret-of-nobody-00001"),
	    .hash = HASH_SHA256,
	    .n_verify_secrets = 1,
	    .verify_secrets = &accounts_old },
	{ .label = SPAN_INIT("two"),
	    .cloud_name = SPAN_INIT("second"),
	    .api_key = SPAN_INIT("123456789012345"),
	    .api_secret = SPAN_INIT("test-secret-of-nobody-00002"),
	    .hash = HASH_SHA1 }
};
static const struct config accounts = { .n_clouds = 2,
	.clouds = accounts_clouds };

#endif
