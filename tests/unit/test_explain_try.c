#include "test.h"

#include "accounts.h"
#include "explaining.h"

static struct received received;
static struct making making;

static bool
tried(const struct cloud *cloud, const char *signature, enum effort effort)
{
	struct trial trial = { &accounts, cloud, &received, EXPLAIN_BUDGET };

	explain_signature(span_of(signature), &received);
	assert_true(received.hash != HASH_NONE);
	return explain_try(&trial, SPAN_LIT(STRING_SIGNED), effort, &making);
}

static void
made(const char *signature, enum cause cause)
{
	assert_true(tried(NULL, signature, EFFORT_FULL));
	assert_int_equal(making.cause, cause);
}

/* All of them by the command openssl dgst. */
TEST(makings)
{
	made(SIGNED_SHA256, CAUSE_RIGHT);
	assert_ptr_equal(making.cloud, &accounts_clouds[0]);
	assert_false(making.other_hash);
	made(SIGNED_SHA1, CAUSE_ALGORITHM);
	assert_true(making.other_hash);
	made("de3cae7154b3dfa67d696c15b8137c8f2dad65fe4c04d93e387ccfe6a52181f5"
	     "a49a9cec83c84b1ca77e547f1bb07097745ce0b9fb749c70ac6352bdf69e62aa",
	    CAUSE_ALGORITHM);
	made("e24f3bf09645c9b297933ac8cd3c73732d4d5535bf367df6cfad0d7b871a8f8a",
	    CAUSE_HMAC);
	made("b7a30700ccd04e309afa0086c8cc705c457c72f5", CAUSE_HMAC);
	made("05303a0d66db026510b1e9233efebda1096787205f384594e3e3d25a9881bbdf",
	    CAUSE_SECRET_FIRST);
	made("183f08be122ecde4c66e4b8d31184e5d13552da0d9b796a9df43d886b6656b86",
	    CAUSE_SECRET_JOINED);
	made("1d3388aa76b788f85bfc474c1c4e8ba476d1ec2e0a595a027f1ec8ef371aa8b1",
	    CAUSE_SECRET_JOINED);
	made("3d7cd3e56ee8fb769f9e40e8639e6cd6caa3cc8b12b5893974e15e3fc5416a0e",
	    CAUSE_API_KEY);
	made("755fd5e30c1df7e05815851d73a20b460c7d77a6c9258887da7d14d643972c77",
	    CAUSE_SECRET_QUOTED);
	made("54e66770d45929dbeb0dc0b5af4b5a3fbc68d4818e4c2d15fa151399567069da",
	    CAUSE_SECRET_LINE_END);
	made("400da1f548a12cc6278dfeaa9acc20af78f440f4293cce1230dd14d6d0d9f86c",
	    CAUSE_SECRET_LINE_END);
	made("00262cd9ff29febdae020551c0f8a2492053e070b87a77986d38585073314f61",
	    CAUSE_SECRET_BLANK);
	made("212611623207ddc96bb156549c55981415b855d21ec32e3c3830bd55ebc07716",
	    CAUSE_SECRET_CUT);
	made("25bc5f11ae2c17846000cf6142e316b2188f3c096dffd6194d998d17665a2453",
	    CAUSE_SECRET_CUT);
	made("2ebdf146356f17fc470163be362f5842d65b04b43da17797b74286616caec935",
	    CAUSE_SECRET_CASE);
	made("88268656814009e2cd5404cae9a5c0adb50284b86860d3432e7c2966d684b8a5",
	    CAUSE_SECRET_URL);
	made("ee9c4939ae8a036d2ced69bc8b5613d700828c86b1672fbd6aecca4f7c8a60b5",
	    CAUSE_NO_SECRET);
	made("b99ab9228ed0a3d3d58b861fb6f0abeb46be09f3eff75aacc732d3c876a99b8a",
	    CAUSE_NO_SECRET);
	made("f50d2be516525339e6d2b0b06a70237b34d7ccc825d9207ebd9aeca5222231c2",
	    CAUSE_OLD_SECRET);
	/* An HMAC with quotes around the secret. */
	made("d71265967f3ea86180461bc8b234410e810b62b8467d5c40eba22ec26df70d0d",
	    CAUSE_SECRET_QUOTED);
	assert_int_equal(making.also, CAUSE_HMAC);
}

TEST(efforts)
{
	static const char hmac[] =
	    "e24f3bf09645c9b297933ac8cd3c73732d4d5535bf367df6cfad0d7b871a8f8a";
	static const char other[] =
	    "4818a9c654468959af620d5af0350888fd3957ee385dddb5643689a61f90b5c9";

	assert_true(tried(NULL, SIGNED_SHA256, EFFORT_EXACT));
	assert_false(tried(NULL, hmac, EFFORT_EXACT));
	assert_true(tried(NULL, hmac, EFFORT_WIDE));
	assert_false(tried(NULL,
	    "d71265967f3ea86180461bc8b234410e810b62b8467d5c40eba22ec26df70d0d",
	    EFFORT_WIDE));
	assert_int_equal(making.cause, CAUSE_NONE);
	/* One bit less is nobody's. */
	assert_false(tried(NULL,
	    "6fa22d1708fd76d48c7aa1c494c4b81c3e7fdf932f896e957cd7c9b1d9208caa",
	    EFFORT_FULL));
	/* Which account was asked. */
	assert_true(tried(NULL, other, EFFORT_EXACT));
	assert_int_equal(making.cause, CAUSE_ALGORITHM);
	assert_true(tried(&accounts_clouds[1], other, EFFORT_EXACT));
	assert_int_equal(making.cause, CAUSE_ALGORITHM);
	assert_true(tried(&accounts_clouds[0], other, EFFORT_EXACT));
	assert_int_equal(making.cause, CAUSE_OTHER_CLOUD);
}

TEST(no_configuration)
{
	struct trial trial = { NULL, NULL, &received, EXPLAIN_BUDGET };

	explain_signature(SPAN_LIT(SIGNED_SHA256), &received);
	assert_false(
	    explain_try(&trial, SPAN_LIT(STRING_SIGNED), EFFORT_FULL, &making));
	explain_signature(SPAN_LIT("ee9c4939ae8a036d2ced69bc8b5613d700828c86b16"
				   "72fbd6aecca4f7c8a60b5"),
	    &received);
	assert_true(
	    explain_try(&trial, SPAN_LIT(STRING_SIGNED), EFFORT_FULL, &making));
	assert_int_equal(making.cause, CAUSE_NO_SECRET);
	assert_null(making.cloud);
}

TEST(budget)
{
	struct trial trial = { &accounts, NULL, &received, 10 };

	explain_signature(SPAN_LIT(SIGNED_SHA256), &received);
	assert_false(
	    explain_try(&trial, SPAN_LIT(STRING_SIGNED), EFFORT_FULL, &making));
	assert_true(trial.budget < 0);
}
