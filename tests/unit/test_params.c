#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guard.h"
#include "http/params.h"

static void
test_find(void **state)
{
	static struct params ps = { .n = 3,
		.p = { { .name = SPAN_INIT("tag") },
		    { .name = SPAN_INIT("tags") },
		    { .name = SPAN_INIT("folder") },
		    { .name = SPAN_INIT("behind") } } };

	(void)state;
	assert_ptr_equal(params_find(&ps, guarded(SPAN_LIT("tag"))), &ps.p[0]);
	assert_ptr_equal(params_find(&ps, guarded(SPAN_LIT("tags"))), &ps.p[1]);
	assert_ptr_equal(params_find(&ps, SPAN_LIT("folder")), &ps.p[2]);
	assert_null(params_find(&ps, SPAN_LIT("Folder")));
	assert_null(params_find(&ps, SPAN_LIT("folde")));
	assert_null(params_find(&ps, SPAN_LIT("")));
	assert_null(params_find(&ps, SPAN_LIT("behind")));
}

static void
test_full(void **state)
{
	static struct params ps = { .n = PARAMS_MAX };

	(void)state;
	for (size_t i = 0; i < PARAMS_MAX; i++)
		ps.p[i].name = SPAN_LIT("x");
	ps.p[PARAMS_MAX - 1].name = SPAN_LIT("last");
	assert_ptr_equal(
	    params_find(&ps, SPAN_LIT("last")), &ps.p[PARAMS_MAX - 1]);
	assert_ptr_equal(params_find(&ps, SPAN_LIT("x")), &ps.p[0]);
	ps.n = 0;
	assert_null(params_find(&ps, SPAN_LIT("x")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
