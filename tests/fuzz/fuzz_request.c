/*
 * handle() on any request of a user who is logged in. The input's first line
 * is the query; what follows, if anything does, is a body: JSON if it begins
 * with a brace, a form if not. A last byte that is one of the states
 * below is no part of either: it says how the world is. What is signed must be
 * the policy's and the owner's, the signature must be over it, and it must have
 * been counted.
 */
#include "../unit/deciding.h"
#include "../unit/fake_counters.h"
#include "app.h"
#include "cli/session_make.h"
#include "fuzz.h"
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
	"    format = [ \"jpg\", \"webp\" ]; }; limit = \"20/hour\"; };\n"     \
	"remove = { action = \"destroy\"; set = { invalidate = true; };\n"     \
	"  allow = { public_id = \"users/{user}/**\"; };\n"                    \
	"  limit = \"60/hour\"; limit_total = \"600/day\"; };\n"               \
	"guest = { action = \"upload\"; anonymous = true;\n"                   \
	"  set = { public_id = \"inbox/{random}\"; overwrite = false;\n"       \
	"    allowed_formats = \"jpg\"; };\n"                                  \
	"  allow = { context = { caption = \"text 20\"; }; };\n"               \
	"  limit = \"5/hour\"; limit_total = \"50/day\"; };\n"                 \
	"widget = { action = \"upload\"; reusable = true;\n"                   \
	"  set = { upload_preset = \"site\"; };\n"                             \
	"  allow = { public_id = \"users/{user}/*\"; source = [ \"uw\" ];\n"   \
	"    context = { caption = \"text 20\"; }; }; };\n"

/* How the world is; anything else: all in order. */
enum state {
	STATE_FULL = 1,
	STATE_CROWDED,
	STATE_BROKEN,
	STATE_NO_COUNTERS,
	STATE_DENIED,     /* alice may not ask */
	STATE_NO_DENIED,  /* nobody knows who may not */
	STATE_NO_SESSION, /* nobody is logged in */
	STATE_NO_ADDRESS, /* nor does the web server name one */
	STATE_MISCONFIGURED
};

static const struct span alice = SPAN_INIT("alice");
static const struct names nobody = { true, 0, NULL },
			  listed = { true, 1, &alice };
static struct config *config;
static struct workspace workspace;
static struct counting counting;
static unsigned char cookie[1024];
static struct span session;
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
	must(session_make(&config->session, &config->session.keys[0],
		 SPAN_LIT("{\"sub\":\"alice\",\"exp\":1767229200}"), 0, &out),
	    "there is a session");
	session = sink_view(&out);
	config->deny_users_file = SPAN_LIT("/etc/signpost/denied");
	return 0;
}

static bool
fill(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	memset(out, 0x5a, n);
	return true;
}

/* The input's last byte, when it is a state; it is cut off then. */
static enum state
state_of(struct span *input)
{
	unsigned char last;

	if (input->n == 0)
		return 0;
	last = input->p[input->n - 1];
	if (last < STATE_FULL || last > STATE_MISCONFIGURED)
		return 0;
	input->n--;
	return (enum state)last;
}

/* A full store says of every window that it is. */
static void
program(enum state state)
{
	counting_open(&counting);
	if (state == STATE_FULL)
		counting_say(&counting, COUNTERS_FULL, NULL, 0);
	else if (state == STATE_CROWDED)
		counting_say(&counting, COUNTERS_CROWDED, "no room", 57);
	else if (state == STATE_BROKEN)
		counting_say(&counting, COUNTERS_BROKEN, "no disk", 0);
	counting.fault = state == STATE_BROKEN ? "no disk" : NULL;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < POLICY_LIMITS_MAX; i++)
			counting.counts[k][i] =
			    (struct count){ LIMIT_COUNT_MAX, 60 };
}

