/*
 * Who may send a parameter:
 *
 * - SENDER_POLICY: what runs code (eval, on_success), makes Cloudinary call a
 *   place (callback, proxy and the notification URLs), decides who sees the
 *   asset (access_*, headers), or makes an id out of something that is not
 *   signed or not the id itself (filename_override, public_id_prefix,
 *   unique_filename, use_filename, use_asset_folder_as_public_id_prefix).
 * - SENDER_LISTED: what costs money (transformations, format conversion, paid
 *   add-ons and analyses) or switches rules off (allowed_formats, moderation,
 *   type, upload_preset: every preset of the account can be named).
 * - SENDER_CLIENT: the rest. discard_original_filename, display_name,
 *   unique_display_name and use_filename_as_display_name make no id, only a
 *   name that is shown.
 *
 * Separators of a text whose rule is a list of values bind what a template
 * puts into it: a user's name must not become a second transformation.
 */
#include "policy/vocabulary.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

/* explicit takes what upload takes. */
#define UPLOAD (1u << ACTION_UPLOAD | 1u << ACTION_EXPLICIT)
#define DESTROY (1u << ACTION_DESTROY)
#define RENAME (1u << ACTION_RENAME)
#define TAGS (1u << ACTION_TAGS)
#define CONTEXT (1u << ACTION_CONTEXT)
#define METADATA (1u << ACTION_METADATA)
#define ARCHIVE (1u << ACTION_ARCHIVE)
#define DOWNLOAD (1u << ACTION_DOWNLOAD)
#define DELIVER (1u << ACTION_DELIVER)
#define TOKEN (1u << ACTION_TOKEN)
#define VERIFY (1u << ACTION_VERIFY)
#define API                                                                    \
	(UPLOAD | DESTROY | RENAME | TAGS | CONTEXT | METADATA | ARCHIVE |     \
	    DOWNLOAD)

/* What would end the part of the text that a name was put into. */
#define IN_URL " #+/:;=?@"
#define IN_CODE "\"$'();`{}"
#define IN_ADDON ",/:|"
#define IN_TRANSFORMATION "!$,/:|"

#define NPM "cloudinary_npm:lib/utils/index.js build_upload_params"
#define NPM_UPDATE                                                             \
	"cloudinary_npm:lib/utils/index.js updateable_resource_params"
#define PYTHON "pycloudinary:cloudinary/utils.py __SIMPLE_UPLOAD_PARAMS"
#define GO "cloudinary-go:api/uploader/upload.go UploadParams"
#define WIDGET "Upload Widget: sends source=uw with every upload"
#define ADDRESS "cloudinary_npm:lib/utils/index.js api_url: a part of the URL"
#define UNSIGNED "Cloudinary's documentation: sent, but never signed by name"
#define ANSWER "cloudinary_npm:lib/utils/index.js verify_api_response_signature"
#define BACKUP "cloudinary_npm:lib/utils/index.js download_backedup_asset"
#define NPM_ARCHIVE "cloudinary_npm:lib/utils/index.js archive_params"
#define NPM_CALLS "cloudinary_npm:lib/uploader.js"
#define NPM_DOWNLOAD "cloudinary_npm:lib/utils/index.js private_download_url"
#define NPM_TOKEN "cloudinary_npm:lib/auth_token.js"
#define NPM_URL "cloudinary_npm:lib/utils/index.js url"
#define OPENAPI "asset-management-js:src/models/operations"

