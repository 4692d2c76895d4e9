#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "initing.h"

static int
print(struct init *i)
{
	init_print(i);
	return 0;
}

static void
fill(const char *server, const char *format)
{
	initing_begin(true);
	strcpy(init.dir, "/x/own");
	init.row = format_named(span_of(format));
	strcpy(init.secret, "abcdefghijklmnopqrstuvwxyz1");
	if ((init.row->takes & TAKES_KEYS) != 0)
		strcpy(init.key, "correct-horse-battery-staple-0001");
	initing_give(INIT_SERVER, server);
	assert_int_equal(initing_run(init_server), -1);
	assert_true(account_named("54321:54322", &init.as));
	init.root = true;
}

static void
what_it_says(void **state)
{
	(void)state;
	fill("nginx", "flask");
	init.new_key = true;
	initing_run(print);
	assert_non_null(strstr(caught.out, "  /x/own/signpost.conf "));
	assert_non_null(strstr(caught.out, "signed with app.secret_key"));
	assert_non_null(strstr(
	    caught.out, "install -d -m 750 -o 54321 -g 54322 /run/signpost\n"));
	assert_non_null(strstr(caught.out, "spawn-fcgi -s "));
	assert_non_null(strstr(caught.out, "runuser -u 54321 -- "));
	assert_non_null(strstr(caught.out, " doctor --user 54321 /x/own/"));
	assert_null(strstr(caught.out, "control file:"));
	assert_null(strstr(caught.out, init.secret));
	assert_null(strstr(caught.out, init.key));
	fill("nginx", "flask");
	init.units = true;
	account_self(&init.as);
	initing_run(print);
	assert_non_null(strstr(caught.out, "enable --now signpost@1 "));
	assert_null(strstr(caught.out, "spawn-fcgi -s"));
	assert_null(strstr(caught.out, "counters"));
	fill("htaccess", "remote_user");
	init.root = false;
	initing_run(print);
	assert_non_null(strstr(caught.out, "The control file:"));
	assert_non_null(
	    strstr(caught.out, " --config=/x/own/signpost.conf' >"));
	assert_null(strstr(caught.out, "session.key"));
	assert_null(strstr(caught.out, " mint "));
	assert_null(strstr(caught.out, "runuser"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_it_says) };

	return cmocka_run_group_tests_name("init_print", tests, NULL, NULL);
}