static void
ask(struct span input, enum state state)
{
	static struct random_source source = { fill };
	struct world world = { .random = &source,
		.counters =
		    state == STATE_NO_COUNTERS ? NULL : &counting.counters,
		.denied = state == STATE_NO_DENIED ? NULL
			  : state == STATE_DENIED  ? &listed
						   : &nobody,
		.generation = 1 };
	struct span_cut line = span_cut(input, '\n');
	bool brace = span_starts(line.tail, SPAN_LIT("{"));

	program(state);
	request = (struct request){ .intake = INTAKE_WHOLE,
		.method = span_of(line.found ? "POST" : "GET"),
		.query = line.head,
		.body = line.tail,
		.content_type = span_of(brace ? JSON : FORM) };
	if (state != STATE_NO_SESSION)
		request.cookie = session;
	if (state != STATE_NO_ADDRESS)
		request.remote_addr = SPAN_LIT("192.0.2.7");
	memset(&workspace, 0xa5, sizeof(workspace));
	handle(state == STATE_MISCONFIGURED ? NULL : config, &request,
	    DECIDING_NOW, &world, &workspace, &answer);
}

static json_t *
read_json(struct span s)
{
	return json_loadb((const char *)s.p, s.n, JSON_REJECT_DUPLICATES, NULL);
}

/* Somebody was let in, and what has a limit was counted, once. */
static void
check_counted(const struct policy *policy, enum state state, size_t signatures)
{
	size_t n =
	    (policy->n_limits > 0 ? 1U : 0U) + (policy->n_totals > 0 ? 1U : 0U);

	must(state != STATE_MISCONFIGURED, "there is a configuration");
	must(policy->anonymous ||
		 (state != STATE_DENIED && state != STATE_NO_DENIED &&
		     state != STATE_NO_SESSION),
	    "only who is logged in, and not on the list, gets one");
	must(!policy->anonymous || state != STATE_NO_ADDRESS,
	    "everybody is counted by address");
	must(answer.granted == signatures && signatures <= answer.items,
	    "the answer says how many there are");
	if (n == 0) {
		must(counting.takes == 0, "nothing is counted without limits");
		return;
	}
	must(counting.takes == 1 && counting.said == COUNTERS_TAKEN,
	    "a signature is counted");
	must(counting.n_given == n && counting.amount == signatures,
	    "each is counted once, for each limit");
}

/* The fields are the policy's, and the signature is over them. */
static void
check_signed(const struct policy *policy, json_t *fields, struct span signature)
{
	static struct signed_params all;

	signed_collect(&all, fields);
	signed_judge(&all, policy,
	    span_of(policy->anonymous ? "inbox/" : "users/alice/"));
	must(signed_by(&all, policy->cloud, span_of(SANDBOX_SECRET), signature),
	    "the signature is of these parameters");
}

/* What a final contract's request says, for json_decref(). */
static json_t *
asked_again(enum contract contract)
{
	static unsigned char memory[ARENA_MAX];
	static struct params items[BATCH_MAX];
	struct ask asked = { .items = items };
	struct problem why;
	struct arena arena;

	problem_clear(&why);
	arena_init(&arena, memory, sizeof(memory));
	must(ask_read(&request, &arena, &asked, &why) &&
		 asked.contract == contract,
	    "this contract is asked for");
	json_set_alloc_funcs(malloc, free);
	return signed_asked(&items[0]);
}

/* Only the signature came back: it is over what the client's request says. */
static void
check_text(const struct policy *policy)
{
	json_t *fields = asked_again(CONTRACT_TEXT);

	check_signed(policy, fields, answer.body);
	json_decref(fields);
}

/* One object: a grant of what fields says, or of what the client said. */
static void
check_object(const struct policy *policy, const json_t *body)
{
	const json_t *signature = json_object_get(body, "signature");
	json_t *asked = read_json(request.body);
	json_t *fields = json_object_get(body, "fields"), *other = NULL;

	/* The final contract signs what the client's own list says. */
	if (fields == NULL)
		fields = json_object_get(asked, "paramsToSign");
	if (fields == NULL)
		fields = json_object_get(asked, "params_to_sign");
	if (fields == NULL) /* in a query or a form */
		fields = other = asked_again(CONTRACT_PARAMS_TO_SIGN);
	must(policy != NULL && fields != NULL, "it is known what was granted");
	check_signed(policy, fields, span_of(json_string_value(signature)));
	json_decref(asked);
	json_decref(other);
}

