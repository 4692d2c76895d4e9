#include "cli/describe.h"

static void
describe_cloud(const struct cloud *cloud, struct sink *out)
{
	sink_say(out, "Account %v", cloud->cloud_name);
	if (cloud->label.n > 0)
		sink_say(out, " (cloud = %q)", cloud->label);
	sink_say(out,
	    ": API key %v, API secret ****, signatures with %s, at %v%s.\n",
	    cloud->api_key, describe_hash(cloud->hash), cloud->upload_prefix,
	    cloud->token_key == NULL ? "" : "; key for auth tokens ****");
}

static void
describe_origins(const struct origins *origins, struct sink *out)
{
	if (origins->n == 0)
		sink_text(out, "Pages of no other site may ask");
	else
		sink_text(out, "Pages of other sites may ask: ");
	describe_any(origins->o, origins->n, out);
	sink_text(out, ".\n");
}

static void
describe_store(const struct store_config *store, struct sink *out)
{
	if (store->kind == STORE_TCP)
		sink_say(out,
		    "Signatures are counted in Redis at %v, port %d, database "
		    "%d",
		    store->place, (long long)store->port,
		    (long long)store->database);
	else if (store->kind == STORE_UNIX)
		sink_say(
		    out, "Signatures are counted in Redis at %v", store->place);
	else
		sink_say(out, "Signatures are counted in the folder %v",
		    store->place);
	sink_text(
	    out, store->password.n > 0 ? ", with a password ****.\n" : ".\n");
}

static void
describe_files(const struct config *config, struct sink *out)
{
	if (config->deny_users_file.n > 0)
		sink_say(out, "The users in %v may not ask.\n",
		    config->deny_users_file);
	if (config->counts)
		describe_store(&config->store, out);
	if (config->log.n > 0)
		sink_say(out, "The log goes to %v.\n", config->log);
	else
		sink_text(out, "The log goes to standard error.\n");
}

void
describe_config(const struct config *config, struct sink *out)
{
	for (size_t i = 0; i < config->n_clouds; i++)
		describe_cloud(&config->clouds[i], out);
	describe_session(&config->session, out);
	describe_origins(&config->origins, out);
	describe_files(config, out);
	for (size_t i = 0; i < config->n_policies; i++)
		describe_policy(&config->policies[i], out);
	sink_byte(out, '\n');
	describe_reach(config, out);
}
