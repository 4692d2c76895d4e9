#include "test.h"

#include "guard.h"
#include "http/params.h"

TEST(test_find)
{
	static struct params ps = { .n = 3,
		.p = { { .name = SPAN_INIT("tag") },
		    { .name = SPAN_INIT("tags") },
		    { .name = SPAN_INIT("folder") },
		    { .name = SPAN_INIT("behind") } } };

	assert_ptr_equal(params_find(&ps, guarded(SPAN_LIT("tag"))), &ps.p[0]);
	assert_ptr_equal(params_find(&ps, guarded(SPAN_LIT("tags"))), &ps.p[1]);
	assert_ptr_equal(params_find(&ps, SPAN_LIT("folder")), &ps.p[2]);
	assert_null(params_find(&ps, SPAN_LIT("Folder")));
	assert_null(params_find(&ps, SPAN_LIT("folde")));
	assert_null(params_find(&ps, SPAN_LIT("")));
	assert_null(params_find(&ps, SPAN_LIT("behind")));
}

TEST(test_full)
{
	static struct params ps = { .n = PARAMS_MAX };

	for (size_t i = 0; i < PARAMS_MAX; i++)
		ps.p[i].name = SPAN_LIT("x");
	ps.p[PARAMS_MAX - 1].name = SPAN_LIT("last");
	assert_ptr_equal(
	    params_find(&ps, SPAN_LIT("last")), &ps.p[PARAMS_MAX - 1]);
	assert_ptr_equal(params_find(&ps, SPAN_LIT("x")), &ps.p[0]);
	ps.n = 0;
	assert_null(params_find(&ps, SPAN_LIT("x")));
}
