#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "base/address.h"
#include "base/enc.h"
#include "cli/as_user.h"
#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/options.h"
#include "cli/paint.h"
#include "cli/say.h"
#include "cli/shown.h"
#include "cloudinary/api_sign.h"
#include "policy/denied.h"

#define WORDS_MAX 8192

static const char usage[] =
    "usage: signpost sign --policy NAME [--user NAME] [--claim NAME=TEXT]...\n"
    "                     [--contract NAME] [--address IP] [--origin ORIGIN]\n"
    "                     [--json] [--config CONF | CONF] [NAME=VALUE]...\n"
    "\n"
    "The answer that a client would get, made here and now, without a cookie\n"
    "or a web server: --user is who is logged in (left out: nobody), --claim\n"
    "what else the session says, --address and --origin where the request\n"
    "comes from (127.0.0.1, and no page of another site). Parameters are\n"
    "written as they are meant, not encoded: 'context=caption=Hello you',\n"
    "tags=a,b, public_ids[]=x. A word without \"=\" is the configuration.\n"
    "Contracts are plain, classic and text; `signpost call` has all.\n"
    "\n"
    "The signature is real, and good until it expires; but it is not counted:\n"
    "no limit stops it, and none is used up (`signpost call` counts). Below\n"
    "the answer stands the text that was signed; --json prints the bytes of\n"
    "the answer's body and nothing else. Exit code 1 for a refusal.\n";

enum { POLICY, USER, CLAIM, CONTRACT, ADDRESS, ORIGIN, JSON, CONFIG, COUNT };

/* Everything of one answer, too large for a stack. */
static struct workspace workspace;
static struct as_user as;
static unsigned char form[HOOK_BODY_MAX];
static unsigned char written[HEAD_OUT_MAX + BODY_OUT_MAX];
static const char *words[WORDS_MAX];

static int
mistake(const char *what, const char *word)
{
	fprintf(stderr, "signpost: sign: %s%s%s\n%s", what,
	    word == NULL ? "" : ": ", word == NULL ? "" : say_plain(word),
	    usage);
	return 2;
}

/* Limits that are never reached, and of which nothing is used. */
static struct counters_verdict
take_nothing(struct counters *self, struct tally *tallies, size_t n,
    unsigned amount, long long now)
{
	(void)self;
	(void)amount;
	(void)now;
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < tallies[k].n; i++)
			tallies[k].counts[i] =
			    (struct count){ 0, tallies[k].limits[i].seconds };
	return (struct counters_verdict){ COUNTERS_TAKEN, NULL, 0 };
}

static struct counters uncounted = { .take = take_nothing };

/* The word that names the configuration goes; the rest are parameters. */
static int
find_config(size_t *n, const char **path)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		if (span_has(span_of(words[i]), '=')) {
			words[kept++] = words[i];
			continue;
		}
		if (*path != NULL)
			return mistake(
			    "neither a parameter (NAME=VALUE) nor the only "
			    "configuration",
			    words[i]);
		*path = words[i];
	}
	*n = kept;
	return -1;
}

static void
add_pair(struct span name, struct span value, struct sink *out)
{
	if (out->n > 0)
		sink_byte(out, '&');
	percent_encode(name, out);
	sink_byte(out, '=');
	percent_encode(value, out);
}

/* The parameters as a form's body; what has no room is too large for any. */
static void
write_request(const struct option_value *o, size_t n_words, struct request *out)
{
	struct sink body;

	sink_init(&body, form, sizeof(form));
	add_pair(SPAN_LIT("policy"), span_of(o[POLICY].values[0]), &body);
	if (o[CONTRACT].n > 0)
		add_pair(SPAN_LIT("contract"), span_of(o[CONTRACT].values[0]),
		    &body);
	for (size_t i = 0; i < n_words; i++) {
		struct span_cut cut = span_cut(span_of(words[i]), '=');

		add_pair(cut.head, cut.tail, &body);
	}
	*out = (struct request){
		.intake = body.full ? INTAKE_TOO_LARGE : INTAKE_WHOLE,
		.about = SPAN_INIT("The body"),
		.method = SPAN_INIT("POST"),
		.content_type = SPAN_INIT("application/x-www-form-urlencoded"),
		.body = sink_view(&body),
		.cookie = as.cookie,
		.auth_type = SPAN_INIT("Basic"),
		.remote_user = as.variable,
	};
	out->remote_addr = span_of(option_or(&o[ADDRESS], "127.0.0.1"));
	out->origin = span_of(option_or(&o[ORIGIN], ""));
}

