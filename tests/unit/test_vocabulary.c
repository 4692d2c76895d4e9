#include "test.h"

#include <string.h>

#include "base/limits.h"
#include "guard.h"
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
	"use_filename_as_display_name", "visual_search", NULL };

/* By lib/uploader.js, lib/auth_token.js and utils of cloudinary_npm 2.11.0. */
static const struct {
	enum action action;
	const char *const *names;
} action_names[] = {
	{ ACTION_UPLOAD, upload_names },
	{ ACTION_EXPLICIT, upload_names },
	{ ACTION_DESTROY,
	    (const char *const[]){ "invalidate", "notification_url",
		"public_id", "resource_type", "timestamp", "type", NULL } },
	{ ACTION_RENAME,
	    (const char *const[]){ "context", "from_public_id", "invalidate",
		"metadata", "notification_url", "overwrite", "resource_type",
		"timestamp", "to_public_id", "to_type", "type", NULL } },
	{ ACTION_TAGS,
	    (const char *const[]){ "command", "public_ids", "resource_type",
		"tag", "timestamp", "type", NULL } },
	{ ACTION_CONTEXT,
	    (const char *const[]){ "command", "context", "public_ids",
		"resource_type", "timestamp", "type", NULL } },
	{ ACTION_METADATA,
	    (const char *const[]){ "clear_invalid", "metadata", "public_ids",
		"resource_type", "timestamp", "type", NULL } },
	{ ACTION_ARCHIVE,
	    (const char *const[]){ "allow_missing", "async", "expires_at",
		"flatten_folders", "flatten_transformations",
		"fully_qualified_public_ids", "keep_derived", "mode",
		"notification_url", "phash", "prefixes", "public_ids",
		"resource_type", "skip_transformation_name", "tags",
		"target_asset_folder", "target_format", "target_public_id",
		"target_tags", "timestamp", "transformations", "type",
		"use_original_filename", NULL } },
	{ ACTION_DOWNLOAD,
	    (const char *const[]){ "attachment", "expires_at", "format",
		"public_id", "resource_type", "target_filename", "timestamp",
		"transformation", "type", NULL } },
	{ ACTION_DELIVER,
	    (const char *const[]){ "duration", "format", "public_id",
		"resource_type", "transformation", "type", "version", NULL } },
	{ ACTION_TOKEN, (const char *const[]){ "acl", "duration", "expiration",
			    "ip", "start_time", "url", NULL } },
	{ ACTION_VERIFY, (const char *const[]){ "public_id", "signature",
			     "version", NULL } },
};

/* No action takes them. */
static const char *const reserved_names[] = { "api_key", "asset_id",
	"cloud_name", "file", "urls", "version_id" };

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct term *
row(const char *name)
{
	struct span copy = guarded(span_of(name));
	const struct term *t = term_find(copy);

	guard_free(copy);
	return t;
}

TEST(test_sorted_and_well_formed)
{
	for (size_t i = 0; i < vocabulary_count; i++) {
		const struct term *t = &vocabulary[i];

		assert_true(strlen(t->name) <= NAME_MAX_BYTES);
		assert_true(strlen(t->name) > 0);
		assert_int_equal(strspn(t->name, "abcdefghijklmnopqrstuvwxyz_"),
		    strlen(t->name));
		assert_true(t->type != TERM_NONE);
		assert_non_null(t->separators);
		assert_true(strlen(t->source) > 0);
		assert_int_equal(t->actions >> ACTION_COUNT, 0);
		assert_ptr_equal(row(t->name), t);
		if (i > 0)
			assert_true(
			    strcmp(vocabulary[i - 1].name, t->name) < 0);
	}
}

TEST(test_names_of_each_action)
{
	assert_int_equal(N(action_names), ACTION_COUNT - 1);
	for (size_t k = 0; k < N(action_names); k++) {
		const char *const *name = action_names[k].names;
		size_t n = 0, taken = 0;

		for (; name[n] != NULL; n++)
			assert_true(
			    term_taken(row(name[n]), action_names[k].action));
		for (size_t i = 0; i < vocabulary_count; i++) {
			taken +=
			    term_taken(&vocabulary[i], action_names[k].action);
			assert_false(term_taken(&vocabulary[i], ACTION_NONE));
		}
		assert_int_equal(taken, n);
	}
}

