#include "cloudinary/information.h"

#include "http/json_write.h"

void
information_write(const struct config *config, const struct cloud *cloud,
    const struct facts *facts, const struct request *request,
    struct arena *arena, struct sink *out)
{
	struct problem unused;
	struct json_out j;

	json_begin(&j, out);
	json_open(&j, '{');
	json_name(&j, "cloud_name");
	json_text(&j, cloud->cloud_name);
	json_name(&j, "api_key");
	json_text(&j, cloud->api_key);
	json_name(&j, "user");
	json_text(&j, facts->session->user);
	json_name(&j, "policies");
	json_open(&j, '[');
	for (size_t i = 0; i < config->n_policies; i++) {
		struct arena before = *arena;

		problem_clear(&unused);
		if (policy_open_to(
			&config->policies[i], facts, request, arena, &unused))
			json_text(&j, config->policies[i].name);
		*arena = before; /* nothing of it is needed further */
	}
	json_close(&j);
	json_name(&j, "server_time");
	json_number(&j, facts->now);
	json_close(&j);
}
