#include "test.h"

#include <jansson.h>

#include "capture.h"
#include "doctoring.h"

static struct capture c;

static int
text(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	doctor_print(&doctor);
	return 0;
}

static int
json(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	doctor_print_json(&doctor);
	return 0;
}

static void
fill(void)
{
	doctoring_open("");
	finding_add(&findings, FINDING_OK, "files", "/a", "fine");
	finding_add(&findings, FINDING_FAULT, "files", "/b \"<", "no");
	finding_mend(&findings, "chmod o= '/b \"<'");
	finding_add(&findings, FINDING_FAULT, "suexec", "", "no x");
	findings.list[2].code = 121;
}

TEST(for_people)
{
	fill();
	CAPTURE(&c, text, "x");
	assert_non_null(strstr(c.out, "files\n  ok      /a: fine\n"));
	assert_non_null(strstr(c.out, "  fault   /b \"<: no\n          chmod "
				      "o= '/b \"<'\nsuexec\n  fault   no x\n"));
	assert_non_null(strstr(c.out, "curl 'http://localhost/api/sign?health'"
				      "\n"));
	assert_non_null(strstr(c.out, "\n2 faults, 0 warnings\n"));
	doctoring_close();
}

/* With a cookie, unless nobody has one. */
TEST(what_can_be_tried)
{
	for (int k = 0; k < 3; k++) {
		fill();
		doctor.root = true;
		strcpy(guest, k == 0 ? "" : k == 1 ? "form-1" : "a';b");
		CAPTURE(&c, text, "x");
		assert_int_equal(
		    strstr(c.out, " mint --user alice ") != NULL, k != 1);
		assert_int_equal(strstr(c.out, "\n  curl 'http://localhost/api/"
					       "sign?policy=form-1'\n") != NULL,
		    k == 1);
		doctoring_close();
	}
}

/* jansson reads it. */
TEST(for_programs)
{
	json_t *all, *list, *one;

	fill();
	CAPTURE(&c, json, "x");
	all = json_loads(c.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(all);
	assert_int_equal(json_integer_value(json_object_get(all, "faults")), 2);
	assert_true(json_is_true(json_object_get(all, "complete")));
	list = json_object_get(all, "findings");
	assert_int_equal(json_array_size(list), 3);
	one = json_array_get(list, 1);
	assert_string_equal(
	    json_string_value(json_object_get(one, "state")), "fault");
	assert_string_equal(
	    json_string_value(json_object_get(one, "what")), "/b \"<");
	assert_string_equal(json_string_value(json_object_get(one, "mend")),
	    "chmod o= '/b \"<'");
	assert_null(json_object_get(json_array_get(list, 0), "mend"));
	assert_null(json_object_get(json_array_get(list, 0), "suexec"));
	assert_int_equal(json_integer_value(json_object_get(
			     json_array_get(list, 2), "suexec")),
	    121);
	json_decref(all);
	doctoring_close();
}
