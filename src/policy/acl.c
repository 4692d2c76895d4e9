#include "policy/acl.h"

#include "base/limits.h"
#include "policy/action.h"
#include "policy/pattern.h"

#define EXAMPLE "\"/image/authenticated/users/{user}/*\""

/*
 * The text for a user whose name is as long as can be: letters stand for what
 * is not known yet. False when it can't be told, or can't stand in a path.
 */
static bool
spell(const struct text_template *acl, struct sink *out, struct sink *why)
{
	for (size_t i = 0; i < acl->n; i++) {
		const struct piece *piece = &acl->pieces[i];
		bool named =
		    piece->kind == PIECE_USER || piece->kind == PIECE_CLAIM;

		if (piece->kind == PIECE_IP) {
			sink_text(why,
			    "{ip} can't stand in a path; a token is bound to "
			    "an address by ip = \"{ip}\" in set");
			return false;
		}
		if (piece->kind == PIECE_LITERAL)
			sink_span(out, piece->text);
		else
			for (int k = 0; k < (named ? SEGMENT_MAX : 32); k++)
				sink_byte(out, 'a');
	}
	if (!out->full)
		return true;
	sink_say(
	    why, "it could become longer than %d bytes", (long long)ACL_MAX);
	return false;
}

static bool
is_path_byte(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || span_has(SPAN_LIT("_.:-*"), c);
}

static bool
has_step(struct span segment)
{
	for (size_t i = 1; i < segment.n; i++)
		if (segment.p[i] == '.' && segment.p[i - 1] == '.')
			return true;
	return span_is(segment, ".");
}

static bool
bytes_valid(struct span segment, struct sink *why)
{
	for (size_t i = 0; i < segment.n; i++) {
		if (is_path_byte(segment.p[i]))
			continue;
		sink_say(why,
		    "%q can't stand in a path, which takes A-Z, a-z, 0-9, _, "
		    "., : and - between single \"/\"; several paths are a "
		    "list: [ \"/a/*\", \"/b/*\" ]",
		    span_head(span_skip(segment, i), 1));
		return false;
	}
	return true;
}

/* One segment of the spelt text. */
static bool
segment_valid(struct span segment, struct sink *why)
{
	if (!bytes_valid(segment, why))
		return false;
	if (segment.n == 0)
		sink_text(why,
		    "between two \"/\", and behind the last one, something "
		    "must stand, as in " EXAMPLE);
	else if (segment.n > 1 && span_has(segment, '*'))
		sink_text(why,
		    "\"*\" stands alone behind a \"/\", for all that may "
		    "follow there, as in " EXAMPLE);
	else if (has_step(segment))
		sink_text(why, "\".\" and \"..\" are steps, and no path");
	else
		return true;
	return false;
}

bool
acl_valid(const struct text_template *acl, struct sink *why)
{
	struct span_cut cut = { .found = true };
	unsigned char mem[ACL_MAX];
	struct sink text;

	sink_init(&text, mem, sizeof(mem));
	if (!spell(acl, &text, why))
		return false;
	cut.tail = sink_view(&text);
	if (!span_starts(cut.tail, SPAN_LIT("/"))) {
		sink_text(why, "a path begins with \"/\", as in " EXAMPLE);
		return false;
	}
	cut.tail = span_skip(cut.tail, 1);
	while (cut.found) {
		cut = span_cut(cut.tail, '/');
		if (!segment_valid(cut.head, why))
			return false;
	}
	return true;
}

/* upload, private, authenticated, fetch and what else there is or will be. */
static bool
is_delivery_type(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '_' && (s.p[i] < 'a' || s.p[i] > 'z'))
			return false;
	return s.n > 0 && !pattern_url_part(s);
}

/* A signature, a transformation or a version, the same for every user. */
static bool
is_fixed_part(struct span s)
{
	return pattern_url_part(s) && !span_has(s, '*') && !span_has(s, '{');
}

/*
 * What stands behind the beginning that every delivery has:
 *
 *   path = [ "/" cloud-name ] "/" resource-type "/" type *( "/" url-part )
 *          "/" id
 *
 * Behind a version nothing but the id follows. False when the path begins in
 * another way.
 */
static bool
find_id(struct span path, struct span cloud_name, struct span *id)
{
	struct span_cut cut;

	if (!span_starts(path, SPAN_LIT("/")))
		return false;
	cut = span_cut(span_skip(path, 1), '/');
	if (cut.head.n > 0 && span_eq(cut.head, cloud_name))
		cut = span_cut(cut.tail, '/');
	if (!resource_type_valid(cut.head, ACTION_DELIVER))
		return false;
	cut = span_cut(cut.tail, '/');
	if (!cut.found || !is_delivery_type(cut.head))
		return false;
	*id = cut.tail;
	cut = span_cut(*id, '/');
	while (cut.found && is_fixed_part(cut.head)) {
		bool version = cut.head.p[0] == 'v' && !span_has(cut.head, '_');

		*id = cut.tail;
		if (version)
			break;
		cut = span_cut(*id, '/');
	}
	return true;
}

bool
acl_owned(struct span path, struct span policy, struct span cloud_name,
    struct arena *arena, struct span *id, struct sink *why)
{
	unsigned char mem[DETAIL_MAX];
	struct pattern pattern;
	struct sink said;

	sink_init(&said, mem, sizeof(mem));
	if (!find_id(path, cloud_name, id))
		sink_text(&said,
		    "it must name a resource type, a delivery type and an id, "
		    "as in " EXAMPLE);
	else if (pattern_compile(*id, policy, arena, &pattern, &said) &&
		 pattern.wide)
		sink_text(&said, "an id in a path takes A-Z a-z 0-9 _ -");
	else if (pattern.n > 0 && pattern_owned(&pattern, &said))
		return true;
	if (why != NULL)
		sink_span(why, sink_view(&said));
	*id = (struct span){ NULL, 0 };
	return false;
}
