#include "base/sink.h"
#include "cli/init.h"

/* As libconfig reads it. */
static void
quoted(struct sink *out, const char *text)
{
	sink_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			sink_byte(out, '\\');
		sink_byte(out, (unsigned char)*text);
	}
	sink_byte(out, '"');
}

static void
line(struct sink *out, const char *name, const char *value)
{
	sink_say(out, "  %s = ", name);
	quoted(out, value);
	sink_text(out, ";\n");
}

static void
cloud(const struct init *i, struct sink *out)
{
	sink_text(out, "cloudinary = {\n");
	line(out, "cloud_name", i->cloud_name);
	line(out, "api_key", i->api_key);
	sink_text(out, "  api_secret_file = \"cloudinary.secret\";\n};\n\n");
}

/* A configuration has a session even where nobody asks for it. */
static void
no_session(struct sink *out)
{
	sink_text(out,
	    "# Nobody logs in: this must be here, with a key that nobody "
	    "uses. What is\n# `anonymous` below asks for no session.\n"
	    "session = {\n"
	    "  cookie = \"session\";\n"
	    "  keys = ( { id = \"1\"; file = \"session.key\"; } );\n"
	    "};\n\n");
}

static void
session(const struct init *i, struct sink *out)
{
	unsigned takes = i->row->takes;

	sink_say(out, "# Who is asking: %s.\nsession = {\n", i->row->of);
	line(out, "format", i->row->name);
	if (i->algorithm != NULL)
		line(out, "algorithm", i->algorithm);
	if ((takes & TAKES_COOKIE) != 0)
		line(out, "cookie",
		    i->cookie[0] != '\0' ? i->cookie : i->row->cookie);
	if ((takes & TAKES_USER) != 0)
		line(out, "user", i->has_user ? i->user : i->row->user);
	if ((takes & TAKES_COLLECTION) != 0)
		line(out, "collection",
		    i->collection[0] != '\0' ? i->collection : "users");
	if ((takes & TAKES_VARIABLE) != 0)
		line(out, "variable", "SIGNPOST_USER");
	if ((takes & TAKES_SAVE_PATH) != 0)
		line(out, "save_path", "/var/lib/php/sessions");
	if ((takes & TAKES_KEYS) != 0)
		sink_say(out,
		    "  keys = ( { id = \"1\"; file = \"session.key\"; } );"
		    "  # in it: %s\n",
		    i->row->secret);
	sink_text(out, "};\n\n");
}

static void
origins(const struct init *i, struct sink *out)
{
	sink_text(out, "# Other sites whose pages may ask; a plain-http site "
		       "lists itself.\norigins = [");
	for (size_t k = 0; k < i->n_origins; k++) {
		sink_text(out, k > 0 ? ", " : " ");
		quoted(out, i->origins[k]);
	}
	sink_text(out, " ];\n\n");
}

/* A string with the folder in it. */
static void
under(const struct init *i, struct sink *out, const char *rest)
{
	char mem[2 * INIT_TEXT_MAX];

	sink_string(mem, sizeof(mem), "%s/%s", i->folder, rest);
	quoted(out, mem);
}

/* What a form without a login may do: as little as is useful. */
static void
for_guests(const struct init *i, struct sink *out)
{
	sink_text(out,
	    "policies = {\n"
	    "  # One picture from anybody, under a name that the server "
	    "makes. Who got\n"
	    "  # its signature can also delete it, for an hour; nobody else "
	    "can.\n"
	    "  guest = {\n"
	    "    action    = \"upload\";\n"
	    "    anonymous = true;\n"
	    "    set = {\n"
	    "      resource_type   = \"image\";\n"
	    "      public_id       = ");
	under(i, out, "{random}");
	sink_text(out,
	    ";\n"
	    "      overwrite       = false;\n"
	    "      allowed_formats = \"jpg,png,webp\";\n"
	    "      # moderation    = \"manual\";\n"
	    "    };\n"
	    "    limit       = \"5/hour\";   # for each address: behind a "
	    "proxy, tell the web\n"
	    "                              # server the client's "
	    "(mod_remoteip, realip, ...)\n"
	    "    limit_total = \"500/day\";  # for all of them together\n"
	    "  };\n"
	    "};\n");
}

static void
for_widget(const struct init *i, struct sink *out)
{
	sink_text(out,
	    "  # Clients that fix every parameter themselves, such as the "
	    "Upload Widget,\n"
	    "  # with a signed preset of yours.\n"
	    "  widget = {\n"
	    "    action   = \"upload\";\n"
	    "    reusable = true;\n"
	    "    set      = { upload_preset = \"site_signed\"; folder = ");
	quoted(out, i->folder);
	sink_text(out, "; source = \"uw\"; };\n"
		       "    limit    = \"60/hour\";\n"
		       "  };\n\n");
}

static void
for_users(const struct init *i, struct sink *out)
{
	bool hash = strstr(i->folder, "{user_hash}") != NULL;

	sink_text(out, "policies = {\n"
		       "  # One picture, under a name that the server makes.\n"
		       "  avatar = {\n"
		       "    action = \"upload\";\n"
		       "    set = {\n"
		       "      resource_type   = \"image\";\n"
		       "      public_id       = ");
	under(i, out, "{random}");
	sink_say(out,
	    ";\n"
	    "      overwrite       = false;\n"
	    "      tags            = \"user_{%s}\";\n"
	    "      allowed_formats = \"jpg,png,webp\";\n"
	    "      # moderation    = \"manual\";\n"
	    "    };\n"
	    "    allow = { context = { caption = \"text 200\"; }; };\n"
	    "    limit = [ \"20/hour\", \"100/day\" ];\n"
	    "  };\n\n",
	    hash ? "user_hash" : "user");
	for_widget(i, out);
	sink_text(out, "  # Delete a picture of one's own.\n"
		       "  remove = {\n"
		       "    action = \"destroy\";\n"
		       "    set    = { invalidate = true; };\n"
		       "    allow  = { public_id = ");
	under(i, out, "**");
	sink_text(out, "; };\n"
		       "    limit  = \"60/hour\";\n"
		       "  };\n\n"
		       "  # A picture of one's own, in these sizes.\n"
		       "  thumb = {\n"
		       "    action = \"deliver\";\n"
		       "    set    = { type = \"upload\"; };\n"
		       "    allow  = { public_id = ");
	under(i, out, "**");
	sink_text(out, "; transformation = [ \"w_200,c_fill\", \"w_800\" ]; };"
		       "\n  };\n};\n");
}

bool
init_conf(const struct init *i, struct sink *out)
{
	sink_text(out, "# Check it with `signpost check`. The sample, "
		       "etc/signpost.conf, explains every key.\n\n");
	cloud(i, out);
	if (i->guests)
		no_session(out);
	else
		session(i, out);
	origins(i, out);
	if (i->units)
		sink_text(out, "store = \"/var/lib/signpost\";\n\n");
	if (i->guests)
		for_guests(i, out);
	else
		for_users(i, out);
	return !out->full;
}