static void
check_cancelled(const json_t *item)
{
	must(json_is_true(json_object_get(item, "cancel")) &&
		 json_is_string(json_object_get(item, "error")) &&
		 json_is_string(json_object_get(item, "code")) &&
		 json_object_get(item, "apiKey") == NULL &&
		 json_object_get(item, "signature") == NULL,
	    "what is not granted is cancelled");
}

/* The answers to a batch, each with its item; how many were granted. */
static size_t
check_batch(const struct policy *policy, const json_t *body, json_t *items)
{
	bool list = json_is_array(items);
	size_t granted = 0, n = list ? json_array_size(items) : 1;

	must(json_is_array(body) == list, "a list is answered by a list");
	must(!list || json_array_size(body) == n, "each item has an answer");
	must(n > 0 && n <= BATCH_MAX && n == answer.items,
	    "a batch has a limit");
	for (size_t i = 0; i < n; i++) {
		const json_t *one = list ? json_array_get(body, i) : body;
		json_t *item = list ? json_array_get(items, i) : items;
		const json_t *signature = json_object_get(one, "signature");
		json_t *fields;

		if (signature == NULL) {
			check_cancelled(one);
			continue;
		}
		fields = signed_prepared(one, item);
		check_signed(
		    policy, fields, span_of(json_string_value(signature)));
		json_decref(fields);
		granted++;
	}
	return granted;
}

static void
check_grant(const json_t *body, enum state state)
{
	const struct policy *policy = config_policy(config, answer.policy);
	json_t *asked = read_json(request.body);
	json_t *items = json_object_get(asked, "prepareUploadParams");
	size_t granted = 1;

	must(policy != NULL, "it is known what was granted");
	if (answer.media == MEDIA_TEXT)
		check_text(policy);
	else if (items != NULL)
		granted = check_batch(policy, body, items);
	else
		check_object(policy, body);
	check_counted(policy, state, granted);
	json_decref(asked);
}

/* Neither by its name nor by its place, whatever the client sent. */
static void
check_refusal(const json_t *body, enum state state)
{
	bool health = span_is(span_of(answer.code), "health");
	const json_t *item;
	size_t i;

	must(answer.media != MEDIA_TEXT, "a bare text is a signature");
	must(json_object_get(body, "signature") == NULL &&
		 json_object_get(body, "fields") == NULL,
	    "only a grant is signed");
	json_array_foreach(body, i, item) check_cancelled(item);
	must(counting.takes == 0 || counting.said != COUNTERS_TAKEN,
	    "what is refused is not counted");
	must(counting.probes == 0 || health, "only ?health asks the store");
	must(answer.status != 503 || state != 0, "all is in order");
	must(!health || span_is(request.query, "health"),
	    "?health is asked exactly");
}

/* There is room for every head, and the counts' headers are in it. */
static void
check_written(void)
{
	static unsigned char mem[HEAD_OUT_MAX + BODY_OUT_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	answer_write(&answer, &out);
	must(!out.full && out.n - answer.body.n <= HEAD_OUT_MAX,
	    "the head fits its room");
	must(answer.n_rates == 0 || counting.takes == 1,
	    "rates are what was counted");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size };
	enum state state = state_of(&input);
	json_t *body;

	ask(input, state);
	body = read_json(answer.body);
	must(answer.media == MEDIA_TEXT ||
		 (answer.status == 200 && json_is_array(body)) ||
		 json_is_object(body),
	    "the answer is a JSON object, or a granted list, or bare text");
	must(answer.status == 200 || answer.status == 503 ||
		 (answer.status >= 400 && answer.status < 500),
	    "the status is a grant or a refusal");
	if (answer.status == 200 && span_is(span_of(answer.code), "granted"))
		check_grant(body, state);
	else
		check_refusal(body, state);
	check_written();
	json_decref(body);
	return 0;
}
