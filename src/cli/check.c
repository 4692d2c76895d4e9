#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/options.h"
#include "cli/say.h"
#include "store/look.h"
#include "store/store.h"

/* The longest description: every policy with every parameter fits. */
#define DESCRIPTION_MAX 1048576

static const char usage[] =
    "usage: signpost check [CONF]\n"
    "\n"
    "Is this configuration right? Every mistake is named with its line; a\n"
    "right one is printed in sentences, secrets masked. Exit code 1 when\n"
    "there is a mistake.\n";

static void
say_missing(struct report *report, const char *path, const char *missing)
{
	report->say(report, SAY_ERROR, path, 0, span_of(missing));
	report->errors++;
}

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

int
cli_check(int argc, char **argv)
{
	static unsigned char text[DESCRIPTION_MAX];
	struct terminal_report say;
	struct config *config;
	const char *path = NULL, *missing = NULL;
	struct sink out;
	size_t n;
	int code = options_read(argc, argv, usage, NULL, 0, &path, 1, &n);

	if (code >= 0)
		return code;
	path = command_config(path);
	terminal_report_init(&say, false);
	config = config_load(path, &say.report);
	if (config != NULL)
		missing = store_missing(&config->store);
	if (missing != NULL)
		say_missing(&say.report, path, missing);
	if (config == NULL || missing != NULL) {
		config_free(config);
		fprintf(stderr, "%s: not right: %u %s\n", path,
		    say.report.errors,
		    say.report.errors == 1 ? "mistake" : "mistakes");
		return 1;
	}
	look_at_store(config, &say.report, path);
	sink_init(&out, text, sizeof(text));
	describe_config(config, &out);
	config_free(config);
	fwrite(text, 1, out.n, stdout);
	printf("%s: right, with %u %s\n", path, say.warnings,
	    say.warnings == 1 ? "warning" : "warnings");
	return fflush(stdout) == 0 ? 0 : 1;
}
