#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "guard.h"
#include "policy/vocabulary.h"

#define UPLOAD (1u << ACTION_UPLOAD)
#define DESTROY (1u << ACTION_DESTROY)

/* What the upload of cloudinary_npm 2.11.0 and of the other SDKs sends. */
static const char *const upload_names[] = { "access_control", "access_mode",
	"accessibility_analysis", "allowed_formats", "asset_folder", "async",
	"auto_chaptering", "auto_tagging", "auto_transcription",
	"auto_video_details", "background_removal", "backup", "batch_id",
	"callback", "categorization", "cinemagraph_analysis", "clear_invalid",
	"colors", "context", "custom_coordinates", "detection",
	"discard_original_filename", "display_name", "eager", "eager_async",
	"eager_notification_url", "eval", "exif", "face_coordinates", "faces",
	"filename_override", "folder", "format", "headers", "image_metadata",
	"invalidate", "media_metadata", "metadata", "moderation",
	"notification_url", "ocr", "on_success", "overwrite", "phash", "proxy",
	"public_id", "public_id_prefix", "quality_analysis", "quality_override",
	"raw_convert", "regions", "resource_type", "responsive_breakpoints",
	"return_delete_token", "similarity_search", "source", "tags",
	"timestamp", "transformation", "type", "unique_display_name",
	"unique_filename", "upload_preset",
	"use_asset_folder_as_public_id_prefix", "use_filename",
	"use_filename_as_display_name", "visual_search" };

static const char *const destroy_names[] = { "invalidate", "notification_url",
	"public_id", "resource_type", "timestamp", "type" };

static const char *const reserved_names[] = { "api_key", "asset_id",
	"cloud_name", "file", "signature", "urls", "version", "version_id" };

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct term *
row(const char *name)
{
	struct span copy = guarded(span_of(name));
	const struct term *t = term_find(copy);

	guard_free(copy);
	return t;
}

static void
test_sorted_and_well_formed(void **state)
{
	(void)state;
	for (size_t i = 0; i < vocabulary_count; i++) {
		const struct term *t = &vocabulary[i];

		assert_true(strlen(t->name) <= NAME_MAX_BYTES);
		assert_true(strlen(t->name) > 0);
		assert_int_equal(strspn(t->name, "abcdefghijklmnopqrstuvwxyz_"),
		    strlen(t->name));
		assert_true(t->type != TERM_NONE);
		assert_non_null(t->separators);
		assert_true(strlen(t->source) > 0);
		assert_int_equal(t->actions & ~(UPLOAD | DESTROY), 0);
		assert_ptr_equal(row(t->name), t);
		if (i > 0)
			assert_true(
			    strcmp(vocabulary[i - 1].name, t->name) < 0);
	}
}

static void
test_names_of_each_action(void **state)
{
	size_t upload = 0, destroy = 0;

	(void)state;
	for (size_t i = 0; i < N(upload_names); i++)
		assert_true(term_taken(row(upload_names[i]), ACTION_UPLOAD));
	for (size_t i = 0; i < N(destroy_names); i++)
		assert_true(term_taken(row(destroy_names[i]), ACTION_DESTROY));
	for (size_t i = 0; i < vocabulary_count; i++) {
		upload += term_taken(&vocabulary[i], ACTION_UPLOAD);
		destroy += term_taken(&vocabulary[i], ACTION_DESTROY);
		assert_false(term_taken(&vocabulary[i], ACTION_NONE));
	}
	assert_int_equal(upload, N(upload_names));
	assert_int_equal(destroy, N(destroy_names));
	assert_int_equal(vocabulary_count, N(upload_names) + N(reserved_names));
}

static void
test_reserved(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(reserved_names); i++) {
		const struct term *t = row(reserved_names[i]);

		assert_non_null(t);
		assert_int_equal(t->sender, SENDER_NOBODY);
		assert_int_equal(t->actions, 0);
		assert_false(t->is_signed);
	}
	assert_int_equal(row("timestamp")->sender, SENDER_NOBODY);
	assert_int_equal(row("timestamp")->type, TERM_TIME);
	assert_true(row("timestamp")->is_signed);
}

/* All that an action takes is signed, but the part of the URL. */
static void
test_signed(void **state)
{
	(void)state;
	for (size_t i = 0; i < vocabulary_count; i++)
		if (vocabulary[i].actions != 0)
			assert_int_equal(vocabulary[i].is_signed,
			    strcmp(vocabulary[i].name, "resource_type") != 0);
	assert_int_equal(row("resource_type")->sender, SENDER_LISTED);
}

static void
test_never_allowed(void **state)
{
	static const char *const names[] = { "access_control", "access_mode",
		"callback", "eager_notification_url", "eval",
		"filename_override", "headers", "notification_url",
		"on_success", "proxy", "public_id_prefix", "unique_filename",
		"use_asset_folder_as_public_id_prefix", "use_filename" };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < N(names); i++)
		assert_int_equal(row(names[i])->sender, SENDER_POLICY);
	for (size_t i = 0; i < vocabulary_count; i++)
		n += vocabulary[i].sender == SENDER_POLICY;
	assert_int_equal(n, N(names));
}

