/* A policy at work: what tests of the decision share. */
#ifndef TESTS_DECIDING_H
#define TESTS_DECIDING_H

#include "cloudinary/api_sign.h"
#include "sandbox.h"

#define DECIDING_NOW 1767225600LL
#define DECIDING_RANDOM "000102030405060708090a0b0c0d0e0f"

struct deciding {
	struct sandbox box;
	struct config *config;
	unsigned char mem[65536], text[65536];
	struct arena arena;
	struct session session;
	struct facts facts;
	struct request request;
	struct grant grant;
	struct problem why;
	struct params params;
	struct span values[PARAMS_MAX];
	char signed_text[65536];
};

/* The policies are the last part of a configuration that is otherwise right.
 */
static inline void
deciding_open(struct deciding *d, const char *policies)
{
	static char text[65536];

	memset(d, 0x55, sizeof(*d));
	sandbox_open(&d->box);
	snprintf(text, sizeof(text), "%s%spolicies = {\n%s\n};\n",
	    SANDBOX_TOKEN_CLOUD, SANDBOX_SESSION, policies);
	d->config = sandbox_load(&d->box, text);
	if (d->config == NULL) {
		fprintf(stderr, "%s", d->box.said);
		abort();
	}
	arena_init(&d->arena, d->mem, sizeof(d->mem));
	d->session = (struct session){ .open = true,
		.user = SPAN_LIT("alice"),
		.expires = DECIDING_NOW + 3600,
		.claims = { JSON_KIND_OBJECT,
		    SPAN_LIT("{\"sub\":\"alice\",\"role\":\"editor\","
			     "\"groups\":[\"a\",\"b\"]}") } };
	d->facts = (struct facts){ .session = &d->session,
		.remote_addr = SPAN_LIT("192.0.2.7"),
		.now = DECIDING_NOW };
	for (unsigned char i = 0; i < 16; i++)
		d->facts.random[i] = i;
	d->request = (struct request){ .intake = INTAKE_WHOLE,
		.remote_addr = SPAN_LIT("192.0.2.7") };
	d->params.n = 0;
}

static inline void
deciding_close(struct deciding *d)
{
	config_free(d->config);
	sandbox_close(&d->box);
}

/* One more parameter of the next request. */
static inline void
deciding_send(struct deciding *d, const char *name, const char *value)
{
	struct param *p = &d->params.p[d->params.n];

	d->values[d->params.n] = span_of(value);
	*p = (struct param){ span_of(name), SHAPE_TEXT, 1,
		&d->values[d->params.n], NULL };
	d->params.n++;
}

static inline void
deciding_send_list(struct deciding *d, const char *name, enum shape shape,
    size_t n, const struct span *values, const struct span *keys)
{
	d->params.p[d->params.n++] =
	    (struct param){ span_of(name), shape, n, values, keys };
}

static inline bool
deciding_ask(struct deciding *d, const char *policy, enum contract contract)
{
	const struct policy *p = config_policy(d->config, span_of(policy));
	bool given;

	if (p == NULL)
		abort();
	arena_init(&d->arena, d->mem, sizeof(d->mem));
	problem_clear(&d->why);
	memset(&d->grant, 0x55, sizeof(d->grant));
	given = policy_decide(p, contract, &d->params,
	    &(struct ctx){ &d->facts, &d->arena, &d->why }, &d->grant);
	if (given != d->grant.given || given != (d->why.status == 0))
		abort();
	d->params.n = 0;
	return given;
}

/* The string to sign of the grant, "" without one. */
static inline const char *
deciding_string(struct deciding *d)
{
	struct signed_param params[PARAMS_MAX];
	struct sink out;

	for (size_t i = 0; i < d->grant.n; i++) {
		params[i].name = span_of(d->grant.fields[i].term->name);
		params[i].value = d->grant.fields[i].value;
	}
	sink_init(&out, d->signed_text, sizeof(d->signed_text) - 1);
	if (d->grant.given)
		string_to_sign(params, d->grant.n, &out);
	d->signed_text[out.n] = '\0';
	return d->signed_text;
}

#endif
