/*
 * Sources: cloudinary_npm lib/uploader.js (paths and required names) and
 * lib/utils/index.js (download URLs). A string of parameters names neither
 * the action nor the resource type, so `all` and `any` say what else it is
 * good for.
 */
#include "policy/action.h"

#include <string.h>

const struct action_row actions[ACTION_COUNT] = {
	[ACTION_NONE] = { "", "", KIND_NONE, { NULL }, { NULL }, { NULL },
	    { NULL } },
	[ACTION_UPLOAD] = { "upload", "upload", KIND_API, { NULL }, { NULL },
	    { NULL }, { "public_id", NULL } },
	[ACTION_EXPLICIT] = { "explicit", "explicit", KIND_API,
	    { "public_id", NULL }, { NULL }, { "type", NULL },
	    { "public_id", NULL } },
	[ACTION_DESTROY] = { "destroy", "destroy", KIND_API,
	    { "public_id", NULL }, { NULL }, { NULL }, { "public_id", NULL } },
	[ACTION_RENAME] = { "rename", "rename", KIND_API,
	    { "from_public_id", "to_public_id", NULL }, { NULL }, { NULL },
	    { "from_public_id", "to_public_id", NULL } },
	[ACTION_TAGS] = { "tags", "tags", KIND_API,
	    { "public_ids", "command", NULL }, { NULL }, { NULL },
	    { "public_ids", NULL } },
	[ACTION_CONTEXT] = { "context", "context", KIND_API,
	    { "public_ids", "command", NULL }, { NULL }, { NULL },
	    { "public_ids", NULL } },
	[ACTION_METADATA] = { "metadata", "metadata", KIND_API,
	    { "public_ids", "metadata", NULL }, { NULL }, { NULL },
	    { "public_ids", NULL } },
	[ACTION_ARCHIVE] = { "archive", "generate_archive", KIND_API, { NULL },
	    { "tags", "prefixes", "public_ids", "fully_qualified_public_ids",
		NULL },
	    { NULL },
	    { "tags", "prefixes", "public_ids", "fully_qualified_public_ids",
		"target_public_id", NULL } },
	[ACTION_DOWNLOAD] = { "download", "download", KIND_API,
	    { "public_id", NULL }, { NULL }, { NULL }, { "public_id", NULL } },
	[ACTION_DELIVER] = { "deliver", "", KIND_DELIVERY,
	    { "public_id", NULL }, { NULL }, { NULL }, { "public_id", NULL } },
	[ACTION_TOKEN] = { "token", "", KIND_TOKEN, { NULL },
	    { "acl", "url", NULL }, { NULL }, { "acl", "url", NULL } },
	[ACTION_VERIFY] = { "verify", "", KIND_VERIFY, { "public_id", NULL },
	    { NULL }, { NULL }, { "public_id", NULL } },
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
