#include "test.h"

#include <fcntl.h>
#include <time.h>

#include "asking.h"
#include "gateway/php_files.h"
#include "session/make.h"

#define KEYS " keys = ( { id = \"1\"; file = \"session.key\"; } );"

/* Every format; text is what is signed for the user alice at DECIDING_NOW. */
static const struct {
	const char *session, *text;
} formats[] = {
	{ "format = \"jwt\"; cookie = \"s\";" KEYS,
	    "{\"sub\":\"alice\",\"exp\":1767229200}" },
	{ "format = \"flask-jwt-extended\";" KEYS,
	    "{\"sub\":\"alice\",\"exp\":1767229200,\"type\":\"access\"}" },
	{ "format = \"fastapi-users\";" KEYS,
	    "{\"sub\":\"alice\",\"exp\":1767229200,\"aud\":"
	    "[\"fastapi-users:auth\"]}" },
	{ "format = \"simplejwt\"; cookie = \"s\";" KEYS,
	    "{\"user_id\":\"alice\",\"exp\":1767229200,\"token_type\":"
	    "\"access\"}" },
	{ "format = \"payload\"; collection = \"users\";" KEYS,
	    "{\"id\":\"alice\",\"collection\":\"users\",\"exp\":1767229200}" },
	{ "format = \"play\"; user = \"data.u\";" KEYS,
	    "{\"data\":{\"u\":\"alice\"},\"iat\":1767225600}" },
	{ "format = \"better-auth\";" KEYS,
	    "{\"session\":{\"expiresAt\":\"2026-01-01T01:00:00.000Z\"},"
	    "\"user\":{\"id\":\"alice\"},\"exp\":1767229200}" },
	{ "format = \"supabase\"; cookie = \"s\";" KEYS,
	    "{\"sub\":\"alice\",\"exp\":1767229200,\"aud\":"
	    "\"authenticated\",\"role\":\"authenticated\","
	    "\"is_anonymous\":false}" },
	{ "format = \"flask\";" KEYS, "{\"_user_id\":\"alice\"}" },
	{ "format = \"starlette\"; user = \"u\";" KEYS, "{\"u\":\"alice\"}" },
	{ "format = \"django\";" KEYS, "{\"_auth_user_id\":\"alice\"}" },
	{ "format = \"django-cookie\"; cookie = \"s\";" KEYS, "alice" },
	{ "format = \"itsdangerous\"; cookie = \"s\"; user = \"\";" KEYS,
	    "alice" },
	{ "format = \"express\";" KEYS, "{\"passport\":{\"user\":\"alice\"}}" },
	{ "format = \"koa\"; user = \"u\";" KEYS,
	    "{\"u\":\"alice\",\"_expire\":1767229200000}" },
	{ "format = \"cookie-signature\"; cookie = \"s\"; user = \"\";" KEYS,
	    "alice" },
	{ "format = \"remote_user\"; variable = \"U\";", NULL },
	{ "format = \"php\"; user = \"u\"; save_path = \".\"; max_age = "
	  "34560000;",
	    NULL },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static unsigned char made[4096];
static struct span proof; /* what the Cookie header says */

static void
write_proof(const char *text)
{
	struct sink out;

	sink_init(&out, made, sizeof(made));
	if (config->session.format == FORMAT_PHP)
		sink_text(&out, "PHPSESSID=abcdefghij0123456789ab");
	else if (text != NULL)
		assert_true(
		    session_make(&config->session, &config->session.keys[0],
			span_of(text), DECIDING_NOW, &out));
	proof = sink_view(&out);
}

/* Configures the format, and logs alice in. */
static void
log_in(size_t format)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    SANDBOX_CLOUD "session = { %s };\norigins = [ "
			  "\"https://www.example.com\" ];\n" SANDBOX_POLICIES,
	    formats[format].session);
	config = sandbox_load(&box, text);
	if (config == NULL)
		fprintf(stderr, "%s", box.said);
	assert_non_null(config);
	write_proof(formats[format].text);
	good("policy=avatar");
	world.php = &php_files;
	request.cookie = proof;
	if (config->session.format == FORMAT_REMOTE_USER)
		request.remote_user = SPAN_LIT("alice");
}

static void
log_out(void)
{
	config_free(config);
	config = NULL;
}

