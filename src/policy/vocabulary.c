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

#include "base/text.h"

#define UPLOAD (1u << ACTION_UPLOAD)
#define DESTROY (1u << ACTION_DESTROY)

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
#define OPENAPI "asset-management-js:src/models/operations"

const struct term vocabulary[] = {
	{ "access_control", TERM_TEXT, UPLOAD, SENDER_POLICY, true, "\"",
	    NPM_UPDATE },
	{ "access_mode", TERM_TEXT, UPLOAD, SENDER_POLICY, true, "", NPM },
	{ "accessibility_analysis", TERM_BOOL, UPLOAD, SENDER_LISTED, true, "",
	    NPM },
	{ "allowed_formats", TERM_LIST, UPLOAD, SENDER_LISTED, true, ",", NPM },
	{ "api_key", TERM_TEXT, 0, SENDER_NOBODY, false, "", UNSIGNED },
	{ "asset_folder", TERM_FOLDER, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "asset_id", TERM_TEXT, 0, SENDER_NOBODY, false, "", OPENAPI },
	{ "async", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "auto_chaptering", TERM_BOOL, UPLOAD, SENDER_LISTED, true, "", NPM },
	{ "auto_tagging", TERM_TEXT, UPLOAD, SENDER_LISTED, true, IN_ADDON,
	    NPM_UPDATE },
	{ "auto_transcription", TERM_TEXT, UPLOAD, SENDER_LISTED, true, "\"",
	    NPM },
	{ "auto_video_details", TERM_TEXT, UPLOAD, SENDER_LISTED, true, "",
	    GO },
	{ "background_removal", TERM_TEXT, UPLOAD, SENDER_LISTED, true,
	    IN_ADDON, NPM_UPDATE },
	{ "backup", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "batch_id", TERM_TEXT, UPLOAD, SENDER_CLIENT, true, "", PYTHON },
	{ "callback", TERM_TEXT, UPLOAD, SENDER_POLICY, true, IN_URL, NPM },
	{ "categorization", TERM_TEXT, UPLOAD, SENDER_LISTED, true, IN_ADDON,
	    NPM_UPDATE },
	{ "cinemagraph_analysis", TERM_BOOL, UPLOAD, SENDER_LISTED, true, "",
	    NPM },
	{ "clear_invalid", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "cloud_name", TERM_TEXT, 0, SENDER_NOBODY, false, "", UNSIGNED },
	{ "colors", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "context", TERM_GROUP, UPLOAD, SENDER_CLIENT, true, "=|",
	    NPM_UPDATE },
	{ "custom_coordinates", TERM_TEXT, UPLOAD, SENDER_CLIENT, true, "",
	    NPM_UPDATE },
	{ "detection", TERM_TEXT, UPLOAD, SENDER_LISTED, true, IN_ADDON,
	    NPM_UPDATE },
	{ "discard_original_filename", TERM_BOOL, UPLOAD, SENDER_CLIENT, true,
	    "", NPM },
	{ "display_name", TERM_TEXT, UPLOAD, SENDER_CLIENT, true, "/", NPM },
	{ "eager", TERM_TEXT, UPLOAD, SENDER_LISTED, true, IN_TRANSFORMATION,
	    NPM },
	{ "eager_async", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "eager_notification_url", TERM_TEXT, UPLOAD, SENDER_POLICY, true,
	    IN_URL, NPM },
	{ "eval", TERM_TEXT, UPLOAD, SENDER_POLICY, true, IN_CODE, NPM },
	{ "exif", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "face_coordinates", TERM_TEXT, UPLOAD, SENDER_CLIENT, true, "",
	    NPM_UPDATE },
	{ "faces", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "file", TERM_TEXT, 0, SENDER_NOBODY, false, "", UNSIGNED },
	{ "filename_override", TERM_TEXT, UPLOAD, SENDER_POLICY, true, "/",
	    NPM },
	{ "folder", TERM_FOLDER, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "format", TERM_TEXT, UPLOAD, SENDER_LISTED, true, "", NPM },
	{ "headers", TERM_TEXT, UPLOAD, SENDER_POLICY, true, "", NPM_UPDATE },
	{ "image_metadata", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "invalidate", TERM_BOOL, UPLOAD | DESTROY, SENDER_CLIENT, true, "",
	    NPM },
	{ "media_metadata", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "metadata", TERM_GROUP, UPLOAD, SENDER_CLIENT, true, "=|",
	    NPM_UPDATE },
	{ "moderation", TERM_TEXT, UPLOAD, SENDER_LISTED, true, IN_ADDON, NPM },
	{ "notification_url", TERM_TEXT, UPLOAD | DESTROY, SENDER_POLICY, true,
	    IN_URL, NPM },
	{ "ocr", TERM_TEXT, UPLOAD, SENDER_LISTED, true, IN_ADDON, NPM_UPDATE },
	{ "on_success", TERM_TEXT, UPLOAD, SENDER_POLICY, true, IN_CODE, NPM },
	{ "overwrite", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "phash", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "proxy", TERM_TEXT, UPLOAD, SENDER_POLICY, true, IN_URL, NPM },
	{ "public_id", TERM_ID, UPLOAD | DESTROY, SENDER_CLIENT, true, "",
	    NPM },
	{ "public_id_prefix", TERM_FOLDER, UPLOAD, SENDER_POLICY, true, "",
	    NPM },
	{ "quality_analysis", TERM_BOOL, UPLOAD, SENDER_LISTED, true, "", NPM },
	{ "quality_override", TERM_TEXT, UPLOAD, SENDER_CLIENT, true, "", NPM },
	{ "raw_convert", TERM_TEXT, UPLOAD, SENDER_LISTED, true, IN_ADDON,
	    NPM_UPDATE },
	{ "regions", TERM_TEXT, UPLOAD, SENDER_CLIENT, true, "", NPM_UPDATE },
	{ "resource_type", TERM_TEXT, UPLOAD | DESTROY, SENDER_LISTED, false,
	    "", ADDRESS },
	{ "responsive_breakpoints", TERM_TEXT, UPLOAD, SENDER_LISTED, true,
	    "\"", NPM },
	{ "return_delete_token", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "",
	    NPM },
	{ "signature", TERM_TEXT, 0, SENDER_NOBODY, false, "", UNSIGNED },
	{ "similarity_search", TERM_TEXT, UPLOAD, SENDER_LISTED, true, "",
	    NPM_UPDATE },
	{ "source", TERM_TEXT, UPLOAD, SENDER_CLIENT, true, "", WIDGET },
	{ "tags", TERM_TAGS, UPLOAD, SENDER_CLIENT, true, ",", NPM_UPDATE },
	{ "timestamp", TERM_TIME, UPLOAD | DESTROY, SENDER_NOBODY, true, "",
	    NPM },
	{ "transformation", TERM_TEXT, UPLOAD, SENDER_LISTED, true,
	    IN_TRANSFORMATION, NPM },
	{ "type", TERM_TEXT, UPLOAD | DESTROY, SENDER_LISTED, true, "", NPM },
	{ "unique_display_name", TERM_BOOL, UPLOAD, SENDER_CLIENT, true, "",
	    NPM_UPDATE },
	{ "unique_filename", TERM_BOOL, UPLOAD, SENDER_POLICY, true, "", NPM },
	{ "upload_preset", TERM_TEXT, UPLOAD, SENDER_LISTED, true, "", NPM },
	{ "urls", TERM_TEXT, 0, SENDER_NOBODY, false, "", OPENAPI },
	{ "use_asset_folder_as_public_id_prefix", TERM_BOOL, UPLOAD,
	    SENDER_POLICY, true, "", NPM },
	{ "use_filename", TERM_BOOL, UPLOAD, SENDER_POLICY, true, "", NPM },
	{ "use_filename_as_display_name", TERM_BOOL, UPLOAD, SENDER_CLIENT,
	    true, "", NPM },
	{ "version", TERM_TEXT, 0, SENDER_NOBODY, false, "", ANSWER },
	{ "version_id", TERM_TEXT, 0, SENDER_NOBODY, false, "", BACKUP },
	{ "visual_search", TERM_BOOL, UPLOAD, SENDER_LISTED, true, "", NPM },
};

