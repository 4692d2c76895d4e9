#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/sink.h"
#include "cli/ask.h"
#include "cli/init.h"

static bool
keep(char *out, size_t cap, struct span text)
{
	return text.n > 0 && sink_string(out, cap, "%v", text);
}

/* cloudinary://KEY:SECRET@CLOUD, as the Console shows it. */
static bool
take_url(struct init *i, struct span url)
{
	static const struct span scheme = SPAN_INIT("cloudinary://"),
				 name = SPAN_INIT("CLOUDINARY_URL=");
	struct span_cut key, secret;

	if (span_starts(url, name))
		url = span_skip(url, name.n);
	if (!span_starts(url, scheme))
		return false;
	key = span_cut(span_skip(url, scheme.n), ':');
	secret = span_cut(key.tail, '@');
	return key.found && secret.found &&
	       keep(i->api_key, sizeof(i->api_key), key.head) &&
	       keep(i->secret, sizeof(i->secret), secret.head) &&
	       keep(i->cloud_name, sizeof(i->cloud_name), secret.tail);
}

/* What the environment offers, where no option says otherwise. */
static bool
take_environment(struct init *i)
{
	const char *url = getenv("CLOUDINARY_URL");
	char answer[8];

	if (url == NULL || url[0] == '\0')
		return false;
	if (!take_url(i, span_of(url))) {
		fputs("signpost: init: CLOUDINARY_URL is not of the form "
		      "cloudinary://KEY:SECRET@CLOUD, and is left aside\n",
		    stderr);
		return false;
	}
	if (!i->yes && !i->terminal) {
		wipe(i->secret, sizeof(i->secret));
		return false;
	}
	if (!i->yes) {
		fprintf(stderr, "CLOUDINARY_URL names the account %s.\n",
		    i->cloud_name);
		if (!ask_line(
			"1. Is it that one?", "yes", answer, sizeof(answer)) ||
		    (answer[0] | 0x20) != 'y') {
			wipe(i->secret, sizeof(i->secret));
			return false;
		}
	}
	fprintf(
	    stderr, "The account is %s, from CLOUDINARY_URL.\n", i->cloud_name);
	return true;
}

/* A whole URL, or the cloud's name alone. Not shown: it may be the former. */
static int
ask_account(struct init *i)
{
	char answer[SECRET_FILE_MAX + 1];

	if (!ask_secret("1. Your Cloudinary account: paste the CLOUDINARY_URL "
			"of Console, Settings, API Keys; or its cloud name",
		false, answer, sizeof(answer)))
		return init_mistake("no answer: nothing was made", "");
	if (!take_url(i, span_of(answer)) &&
	    (strchr(answer, ':') != NULL ||
		!keep(i->cloud_name, sizeof(i->cloud_name), span_of(answer)))) {
		wipe(answer, sizeof(answer));
		return init_mistake("this is neither a cloud name nor "
				    "cloudinary://KEY:SECRET@CLOUD",
		    "");
	}
	wipe(answer, sizeof(answer));
	fprintf(stderr, "The account is %s.\n", i->cloud_name);
	return -1;
}

static int
take_secret(struct init *i)
{
	const char *file = option_or(&i->option[INIT_API_SECRET_FILE], NULL);

	if (file != NULL)
		return init_file(file, i->secret, sizeof(i->secret));
	if (!i->terminal)
		return init_needs(i, INIT_API_SECRET_FILE,
		    "a file with the API secret; it is never an argument");
	return ask_secret(
		   "   The API secret", false, i->secret, sizeof(i->secret))
		   ? -1
		   : init_mistake("no answer: nothing was made", "");
}

int
init_account(struct init *i)
{
	bool given = i->option[INIT_CLOUD_NAME].n > 0 ||
		     i->option[INIT_API_KEY].n > 0 ||
		     i->option[INIT_API_SECRET_FILE].n > 0;
	int code = -1;

	if (!given && take_environment(i))
		return -1;
	if (!given && i->terminal)
		code = ask_account(i);
	else
		code = init_text(i, INIT_CLOUD_NAME, "1. The cloud name", NULL,
		    i->cloud_name, sizeof(i->cloud_name));
	if (code >= 0 || i->secret[0] != '\0')
		return code;
	code = init_text(i, INIT_API_KEY, "   The API key", NULL, i->api_key,
	    sizeof(i->api_key));
	return code >= 0 ? code : take_secret(i);
}