/* PHP's file is of now: any day in the past of DECIDING_NOW is wrong. */
static void
write_php(time_t at)
{
	char path[128];
	struct timespec times[2] = { { .tv_sec = at }, { .tv_sec = at } };

	sandbox_file(
	    &box, "sess_abcdefghij0123456789ab", "u|s:5:\"alice\";", 0600);
	snprintf(path, sizeof(path), "%s/sess_abcdefghij0123456789ab", box.dir);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static int
setup(void **state)
{
	(void)state;
	sandbox_open(&box);
	write_php(DECIDING_NOW);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sandbox_close(&box);
	return 0;
}

TEST(opens)
{
	for (size_t i = 0; i < FORMATS; i++) {
		log_in(i);
		assert_int_equal(ask(config), 200);
		assert_true(span_is(answer.user, "alice"));
		log_out();
	}
}

/* Row 24: what a browser sends by itself, from another site. */
TEST(cross_site)
{
	for (size_t i = 0; i < FORMATS; i++) {
		log_in(i);
		request.sec_fetch_site = SPAN_LIT("same-origin");
		assert_int_equal(ask(config), 200);
		request.sec_fetch_site = SPAN_LIT("cross-site");
		refused(403, "cross_site");
		request.sec_fetch_site = SPAN_LIT("same-site");
		refused(403, "cross_site");
		request.sec_fetch_site = SPAN_LIT("none");
		refused(403, "cross_site");
		request.sec_fetch_site = SPAN_LIT("");
		request.origin = SPAN_LIT("https://evil.example");
		refused(403, "origin_not_listed");
		request.origin = SPAN_LIT("null");
		refused(403, "origin_not_listed");
		request.origin = SPAN_LIT("https://www.example.com");
		assert_int_equal(ask(config), 200);
		log_out();
	}
}

static unsigned char first[1024];
static size_t first_n;

/* One text for every reason, whatever the format. */
static void
same_answer(void)
{
	refused(401, "no_session");
	assert_true(answer.body.n < sizeof(first));
	if (first_n == 0) {
		first_n = answer.body.n;
		memcpy(first, answer.body.p, first_n);
	}
	assert_int_equal(answer.body.n, first_n);
	assert_memory_equal(answer.body.p, first, first_n);
	assert_non_null(answer.reason);
	assert_int_equal(answer.user.n, 0);
}

/* Behind Supabase's token stands what nobody signed and nobody reads. */
static size_t
covered(void)
{
	return config->session.format == FORMAT_SUPABASE ? proof.n * 3 / 4
							 : proof.n;
}

TEST(one_refusal)
{
	for (size_t i = 0; i < FORMATS; i++) {
		log_in(i);
		request.cookie = SPAN_LIT("");
		request.remote_user = SPAN_LIT("");
		same_answer();
		request.cookie = SPAN_LIT("theme=dark");
		same_answer();
		if (config->session.format == FORMAT_REMOTE_USER) {
			request.remote_user = SPAN_LIT("a\nb");
			same_answer();
			log_out();
			continue;
		}
		request.cookie = proof;
		for (size_t at = proof.n / 3; at < covered(); at += 5) {
			made[at] ^= 2;
			same_answer();
			made[at] ^= 2;
		}
		request.cookie = span_head(proof, proof.n - 1);
		same_answer();
		log_out();
	}
}

/* The same key, and a good id: of another kind of account, or of token. */
TEST(other_kinds)
{
	static const struct {
		const char *format, *text;
	} kinds[] = {
		{ "flask-jwt-extended",
		    "{\"sub\":\"alice\",\"exp\":1767229200,\"type\":"
		    "\"refresh\"}" },
		{ "fastapi-users",
		    "{\"sub\":\"alice\",\"exp\":1767229200,\"aud\":"
		    "[\"fastapi-users:reset\"]}" },
		{ "simplejwt", "{\"user_id\":\"alice\",\"exp\":1767229200,"
			       "\"token_type\":\"refresh\"}" },
		{ "payload",
		    "{\"id\":\"alice\",\"exp\":1767229200,\"collection\":"
		    "\"customers\"}" },
		{ "payload", "{\"id\":\"alice\",\"exp\":1767229200}" },
		{ "better-auth",
		    "{\"session\":{\"expiresAt\":\"2026-01-01T01:00:00.000Z\"},"
		    "\"user\":{\"id\":\"alice\",\"isAnonymous\":true},"
		    "\"exp\":1767229200}" },
		{ "better-auth",
		    "{\"session\":{\"expiresAt\":\"2026-01-01T00:00:00.000Z\"},"
		    "\"user\":{\"id\":\"alice\"},\"exp\":1767229200}" },
		{ "better-auth",
		    "{\"user\":{\"id\":\"alice\"},\"exp\":1767229200}" },
		{ "supabase", "{\"sub\":\"alice\",\"exp\":1767229200,\"aud\":"
			      "\"authenticated\",\"role\":\"authenticated\","
			      "\"is_anonymous\":true}" },
		{ "supabase", "{\"sub\":\"alice\",\"exp\":1767229200,\"aud\":"
			      "\"authenticated\",\"role\":\"anon\"}" },
		{ "supabase", "{\"sub\":\"alice\",\"exp\":1767229200,\"aud\":"
			      "\"authenticated\",\"role\":\"service_role\"}" },
		{ "supabase", "{\"sub\":\"alice\",\"exp\":1767229200,\"role\":"
			      "\"authenticated\"}" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t k = 0; k < FORMATS; k++) {
			log_in(k);
			if (strcmp(config->session.name, kinds[i].format) ==
			    0) {
				write_proof(kinds[i].text);
				request.cookie = proof;
				same_answer();
			}
			log_out();
		}
}

/* A name in a request is nobody's: only remote_user looks at the variable. */
TEST(other_proofs)
{
	for (size_t i = 0; i < FORMATS; i++) {
		log_in(i);
		if (config->session.format != FORMAT_REMOTE_USER) {
			request.cookie = SPAN_LIT("");
			request.remote_user = SPAN_LIT("alice");
			same_answer();
		}
		log_out();
	}
}

TEST(php_is_not_there)
{
	log_in(FORMATS - 1);
	assert_int_equal(config->session.format, FORMAT_PHP);
	world.php = NULL;
	same_answer();
	log_out();
}

GROUP(setup, teardown);