const struct term vocabulary[] = {
	{ "access_control", TERM_TEXT, UPLOAD, SENDER_POLICY, "\"",
	    NPM_UPDATE },
	{ "access_mode", TERM_TEXT, UPLOAD, SENDER_POLICY, "", NPM },
	{ "accessibility_analysis", TERM_BOOL, UPLOAD, SENDER_LISTED, "", NPM },
	{ "acl", TERM_ACL, TOKEN, SENDER_LISTED, ",", NPM_TOKEN },
	{ "allow_missing", TERM_BOOL, ARCHIVE, SENDER_CLIENT, "", NPM_ARCHIVE },
	{ "allowed_formats", TERM_LIST, UPLOAD, SENDER_LISTED, ",", NPM },
	{ "api_key", TERM_TEXT, 0, SENDER_NOBODY, "", UNSIGNED },
	{ "asset_folder", TERM_FOLDER, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "asset_id", TERM_TEXT, 0, SENDER_NOBODY, "", OPENAPI },
	{ "async", TERM_BOOL, UPLOAD | ARCHIVE, SENDER_CLIENT, "", NPM },
	{ "attachment", TERM_BOOL, DOWNLOAD, SENDER_CLIENT, "", NPM_DOWNLOAD },
	{ "auto_chaptering", TERM_BOOL, UPLOAD, SENDER_LISTED, "", NPM },
	{ "auto_tagging", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_ADDON,
	    NPM_UPDATE },
	{ "auto_transcription", TERM_TEXT, UPLOAD, SENDER_LISTED, "\"", NPM },
	{ "auto_video_details", TERM_TEXT, UPLOAD, SENDER_LISTED, "", GO },
	{ "background_removal", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_ADDON,
	    NPM_UPDATE },
	{ "backup", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "batch_id", TERM_TEXT, UPLOAD, SENDER_CLIENT, "", PYTHON },
	{ "callback", TERM_TEXT, UPLOAD, SENDER_POLICY, IN_URL, NPM },
	{ "categorization", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_ADDON,
	    NPM_UPDATE },
	{ "cinemagraph_analysis", TERM_BOOL, UPLOAD, SENDER_LISTED, "", NPM },
	{ "clear_invalid", TERM_BOOL, UPLOAD | METADATA, SENDER_CLIENT, "",
	    NPM },
	{ "cloud_name", TERM_TEXT, 0, SENDER_NOBODY, "", UNSIGNED },
	{ "colors", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "command", TERM_TEXT, TAGS | CONTEXT, SENDER_LISTED, "", NPM_CALLS },
	{ "context", TERM_GROUP, UPLOAD | RENAME | CONTEXT, SENDER_CLIENT, "=|",
	    NPM_UPDATE },
	{ "custom_coordinates", TERM_TEXT, UPLOAD, SENDER_CLIENT, "",
	    NPM_UPDATE },
	{ "detection", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_ADDON, NPM_UPDATE },
	{ "discard_original_filename", TERM_BOOL, UPLOAD, SENDER_CLIENT, "",
	    NPM },
	{ "display_name", TERM_TEXT, UPLOAD, SENDER_CLIENT, "/", NPM },
	{ "duration", TERM_INT, TOKEN | DELIVER, SENDER_CLIENT, "", NPM_TOKEN },
	{ "eager", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_TRANSFORMATION, NPM },
	{ "eager_async", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "eager_notification_url", TERM_TEXT, UPLOAD, SENDER_POLICY, IN_URL,
	    NPM },
	{ "eval", TERM_TEXT, UPLOAD, SENDER_POLICY, IN_CODE, NPM },
	{ "exif", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "expiration", TERM_INT, TOKEN, SENDER_CLIENT, "", NPM_TOKEN },
	{ "expires_at", TERM_TIME, ARCHIVE | DOWNLOAD, SENDER_NOBODY, "",
	    NPM_DOWNLOAD },
	{ "face_coordinates", TERM_TEXT, UPLOAD, SENDER_CLIENT, "",
	    NPM_UPDATE },
	{ "faces", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "file", TERM_TEXT, 0, SENDER_NOBODY, "", UNSIGNED },
	{ "filename_override", TERM_TEXT, UPLOAD, SENDER_POLICY, "/", NPM },
	{ "flatten_folders", TERM_BOOL, ARCHIVE, SENDER_CLIENT, "",
	    NPM_ARCHIVE },
	{ "flatten_transformations", TERM_BOOL, ARCHIVE, SENDER_CLIENT, "",
	    NPM_ARCHIVE },
	{ "folder", TERM_FOLDER, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "format", TERM_TEXT, UPLOAD | DOWNLOAD | DELIVER, SENDER_LISTED, "",
	    NPM },
	{ "from_public_id", TERM_ID, RENAME, SENDER_CLIENT, "", NPM_CALLS },
	{ "fully_qualified_public_ids", TERM_FULL_IDS, ARCHIVE, SENDER_CLIENT,
	    ",", NPM_ARCHIVE },
	{ "headers", TERM_TEXT, UPLOAD, SENDER_POLICY, "", NPM_UPDATE },
	{ "image_metadata", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "invalidate", TERM_BOOL, UPLOAD | DESTROY | RENAME, SENDER_CLIENT, "",
	    NPM },
	{ "ip", TERM_TEXT, TOKEN, SENDER_POLICY, "~", NPM_TOKEN },
	{ "keep_derived", TERM_BOOL, ARCHIVE, SENDER_CLIENT, "", NPM_ARCHIVE },
	{ "media_metadata", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "metadata", TERM_GROUP, UPLOAD | RENAME | METADATA, SENDER_CLIENT,
	    "=|", NPM_UPDATE },
	{ "mode", TERM_TEXT, ARCHIVE, SENDER_LISTED, "", NPM_ARCHIVE },
	{ "moderation", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_ADDON, NPM },
	{ "notification_url", TERM_TEXT, UPLOAD | DESTROY | RENAME | ARCHIVE,
	    SENDER_POLICY, IN_URL, NPM },
	{ "ocr", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_ADDON, NPM_UPDATE },
	{ "on_success", TERM_TEXT, UPLOAD, SENDER_POLICY, IN_CODE, NPM },
	{ "overwrite", TERM_BOOL, UPLOAD | RENAME, SENDER_CLIENT, "", NPM },
	{ "phash", TERM_BOOL, UPLOAD | ARCHIVE, SENDER_CLIENT, "", NPM },
	{ "prefixes", TERM_PREFIXES, ARCHIVE, SENDER_CLIENT, ",", NPM_ARCHIVE },
	{ "proxy", TERM_TEXT, UPLOAD, SENDER_POLICY, IN_URL, NPM },
	{ "public_id", TERM_ID, UPLOAD | DESTROY | DOWNLOAD | DELIVER | VERIFY,
	    SENDER_CLIENT, "", NPM },
	{ "public_id_prefix", TERM_FOLDER, UPLOAD, SENDER_POLICY, "", NPM },
	{ "public_ids", TERM_IDS, TAGS | CONTEXT | METADATA | ARCHIVE,
	    SENDER_CLIENT, ",", NPM_CALLS },
	{ "quality_analysis", TERM_BOOL, UPLOAD, SENDER_LISTED, "", NPM },
	{ "quality_override", TERM_TEXT, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "raw_convert", TERM_TEXT, UPLOAD, SENDER_LISTED, IN_ADDON,
	    NPM_UPDATE },
	{ "regions", TERM_TEXT, UPLOAD, SENDER_CLIENT, "", NPM_UPDATE },
	{ "resource_type", TERM_TEXT, API | DELIVER, SENDER_LISTED, "",
	    ADDRESS },
	{ "responsive_breakpoints", TERM_TEXT, UPLOAD, SENDER_LISTED, "\"",
	    NPM },
	{ "return_delete_token", TERM_BOOL, UPLOAD, SENDER_CLIENT, "", NPM },
	{ "signature", TERM_TEXT, VERIFY, SENDER_CLIENT, "", ANSWER },
	{ "similarity_search", TERM_TEXT, UPLOAD, SENDER_LISTED, "",
	    NPM_UPDATE },
	{ "skip_transformation_name", TERM_BOOL, ARCHIVE, SENDER_CLIENT, "",
	    NPM_ARCHIVE },
	{ "source", TERM_TEXT, UPLOAD, SENDER_CLIENT, "", WIDGET },
	{ "start_time", TERM_INT, TOKEN, SENDER_CLIENT, "", NPM_TOKEN },
	{ "tag", TERM_LIST, TAGS, SENDER_CLIENT, ",", NPM_CALLS },
	{ "tags", TERM_TAGS, UPLOAD | ARCHIVE, SENDER_CLIENT, ",", NPM_UPDATE },
	{ "target_asset_folder", TERM_FOLDER, ARCHIVE, SENDER_CLIENT, "",
	    NPM_ARCHIVE },
	{ "target_filename", TERM_TEXT, DOWNLOAD, SENDER_CLIENT, "/", OPENAPI },
	{ "target_format", TERM_TEXT, ARCHIVE, SENDER_LISTED, "", NPM_ARCHIVE },
	{ "target_public_id", TERM_ID, ARCHIVE, SENDER_CLIENT, "",
	    NPM_ARCHIVE },
	{ "target_tags", TERM_TAGS, ARCHIVE, SENDER_CLIENT, ",", NPM_ARCHIVE },
	{ "timestamp", TERM_TIME, API, SENDER_NOBODY, "", NPM },
	{ "to_public_id", TERM_ID, RENAME, SENDER_CLIENT, "", NPM_CALLS },
	{ "to_type", TERM_TEXT, RENAME, SENDER_LISTED, "", NPM_CALLS },
	{ "transformation", TERM_TEXT, UPLOAD | DOWNLOAD | DELIVER,
	    SENDER_LISTED, IN_TRANSFORMATION, NPM },
	{ "transformations", TERM_TEXT, ARCHIVE, SENDER_LISTED,
	    IN_TRANSFORMATION, NPM_ARCHIVE },
	{ "type", TERM_TEXT, API | DELIVER, SENDER_LISTED, "", NPM },
	{ "unique_display_name", TERM_BOOL, UPLOAD, SENDER_CLIENT, "",
	    NPM_UPDATE },
	{ "unique_filename", TERM_BOOL, UPLOAD, SENDER_POLICY, "", NPM },
	{ "upload_preset", TERM_TEXT, UPLOAD, SENDER_LISTED, "", NPM },
	{ "url", TERM_PATH, TOKEN, SENDER_CLIENT, "", NPM_TOKEN },
	{ "urls", TERM_TEXT, 0, SENDER_NOBODY, "", OPENAPI },
	{ "use_asset_folder_as_public_id_prefix", TERM_BOOL, UPLOAD,
	    SENDER_POLICY, "", NPM },
	{ "use_filename", TERM_BOOL, UPLOAD, SENDER_POLICY, "", NPM },
	{ "use_filename_as_display_name", TERM_BOOL, UPLOAD, SENDER_CLIENT, "",
	    NPM },
	{ "use_original_filename", TERM_BOOL, ARCHIVE, SENDER_CLIENT, "",
	    NPM_ARCHIVE },
	{ "version", TERM_INT, DELIVER | VERIFY, SENDER_CLIENT, "", ANSWER },
	{ "version_id", TERM_TEXT, 0, SENDER_NOBODY, "", BACKUP },
	{ "visual_search", TERM_BOOL, UPLOAD, SENDER_LISTED, "", NPM },
};