#define COUNT (sizeof(vocabulary) / sizeof(vocabulary[0]))

const size_t vocabulary_count = COUNT;

static const char *const action_names[ACTION_COUNT] = {
	[ACTION_NONE] = "",
	[ACTION_UPLOAD] = "upload",
	[ACTION_DESTROY] = "destroy",
};

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

enum action
action_find(struct span name)
{
	if (span_is(name, action_names[ACTION_UPLOAD]))
		return ACTION_UPLOAD;
	if (span_is(name, action_names[ACTION_DESTROY]))
		return ACTION_DESTROY;
	return ACTION_NONE;
}

const char *
action_name(enum action action)
{
	return action_names[action];
}

/* The API names the path as the SDKs name the action, so far. */
const char *
action_path(enum action action)
{
	return action_names[action];
}

const char *const *
action_required(enum action action)
{
	static const char *const nothing[] = { NULL };
	static const char *const destroy[] = { "public_id", NULL };

	return action == ACTION_DESTROY ? destroy : nothing;
}

bool
resource_type_valid(struct span value, enum action action)
{
	if (action == ACTION_NONE)
		return false;
	return span_is(value, "image") || span_is(value, "video") ||
	       span_is(value, "raw") ||
	       (action == ACTION_UPLOAD && span_is(value, "auto"));
}