TEST(test_reserved)
{
	for (size_t i = 0; i < N(reserved_names); i++) {
		const struct term *t = row(reserved_names[i]);

		assert_non_null(t);
		assert_int_equal(t->sender, SENDER_NOBODY);
		assert_int_equal(t->actions, 0);
		assert_false(term_signed(t));
	}
	assert_true(term_reserved(row("version"), ACTION_UPLOAD));
	assert_false(term_reserved(row("version"), ACTION_DELIVER));
	assert_true(term_reserved(row("signature"), ACTION_DELIVER));
	assert_false(term_reserved(row("signature"), ACTION_VERIFY));
	assert_true(term_reserved(row("expires_at"), ACTION_DOWNLOAD));
	assert_true(term_reserved(row("file"), ACTION_UPLOAD));
	assert_false(term_reserved(row("tags"), ACTION_UPLOAD));
	assert_int_equal(row("timestamp")->sender, SENDER_NOBODY);
	assert_int_equal(row("timestamp")->type, TERM_TIME);
	assert_true(term_signed(row("timestamp")));
}

/* All that an action takes is signed, but the part of the URL. */
TEST(test_signed)
{
	for (size_t i = 0; i < vocabulary_count; i++)
		if (vocabulary[i].actions != 0)
			assert_int_equal(term_signed(&vocabulary[i]),
			    strcmp(vocabulary[i].name, "resource_type") != 0);
	assert_int_equal(row("resource_type")->sender, SENDER_LISTED);
}

TEST(test_never_allowed)
{
	static const char *const names[] = { "access_control", "access_mode",
		"callback", "eager_notification_url", "eval",
		"filename_override", "headers", "ip", "notification_url",
		"on_success", "proxy", "public_id_prefix", "unique_filename",
		"use_asset_folder_as_public_id_prefix", "use_filename" };
	size_t n = 0;

	for (size_t i = 0; i < N(names); i++)
		assert_int_equal(row(names[i])->sender, SENDER_POLICY);
	for (size_t i = 0; i < vocabulary_count; i++)
		n += vocabulary[i].sender == SENDER_POLICY;
	assert_int_equal(n, N(names));
}

TEST(test_listed)
{
	static const char *const names[] = { "accessibility_analysis",
		"allowed_formats", "auto_chaptering", "auto_tagging",
		"auto_transcription", "auto_video_details",
		"background_removal", "categorization", "cinemagraph_analysis",
		"acl", "command", "mode", "target_format", "to_type",
		"transformations", "detection", "eager", "format", "moderation",
		"ocr", "quality_analysis", "raw_convert", "resource_type",
		"responsive_breakpoints", "similarity_search", "transformation",
		"type", "upload_preset", "visual_search" };
	size_t n = 0;

	for (size_t i = 0; i < N(names); i++)
		assert_int_equal(row(names[i])->sender, SENDER_LISTED);
	for (size_t i = 0; i < vocabulary_count; i++)
		n += vocabulary[i].sender == SENDER_LISTED;
	assert_int_equal(n, N(names));
}

TEST(test_types)
{
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

TEST(test_find_refuses)
{
	static const char *const names[] = { "", "a", "zzz", "Tags", "tagss",
		"tags ", " tags", "public-id", "tags[]" };

	for (size_t i = 0; i < N(names); i++)
		assert_null(row(names[i]));
	assert_null(term_find((struct span){ NULL, 0 }));
	assert_null(term_find(SPAN_LIT("tags\0")));
}

TEST(test_nearest)
{
	const struct span typo = SPAN_INIT("publicid");

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

TEST(test_kinds_of_lists)
{
	static const struct {
		const char *name;
		bool list, patterns, sent;
	} each[] = {
		{ "tags", true, false, true },
		{ "allowed_formats", true, false, false },
		{ "public_ids", true, true, true },
		{ "prefixes", true, true, true },
		{ "fully_qualified_public_ids", true, true, true },
		{ "acl", true, false, false },
		{ "url", false, true, false },
		{ "public_id", false, true, false },
		{ "folder", false, true, false },
		{ "context", false, false, false },
	};

	for (size_t i = 0; i < N(each); i++) {
		const struct term *t = row(each[i].name);

		assert_int_equal(term_is_list(t), each[i].list);
		assert_int_equal(term_has_patterns(t), each[i].patterns);
		assert_int_equal(
		    term_sent_as_list(t, ACTION_ARCHIVE), each[i].sent);
	}
	assert_false(term_sent_as_list(row("tags"), ACTION_UPLOAD));
}
