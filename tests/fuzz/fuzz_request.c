/*
 * handle() on any request of a user who is logged in. The input's first line
 * is the query; what follows, if anything does, is a body: JSON if it begins
 * with a brace, a form if not. What is signed must be the policy's and the
 * owner's, and the signature must be over it.
 */
#include "../unit/deciding.h"
#include "app.h"
#include "fuzz.h"
#include "session/jwt.h"
#include "signed_params.h"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"
#define POLICIES                                                               \
	"avatar = { action = \"upload\"; shared_tags = true;\n"                \
	"  set = { public_id = \"users/{user}/{random}\"; tags = \"own\";\n"   \
	"    overwrite = false; };\n"                                          \
	"  allow = { context = { caption = \"text 20\"; n = \"int -5..50\"; "  \
	"};\n"                                                                 \
	"    tags = \"text 10 x3\"; async = \"bool\";\n"                       \
	"    format = [ \"jpg\", \"webp\" ]; }; };\n"                          \
	"remove = { action = \"destroy\"; set = { invalidate = true; };\n"     \
	"  allow = { public_id = \"users/{user}/**\"; }; };\n"                 \
	"widget = { action = \"upload\"; reusable = true;\n"                   \
	"  set = { upload_preset = \"site\"; };\n"                             \
	"  allow = { public_id = \"users/{user}/*\"; source = [ \"uw\" ];\n"   \
	"    context = { caption = \"text 20\"; }; }; };\n"

static struct config *config;
static struct workspace workspace;
static unsigned char cookie[1024];
static struct request request;
static struct answer answer;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct deciding d;
	struct sink out;

	(void)argc;
	(void)argv;
	deciding_open(&d, POLICIES);
	sandbox_close(&d.box);
	config = d.config;
	sink_init(&out, cookie, sizeof(cookie));
	sink_text(&out, "session=");
	must(jwt_make(&config->session, &config->session.keys[0],
		 SPAN_LIT("{\"sub\":\"alice\",\"exp\":1767229200}"), &out),
	    "there is a session");
	request = (struct request){ .intake = INTAKE_WHOLE,
		.cookie = sink_view(&out),
		.remote_addr = SPAN_LIT("192.0.2.7") };
	return 0;
}

static bool
fill(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	memset(out, 0x5a, n);
	return true;
}

static void
ask(struct span input)
{
	static struct random_source source = { fill };
	static struct world world = { &source };
	struct span_cut line = span_cut(input, '\n');
	bool brace = span_starts(line.tail, SPAN_LIT("{"));

	request.method = span_of(line.found ? "POST" : "GET");
	request.query = line.head;
	request.body = line.tail;
	request.content_type = span_of(brace ? JSON : FORM);
	memset(&workspace, 0xa5, sizeof(workspace));
	handle(config, &request, DECIDING_NOW, &world, &workspace, &answer);
	/* The program gave jansson an allocator of its own. */
	json_set_alloc_funcs(malloc, free);
}

static json_t *
read_json(struct span s)
{
	return json_loadb((const char *)s.p, s.n, JSON_REJECT_DUPLICATES, NULL);
}

static void
check_grant(const json_t *body)
{
	static struct signed_params all;
	const struct policy *policy = config_policy(config, answer.policy);
	const json_t *signature = json_object_get(body, "signature");
	json_t *asked = read_json(request.body);
	json_t *fields = json_object_get(body, "fields");

	/* The final contract signs what the client's own list says. */
	if (fields == NULL)
		fields = json_object_get(asked, "paramsToSign");
	if (fields == NULL)
		fields = json_object_get(asked, "params_to_sign");
	must(policy != NULL && fields != NULL, "it is known what was granted");
	signed_collect(&all, fields);
	signed_judge(&all, policy, SPAN_LIT("users/alice/"));
	must(signed_by(&all, policy->cloud, span_of(SANDBOX_SECRET),
		 span_of(json_string_value(signature))),
	    "the signature is of these parameters");
	json_decref(asked);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *body;

	ask((struct span){ data, size });
	body = read_json(answer.body);
	must(json_is_object(body), "the answer is a JSON object");
	must(answer.status == 200 ||
		 (answer.status >= 400 && answer.status < 500),
	    "the status is a grant or a refusal");
	if (answer.status == 200 && span_is(span_of(answer.code), "granted"))
		check_grant(body);
	else
		must(json_object_get(body, "signature") == NULL &&
			 json_object_get(body, "fields") == NULL,
		    "only a grant is signed");
	json_decref(body);
	return 0;
}