static void
test_listed(void **state)
{
	static const char *const names[] = { "accessibility_analysis",
		"allowed_formats", "auto_chaptering", "auto_tagging",
		"auto_transcription", "auto_video_details",
		"background_removal", "categorization", "cinemagraph_analysis",
		"detection", "eager", "format", "moderation", "ocr",
		"quality_analysis", "raw_convert", "resource_type",
		"responsive_breakpoints", "similarity_search", "transformation",
		"type", "upload_preset", "visual_search" };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < N(names); i++)
		assert_int_equal(row(names[i])->sender, SENDER_LISTED);
	for (size_t i = 0; i < vocabulary_count; i++)
		n += vocabulary[i].sender == SENDER_LISTED;
	assert_int_equal(n, N(names));
}

static void
test_types(void **state)
{
	(void)state;
	assert_int_equal(row("public_id")->type, TERM_ID);
	assert_int_equal(row("folder")->type, TERM_FOLDER);
	assert_int_equal(row("asset_folder")->type, TERM_FOLDER);
	assert_int_equal(row("public_id_prefix")->type, TERM_FOLDER);
	assert_int_equal(row("tags")->type, TERM_TAGS);
	assert_string_equal(row("tags")->separators, ",");
	assert_int_equal(row("allowed_formats")->type, TERM_LIST);
	assert_string_equal(row("allowed_formats")->separators, ",");
	assert_int_equal(row("context")->type, TERM_GROUP);
	assert_string_equal(row("context")->separators, "=|");
	assert_int_equal(row("metadata")->type, TERM_GROUP);
	assert_string_equal(row("metadata")->separators, "=|");
	assert_int_equal(row("overwrite")->type, TERM_BOOL);
	assert_int_equal(row("upload_preset")->type, TERM_TEXT);
}

static void
test_find_refuses(void **state)
{
	static const char *const names[] = { "", "a", "zzz", "Tags", "tag",
		"tagss", "tags ", " tags", "public-id", "tags[]" };

	(void)state;
	for (size_t i = 0; i < N(names); i++)
		assert_null(row(names[i]));
	assert_null(term_find((struct span){ NULL, 0 }));
	assert_null(term_find(SPAN_LIT("tags\0")));
}

static void
test_nearest(void **state)
{
	const struct span typo = SPAN_INIT("publicid");

	(void)state;
	assert_string_equal(
	    term_nearest(SPAN_LIT("tag"), ACTION_UPLOAD), "tags");
	assert_null(term_nearest(SPAN_LIT("tag"), ACTION_DESTROY));
	assert_string_equal(term_nearest(typo, ACTION_UPLOAD), "public_id");
	assert_string_equal(term_nearest(typo, ACTION_DESTROY), "public_id");
	assert_null(term_nearest(typo, ACTION_NONE));
	/* Nothing is proposed that is then refused. */
	assert_null(term_nearest(SPAN_LIT("signatur"), ACTION_UPLOAD));
	assert_null(term_nearest(SPAN_LIT("timestam"), ACTION_UPLOAD));
}

static void
test_actions(void **state)
{
	(void)state;
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		enum action action = (enum action)a;
		const char *const *name = action_required(action);

		assert_int_equal(
		    action_find(span_of(action_name(action))), action);
		assert_true(strlen(action_path(action)) > 0);
		for (; *name != NULL; name++) {
			assert_non_null(row(*name));
			assert_true(term_taken(row(*name), action));
		}
	}
	assert_string_equal(action_name(ACTION_UPLOAD), "upload");
	assert_string_equal(action_name(ACTION_DESTROY), "destroy");
	assert_string_equal(action_name(ACTION_NONE), "");
	assert_null(action_required(ACTION_UPLOAD)[0]);
	assert_string_equal(action_required(ACTION_DESTROY)[0], "public_id");
	assert_int_equal(action_find(SPAN_LIT("")), ACTION_NONE);
	assert_int_equal(action_find(SPAN_LIT("Upload")), ACTION_NONE);
	assert_int_equal(action_find(SPAN_LIT("uploads")), ACTION_NONE);
	assert_int_equal(action_find(SPAN_LIT("rename")), ACTION_NONE);
}

static void
test_resource_types(void **state)
{
	static const char *const each[] = { "image", "video", "raw" };

	(void)state;
	for (size_t i = 0; i < N(each); i++) {
		assert_true(
		    resource_type_valid(span_of(each[i]), ACTION_UPLOAD));
		assert_true(
		    resource_type_valid(span_of(each[i]), ACTION_DESTROY));
		assert_false(
		    resource_type_valid(span_of(each[i]), ACTION_NONE));
	}
	assert_true(resource_type_valid(SPAN_LIT("auto"), ACTION_UPLOAD));
	assert_false(resource_type_valid(SPAN_LIT("auto"), ACTION_DESTROY));
	assert_false(resource_type_valid(SPAN_LIT("all"), ACTION_UPLOAD));
	assert_false(resource_type_valid(SPAN_LIT("Image"), ACTION_UPLOAD));
	assert_false(resource_type_valid(SPAN_LIT("image/"), ACTION_UPLOAD));
	assert_false(resource_type_valid(SPAN_LIT(""), ACTION_UPLOAD));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted_and_well_formed),
		cmocka_unit_test(test_names_of_each_action),
		cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_never_allowed),
		cmocka_unit_test(test_listed),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_find_refuses),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_resource_types),
	};

	return cmocka_run_group_tests_name("vocabulary", tests, NULL, NULL);
}
