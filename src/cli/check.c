#include <stdio.h>
#include <unistd.h>

#include "cli/check_json.h"
#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/options.h"
#include "cli/paint.h"
#include "cli/say.h"
#include "cli/store_look.h"
#include "store/store.h"

/* The longest description: every policy with every parameter fits. */
#define DESCRIPTION_MAX 4194304

static const char usage[] =
    "usage: signpost check [--json] [CONF]\n"
    "\n"
    "Is this configuration right? Every mistake is named with its line; a\n"
    "right one is told in sentences, secrets masked: each policy begins with\n"
    "one that says who may do what. Warnings are about what is allowed, and\n"
    "still unwise; notes are good to know. Exit code 1 when there is a\n"
    "mistake.\n"
    "\n"
    "--json prints an object instead: \"configuration\", \"messages\" (each\n"
    "with \"severity\", \"file\", \"line\", \"text\"), \"right\", and when it "
    "is,\n"
    "\"policies\": name, line, action, cloud, summary, anonymous, set, allow,\n"
    "limits, limits_total, lifetime, reusable, contracts.\n";

static unsigned char text[DESCRIPTION_MAX];

/* What would go wrong with the first request. */
static void
look_at_store(
    const struct config *config, struct report *report, const char *path)
{
	unsigned char mem[2 * PATH_TEXT_MAX];
	struct sink why;

	if (!config->counts)
		return;
	sink_init(&why, mem, sizeof(mem));
	if (config->store.kind == STORE_FILE && geteuid() == 0)
		report->say(report, SAY_NOTE, path, 0,
		    SPAN_LIT("the folder of the counts is not looked at for "
			     "root, who may write anywhere: run this as the "
			     "web server's user"));
	else if (!store_look(&config->store, &why))
		report->say(
		    report, SAY_WARNING, path, 0, (struct span){ mem, why.n });
}

/* The configuration, if it is right and can be used by this program. */
static struct config *
load(const char *path, struct report *report)
{
	struct config *config = config_load(path, report);
	const char *missing =
	    config == NULL ? NULL : store_missing(&config->store);

	if (missing != NULL) {
		report->say(report, SAY_ERROR, path, 0, span_of(missing));
		report->errors++;
		config_free(config);
		return NULL;
	}
	if (config != NULL)
		look_at_store(config, report, path);
	return config;
}

static int
check_for_programs(const char *path)
{
	static struct check_json json;
	struct config *config;
	struct span all;
	bool right;

	check_json_begin(&json, path, text, sizeof(text));
	config = load(path, &json.report);
	all = check_json_end(&json, config);
	right = config != NULL;
	config_free(config);
	if (all.n == 0) {
		fputs("signpost: check: there is too much to say\n", stderr);
		return 1;
	}
	fwrite(all.p, 1, all.n, stdout);
	return right ? 0 : 1;
}

static int
say_wrong(const char *path, unsigned errors)
{
	fflush(stdout);
	fprintf(stderr, "%s: %snot right%s: %u %s\n", say_plain(path),
	    paint_on(stderr, PAINT_BAD), paint_off(stderr), errors,
	    errors == 1 ? "mistake" : "mistakes");
	return 1;
}

static int
check_for_people(const char *path)
{
	struct terminal_report say;
	struct config *config;
	struct sink out;

	terminal_report_init(&say, false);
	config = load(path, &say.report);
	if (config == NULL)
		return say_wrong(path, say.report.errors);
	sink_init(&out, text, sizeof(text));
	sink_byte(&out, '\n');
	describe_config(config, &out);
	config_free(config);
	fwrite(text, 1, out.n, stdout);
	printf("%s: %sright%s, with %u %s\n", say_plain(path),
	    paint_on(stdout, PAINT_GOOD), paint_off(stdout), say.warnings,
	    say.warnings == 1 ? "warning" : "warnings");
	return 0;
}

int
cli_check(int argc, char **argv)
{
	struct option_value json = { .name = "json", .flag = true };
	const char *path = NULL;
	size_t n;
	int code = options_read(argc, argv, usage, &json, 1, &path, 1, &n);

	if (code >= 0)
		return code;
	path = command_config(path);
	return (json.n > 0 ? check_for_programs : check_for_people)(path);
}
