#include "test.h"

#include "session/formats.h"

TEST(each_name_once)
{
	for (const struct format_row *a = formats; a->name != NULL; a++)
		for (const struct format_row *b = formats; b != a; b++)
			assert_string_not_equal(a->name, b->name);
}

/* The rows agree with themselves. */
TEST(what_goes_together)
{
	for (const struct format_row *row = formats; row->name != NULL; row++) {
		bool keys = (row->takes & TAKES_KEYS) != 0;
		bool claims = (row->takes & TAKES_CLAIMS) != 0;

		assert_int_equal(keys, row->hash != HASH_NONE);
		assert_true(!claims || (row->takes & TAKES_USER) != 0);
		for (size_t k = 0; k < FORMAT_CLAIMS_MAX; k++) {
			const struct format_claim *own = &row->claims[k];

			assert_true((own->claim == NULL) == (own->kind == 0));
			assert_true(
			    (own->is[0] == NULL) ==
			    (own->kind == 0 || own->kind == CLAIM_CONFIGURED));
		}
		assert_true(row->claims[0].claim == NULL || claims);
		/* Who cannot say it must not have to. */
		assert_true(
		    (row->takes & TAKES_COOKIE) != 0 || row->cookie != NULL);
		assert_true(
		    (row->takes & TAKES_USER) != 0 || row->user != NULL);
		assert_true(
		    row->audience == NULL || (row->takes & TAKES_JWT) != 0);
		assert_true(
		    row->max_age == 0 || (row->takes & TAKES_MAX_AGE) != 0);
		assert_true(!row->endless || row->max_age == 0);
		assert_in_range(row->max_age, 0, SESSION_AHEAD_MAX_SECONDS);
		assert_int_equal((row->takes & TAKES_VARIABLE) != 0,
		    row->format == FORMAT_REMOTE_USER);
		assert_int_equal((row->takes & TAKES_SAVE_PATH) != 0,
		    row->format == FORMAT_PHP);
		assert_int_equal((row->takes & TAKES_JWT) != 0,
		    row->format == FORMAT_JWT ||
			row->format == FORMAT_SUPABASE);
	}
}