static void
answer_it(const struct config *config, const struct request *request,
    long long now, struct answer *out)
{
	struct denied_file denied;
	struct world world = { .random = &random_kernel,
		.counters = &uncounted,
		.php = as.php.read == NULL ? NULL : &as.php,
		.generation = 1 };

	denied_init(&denied, config->deny_users_file);
	world.denied = denied_now(&denied, 0);
	handle(config, request, now, &world, &workspace, out);
	denied_free(&denied);
}

/* The text behind which the secret stood; the secret itself never shows. */
static void
say_signed(void)
{
	const struct grant *grant = &workspace.grants[0];
	struct signature signature;
	struct sink text;

	sink_init(&text, workspace.string, sizeof(workspace.string));
	if (!api_sign(grant, &text, &signature))
		return;
	printf("\n%sSigned, as %s of this text and the API secret right "
	       "behind it:%s\n%.*s\n",
	    paint_on(stdout, PAINT_FAINT),
	    describe_hash(grant->policy->cloud->hash), paint_off(stdout),
	    (int)text.n, (const char *)text.p);
}

static void
say_cookie(const struct shown *shown)
{
	struct span rest = shown->fields, name, value;

	while (shown_field(&rest, &name, &value))
		if (span_is(name, "Set-Cookie"))
			printf("Set-Cookie: %.*s\n", (int)value.n,
			    (const char *)value.p);
}

static void
print(const struct answer *answer, const struct shown *shown)
{
	shown_status(shown);
	say_cookie(shown);
	shown_body(shown, true);
	if (answer->status == 200)
		say_signed();
	if (answer->reason != NULL)
		fprintf(stderr, "signpost: sign: the log would say: %s\n",
		    answer->reason);
}

static int
sign(const struct config *config, const struct option_value *o, size_t n_words,
    struct payload_wishes *wishes)
{
	struct request request;
	struct answer answer;
	struct shown shown;
	struct sink out;
	const char *wrong = NULL;

	memset(&as, 0, sizeof(as));
	if (wishes->user.n > 0)
		wrong = as_user(&config->session, wishes, &as);
	if (wrong != NULL) {
		fprintf(stderr, "signpost: sign: %s\n", wrong);
		return 1;
	}
	write_request(o, n_words, &request);
	answer_it(config, &request, wishes->now, &answer);
	sink_init(&out, written, sizeof(written));
	answer_write(&answer, &out);
	if (!shown_read(sink_view(&out), &shown)) {
		fputs("signpost: sign: the answer is too large\n", stderr);
		return 1;
	}
	if (o[JSON].n > 0)
		fwrite(shown.body.p, 1, shown.body.n, stdout);
	else
		print(&answer, &shown);
	return shown.status == 200 ? 0 : 1;
}

static int
check_options(const struct option_value *o)
{
	struct address address;

	if (o[POLICY].n == 0)
		return mistake("--policy NAME is needed", NULL);
	if (o[USER].n > 0 && !as_user_right(span_of(o[USER].values[0])))
		return mistake("--user is a name of 1 to 255 bytes", NULL);
	if (o[CLAIM].n > 0 && o[USER].n == 0)
		return mistake("--claim belongs to a --user", NULL);
	if (o[ADDRESS].n > 0 &&
	    !address_parse(span_of(o[ADDRESS].values[0]), &address))
		return mistake(
		    "--address is an IP address", o[ADDRESS].values[0]);
	return -1;
}

int
cli_sign(int argc, char **argv)
{
	struct option_value o[COUNT] = { [POLICY] = { .name = "policy" },
		[USER] = { .name = "user" },
		[CLAIM] = { .name = "claim", .many = true },
		[CONTRACT] = { .name = "contract" },
		[ADDRESS] = { .name = "address" },
		[ORIGIN] = { .name = "origin" },
		[JSON] = { .name = "json", .flag = true },
		[CONFIG] = { .name = "config" } };
	struct payload_wishes wishes = { .now = (long long)time(NULL) };
	struct terminal_report say;
	struct config *config;
	const char *path;
	size_t n;
	int code =
	    options_read(argc, argv, usage, o, COUNT, words, WORDS_MAX, &n);

	if (code < 0)
		code = check_options(o);
	path = option_or(&o[CONFIG], NULL);
	if (code < 0)
		code = find_config(&n, &path);
	if (code >= 0)
		return code;
	wishes.user = span_of(option_or(&o[USER], ""));
	wishes.claims = o[CLAIM].values;
	wishes.n_claims = o[CLAIM].n;
	terminal_report_init(&say, true);
	config = config_load(command_config(path), &say.report);
	if (config == NULL)
		return 1;
	code = sign(config, o, n, &wishes);
	config_free(config);
	return code;
}
