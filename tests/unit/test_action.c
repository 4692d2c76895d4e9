#include "test.h"

#include "policy/vocabulary.h"

TEST(names_are_found)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++) {
		enum action action = (enum action)i;

		assert_int_equal(
		    action_find(span_of(action_name(action))), action);
		assert_int_not_equal(actions[action].kind, KIND_NONE);
	}
	assert_string_equal(action_name(ACTION_ARCHIVE), "archive");
	assert_string_equal(actions[ACTION_ARCHIVE].path, "generate_archive");
	assert_string_equal(action_name(ACTION_NONE), "");
	assert_int_equal(action_find(SPAN_LIT("")), ACTION_NONE);
	assert_int_equal(action_find(SPAN_LIT("Upload")), ACTION_NONE);
	assert_int_equal(action_find(SPAN_LIT("uploads")), ACTION_NONE);
	assert_int_equal(action_find(SPAN_LIT("multi")), ACTION_NONE);
}

/* Every name in the table is one that its action takes. */
TEST(lists_hold_what_is_taken)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++) {
		const struct action_row *row = &actions[i];
		const char *const *lists[] = { row->all, row->any, row->needs,
			row->assets };

		for (size_t k = 0; k < 4; k++)
			for (size_t j = 0; lists[k][j] != NULL; j++) {
				const struct term *term =
				    term_find(span_of(lists[k][j]));

				assert_non_null(term);
				assert_true(term_taken(term, (enum action)i));
			}
	}
}

TEST(required_names_come_one_after_the_other)
{
	assert_null(action_required(ACTION_UPLOAD, 0));
	assert_string_equal(action_required(ACTION_DESTROY, 0), "public_id");
	assert_null(action_required(ACTION_DESTROY, 1));
	assert_string_equal(action_required(ACTION_EXPLICIT, 0), "public_id");
	assert_string_equal(action_required(ACTION_EXPLICIT, 1), "type");
	assert_null(action_required(ACTION_EXPLICIT, 2));
	assert_string_equal(action_required(ACTION_RENAME, 1), "to_public_id");
	assert_null(action_required(ACTION_RENAME, 2));
	assert_null(action_required(ACTION_NONE, 0));
}

TEST(lists_are_searched_whole)
{
	const struct action_row *archive = &actions[ACTION_ARCHIVE];

	assert_true(action_lists(archive->any, "fully_qualified_public_ids"));
	assert_true(action_lists(archive->assets, "target_public_id"));
	assert_false(action_lists(archive->any, "target_public_id"));
	assert_false(action_lists(archive->all, "tags"));
	assert_false(action_lists(archive->any, "tag"));
}

TEST(resource_types)
{
	assert_true(resource_type_valid(SPAN_LIT("raw"), ACTION_DELIVER));
	assert_true(resource_type_valid(SPAN_LIT("auto"), ACTION_UPLOAD));
	assert_false(resource_type_valid(SPAN_LIT("auto"), ACTION_EXPLICIT));
	assert_true(resource_type_valid(SPAN_LIT("all"), ACTION_ARCHIVE));
	assert_false(resource_type_valid(SPAN_LIT("all"), ACTION_UPLOAD));
	assert_false(resource_type_valid(SPAN_LIT("image"), ACTION_TOKEN));
	assert_false(resource_type_valid(SPAN_LIT("image"), ACTION_VERIFY));
	assert_false(resource_type_valid(SPAN_LIT("image"), ACTION_NONE));
	assert_false(resource_type_valid(SPAN_LIT("Image"), ACTION_UPLOAD));
	assert_false(resource_type_valid(SPAN_LIT(""), ACTION_UPLOAD));
}
