#include "session/guess_other.h"

#include "base/enc.h"

/* TEXT "--" HEX, or encrypted BASE64 "--" BASE64 "--" BASE64. */
static bool
is_ruby(struct span value)
{
	size_t parts = 1, at = 0, digits = 0;

	for (size_t i = 0; i + 1 < value.n; i++)
		if (value.p[i] == '-' && value.p[i + 1] == '-') {
			parts++;
			at = i += 2;
		}
	while (at + digits < value.n && hex_digit(value.p[at + digits]) >= 0)
		digits++;
	if (parts >= 2 && digits >= 40 && at + digits == value.n)
		return true;
	return parts == 3 && (span_ends(value, SPAN_LIT("%3D%3D")) ||
				 span_ends(value, SPAN_LIT("==")));
}

const char *
guess_other(struct span name, struct span value)
{
	static const struct {
		const char *start, *note;
	} names[] = { { "wordpress_logged_in",
			  "WordPress's, whose key needs the "
			  "database" },
		{ "laravel_session", "Laravel's, encrypted" },
		{ "JSESSIONID", "the id of a Java server's session: nothing in "
				"it says who" } },
	  values[] = { { "Fe26.2*", "an iron seal (iron-session, Nuxt, hapi), "
				    "and encrypted" },
		  { "eyJpdiI6", "Laravel's, encrypted" },
		  { "2|", "Tornado's, which is not read here" },
		  { "SFMyNTY.", "Phoenix's, which is not read here" },
		  { "CfDJ8", "ASP.NET Core's, encrypted" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_starts(name, span_of(names[i].start)))
			return names[i].note;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (span_starts(value, span_of(values[i].start)))
			return values[i].note;
	return is_ruby(value) ? "one of Rails, Rack or Mojolicious, which are "
				"not read here"
			      : NULL;
}
