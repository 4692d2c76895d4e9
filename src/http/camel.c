#include "http/camel.h"

#include <stddef.h>

/*
 * Source: the Upload Widget's reference, prepareUploadParams. What it takes
 * besides is the answer's own: apiKey, signature, uploadSignatureTimestamp.
 */
static const struct {
	const char *snake, *camel;
} names[] = {
	{ "context", "context" },
	{ "folder", "folder" },
	{ "invalidate", "invalidate" },
	{ "metadata", "metadata" },
	{ "overwrite", "overwrite" },
	{ "public_id", "publicId" },
	{ "quality_analysis", "qualityAnalysis" },
	{ "resource_type", "resourceType" },
	{ "tags", "tags" },
	{ "unique_filename", "uniqueFilename" },
	{ "upload_preset", "uploadPreset" },
	{ "use_filename", "useFilename" },
};

#define COUNT (sizeof(names) / sizeof(names[0]))

const char *
camel_of(struct span name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (span_is(name, names[i].snake))
			return names[i].camel;
	return NULL;
}

const char *
camel_to_snake(struct span name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (span_is(name, names[i].camel))
			return names[i].snake;
	return NULL;
}