#define COUNT (sizeof(vocabulary) / sizeof(vocabulary[0]))

const size_t vocabulary_count = COUNT;

const struct term *
term_find(struct span name)
{
	size_t low = 0, high = COUNT;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_cmp(name, span_of(vocabulary[middle].name));

		if (order == 0)
			return &vocabulary[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool
term_signed(const struct term *t)
{
	return t->actions != 0 && strcmp(t->name, "resource_type") != 0;
}

bool
term_means_size(struct span name)
{
	static const char *const words[] = { "file_size", "filesize",
		"size_limit", "max_size", "min_size", "max_bytes", "min_bytes",
		"content_length" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (size_t k = 0; k < name.n; k++)
			if (span_starts(span_skip(name, k), span_of(words[i])))
				return true;
	return false;
}

bool
term_taken(const struct term *t, enum action action)
{
	return action != ACTION_NONE && (t->actions & 1u << action) != 0;
}

const char *
term_nearest(struct span name, enum action action)
{
	const char *names[COUNT];
	size_t n = 0;

	for (size_t i = 0; i < COUNT; i++)
		if (term_taken(&vocabulary[i], action) &&
		    vocabulary[i].sender != SENDER_NOBODY)
			names[n++] = vocabulary[i].name;
	return text_nearest(name, names, n);
}

bool
term_reserved(const struct term *t, enum action action)
{
	return t->sender == SENDER_NOBODY ||
	       (!term_taken(t, action) &&
		   (t->actions & ~VERIFY & ~DELIVER) == 0);
}

bool
term_is_list(const struct term *t)
{
	return t->type == TERM_LIST || t->type == TERM_TAGS ||
	       t->type == TERM_IDS || t->type == TERM_PREFIXES ||
	       t->type == TERM_FULL_IDS || t->type == TERM_ACL;
}

bool
term_has_patterns(const struct term *t)
{
	return t->type == TERM_ID || t->type == TERM_FOLDER ||
	       t->type == TERM_IDS || t->type == TERM_PREFIXES ||
	       t->type == TERM_FULL_IDS || t->type == TERM_PATH;
}

bool
term_sent_as_list(const struct term *t, enum action action)
{
	return t->type == TERM_IDS || t->type == TERM_PREFIXES ||
	       t->type == TERM_FULL_IDS ||
	       (t->type == TERM_TAGS && action == ACTION_ARCHIVE);
}

/*
 * Sources: cloudinary_npm lib/uploader.js (paths and required names) and
 * lib/utils/index.js (download URLs). A string of parameters names neither
 * the action nor the resource type, so `all` and `any` say what else it is
 * good for.
 */
const struct action_row actions[ACTION_COUNT] = {
	[ACTION_NONE] = { .name = "", .path = "", .kind = KIND_NONE },
	[ACTION_UPLOAD] = { "upload", "upload", KIND_API,
	    .assets = { "public_id" } },
	[ACTION_EXPLICIT] = { "explicit", "explicit", KIND_API,
	    .all = { "public_id" }, .needs = { "type" },
	    .assets = { "public_id" } },
	[ACTION_DESTROY] = { "destroy", "destroy", KIND_API,
	    .all = { "public_id" }, .assets = { "public_id" } },
	[ACTION_RENAME] = { "rename", "rename", KIND_API,
	    .all = { "from_public_id", "to_public_id" },
	    .assets = { "from_public_id", "to_public_id" } },
	[ACTION_TAGS] = { "tags", "tags", KIND_API,
	    .all = { "public_ids", "command" }, .assets = { "public_ids" } },
	[ACTION_CONTEXT] = { "context", "context", KIND_API,
	    .all = { "public_ids", "command" }, .assets = { "public_ids" } },
	[ACTION_METADATA] = { "metadata", "metadata", KIND_API,
	    .all = { "public_ids", "metadata" }, .assets = { "public_ids" } },
	[ACTION_ARCHIVE] = { "archive", "generate_archive", KIND_API,
	    .any = { "tags", "prefixes", "public_ids",
		"fully_qualified_public_ids" },
	    .assets = { "tags", "prefixes", "public_ids",
		"fully_qualified_public_ids", "target_public_id" } },
	[ACTION_DOWNLOAD] = { "download", "download", KIND_API,
	    .all = { "public_id" }, .assets = { "public_id" } },
	[ACTION_DELIVER] = { "deliver", "", KIND_DELIVERY,
	    .all = { "public_id" }, .assets = { "public_id" } },
	[ACTION_TOKEN] = { "token", "", KIND_TOKEN, .any = { "acl", "url" },
	    .assets = { "acl", "url" } },
	[ACTION_VERIFY] = { "verify", "", KIND_VERIFY, .all = { "public_id" },
	    .assets = { "public_id" } },
};

enum action
action_find(struct span name)
{
	for (int i = ACTION_UPLOAD; i < ACTION_COUNT; i++)
		if (span_is(name, actions[i].name))
			return (enum action)i;
	return ACTION_NONE;
}

const char *
action_name(enum action action)
{
	return actions[action].name;
}

const char *
action_required(enum action action, size_t i)
{
	const struct action_row *row = &actions[action];
	size_t n = 0;

	while (row->all[n] != NULL) {
		if (n == i)
			return row->all[n];
		n++;
	}
	i -= n;
	return i < sizeof(row->needs) / sizeof(row->needs[0]) ? row->needs[i]
							      : NULL;
}

bool
action_lists(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

bool
resource_type_valid(struct span value, enum action action)
{
	if (actions[action].kind != KIND_API &&
	    actions[action].kind != KIND_DELIVERY)
		return false;
	return span_is(value, "image") || span_is(value, "video") ||
	       span_is(value, "raw") ||
	       (action == ACTION_UPLOAD && span_is(value, "auto")) ||
	       (action == ACTION_ARCHIVE && span_is(value, "all"));
}

bool
delivery_type_valid(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] != '_' && (value.p[i] < 'a' || value.p[i] > 'z'))
			return false;
	return value.n > 0;
}
