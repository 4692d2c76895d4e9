#include "test.h"

#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "http/form.h"
#include "params_text.h"

static struct bench b;

static void
takes_span(struct span form, const char *text)
{
	struct span copy = guarded(form);

	assert_true(form_read(copy, bench_start(&b, ARENA_MAX)));
	assert_int_equal(b.why.status, 0);
	assert_params(&b.params, text);
	guard_free(copy);
}

static void
takes(const char *form, const char *text)
{
	takes_span(span_of(form), text);
}

static void
refuses_span(struct span form, const char *code)
{
	struct span copy = guarded(form);

	assert_false(form_read(copy, bench_start(&b, ARENA_MAX)));
	assert_refused(&b.why, code);
	guard_free(copy);
}

static void
refuses(const char *form, const char *code)
{
	refuses_span(span_of(form), code);
}

TEST(test_pairs)
{
	takes("", "");
	takes("a=1", "a=<1>");
	takes("a=", "a=<>");
	takes("a=1&b=2", "a=<1> b=<2>");
	takes("a=b=c==", "a=<b=c==>");
	takes("a=1;b=2", "a=<1;b=2>");
	takes("public_id=users/a.b-c~d", "public_id=<users/a.b-c~d>");
	refuses("{\"a\":\"b=c\"}", "malformed");
	assert_true(span_is(sink_view(&b.why.detail),
	    "\"{\\x22a\\x22:\\x22b=c\\x22}\" is not name=value; JSON comes "
	    "with "
	    "the content type application/json."));
	refuses("&", "malformed");
	refuses("a", "malformed");
	refuses("a=1&", "malformed");
	refuses("&a=1", "malformed");
	refuses("a=1&&b=2", "malformed");
	refuses("a=1&b", "malformed");
	refuses("=1", "malformed");
	refuses("=", "malformed");
	refuses("a=1&=2", "malformed");
}

TEST(test_decoding)
{
	takes("a=b+c%20d%2B", "a=<b c d+>");
	takes("a=%41%6a%6A", "a=<Ajj>");
	takes("a=%26%3d%25", "a=<&=%>");
	takes("a=%2541", "a=<%41>");
	takes("%61=1", "a=<1>");
	takes("public%5fid=1", "public_id=<1>");
	takes("a=\xc3\xa9%C3%A9\xc3%a9", "a=<\xc3\xa9\xc3\xa9\xc3\xa9>");
	takes("a=%F0%9F%98%80", "a=<\xf0\x9f\x98\x80>");
	refuses("a=%", "malformed a");
	refuses("a=%4", "malformed a");
	refuses("a=x%", "malformed a");
	refuses("a=x%2", "malformed a");
	refuses("a=%4&b=1", "malformed a");
	refuses("a=%4g", "malformed a");
	refuses("a=%g4", "malformed a");
	refuses("a=% 41", "malformed a");
	refuses("a=%+4", "malformed a");
	refuses("a=%-1", "malformed a");
	refuses("a=%u0041", "malformed a");
	refuses("a=%%41", "malformed a");
	refuses("%=1", "malformed");
	refuses("a%6=1", "malformed");
	refuses("a%00=1", "malformed");
}

/* The escape of every byte, and every two bytes as an escape. */
TEST(test_every_byte)
{
	for (unsigned c = 0; c < 256; c++) {
		char form[8], text[8];
		unsigned char raw[] = { 'a', '=', (unsigned char)c };
		struct span s = { raw, 3 };

		snprintf(form, sizeof(form), "a=%%%02X", c);
		snprintf(text, sizeof(text), "a=<%c>", (int)c);
		if (c < 0x20 || c > 0x7e) {
			refuses(form, "malformed a");
			refuses_span(s, "malformed a");
			continue;
		}
		takes(form, text);
		if (c == '+')
			takes_span(s, "a=< >");
		else if (c == '&')
			refuses_span(s, "malformed");
		else if (c == '%')
			refuses_span(s, "malformed a");
		else
			takes_span(s, text);
	}
}

static bool
is_hex(unsigned c)
{
	return c != 0 && strchr("0123456789abcdefABCDEF", (int)c) != NULL;
}

TEST(test_every_escape)
{
	unsigned char form[] = "a=%00";
	struct span s = { form, 5 };

	for (unsigned c = 0; c < 65536; c++) {
		unsigned high = c >> 8, low = c & 255;

		form[3] = (unsigned char)high;
		form[4] = (unsigned char)low;
		if (is_hex(high) && is_hex(low) && high >= '2' && high <= '6')
			assert_true(form_read(s, bench_start(&b, 4096)));
		else if (!is_hex(high) || !is_hex(low))
			assert_false(form_read(s, bench_start(&b, 4096)));
	}
}

TEST(test_utf8)
{
	refuses("a=\xc3", "malformed a");
	refuses("a=%C3", "malformed a");
	refuses("a=%C3&b=%A9", "malformed a");
	refuses("a=%C0%AF", "malformed a");
	refuses("a=%ED%A0%80", "malformed a");
	refuses("a=%F4%90%80%80", "malformed a");
	refuses("a=%C2%85", "malformed a");
	takes("a=%C2%A0", "a=<\xc2\xa0>");
	takes("a=%EF%BF%BF", "a=<\xef\xbf\xbf>");
}

TEST(test_names)
{
	refuses("A=1", "bad_name");
	refuses("a1=1", "bad_name");
	refuses("a+=1", "bad_name");
	refuses("+a=1", "bad_name");
	refuses("a-b=1", "bad_name");
	refuses("a.b=1", "bad_name");
	refuses("datax[tags]=1", "bad_name");
	refuses("[]=1", "bad_name");
	refuses("a[][]=1", "bad_name");
	refuses("a[0]=1", "bad_name");
	refuses("a[=1", "bad_name");
	refuses("a]=1", "bad_name");
	refuses("paramsToSign=1", "malformed");
	refuses("paramsToSign[]={}", "bad_name");
	refuses("params_to_sign[]={}", "bad_name");
	refuses("paramsToSign[a]b=1", "bad_name");
	refuses("paramsTosign[a]=1", "bad_name");
	refuses("\xd0\xb0=1", "bad_name");
}

TEST(test_lists)
{
	takes("a[]=1", "a=[<1>]");
	takes("a[]=1&a[]=2&b=3&a[]=", "a=[<1><2><>] b=<3>");
	takes("a%5B%5D=1&a[]=2&b%5b%5d=3", "a=[<1><2>] b=[<3>]");
	takes("a[]=1&b[]=2&a[]=3&b[]=4", "a=[<1><3>] b=[<2><4>]");
	refuses("a=1&a=1", "duplicate a");
	refuses("a=1&b=2&%61=3", "duplicate a");
	refuses("a=1&a[]=2", "duplicate a");
	refuses("a[]=1&a=2", "duplicate a");
}

static void
takes_policy(const char *form, const char *policy)
{
	assert_true(form_read(span_of(form), bench_start(&b, ARENA_MAX)));
	assert_params(&b.params, "a=<1>");
	assert_true(span_is(b.r.policy, policy));
}

TEST(test_own)
{
	takes_policy("policy=avatar&a=1", "avatar");
	takes_policy("a=1&%70olicy=a%20b", "a b");
	takes_policy("a=1", "");
	refuses("policy=a&policy=a", "duplicate policy");
	refuses("policy=", "malformed policy");
	refuses("policy[]=a", "bad_name");
	refuses("contract[]=a", "bad_name");
	refuses("policy=%00", "malformed policy");
	refuses("contract=x", "contract_unknown contract");
	refuses("contract=", "contract_unknown contract");
	refuses("contract=text&contract=text", "duplicate contract");
	refuses("contract[]=text", "bad_name");
	takes("%63ontract=%74ext&a=1", "a=<1>");
	assert_int_equal(b.r.contract, CONTRACT_TEXT);
	takes("contract=classic", "");
	assert_int_equal(b.r.contract, CONTRACT_CLASSIC);
}

static void
takes_written(const char *form, const char *text, const char *data, bool bare)
{
	assert_true(form_read(span_of(form), bench_start(&b, ARENA_MAX)));
	assert_params(&b.params, text);
	assert_true(span_is(b.r.data, data));
	assert_int_equal(b.r.bare, bare);
}

/* As jQuery writes { data: { ... } }. */
TEST(test_data)
{
	takes_written("policy=p&contract=text", "", "", false);
	takes_written("a=1", "a=<1>", "", true);
	takes_written("a[]=1", "a=[<1>]", "", true);
	takes_written("data[a]=1&policy=p", "a=<1>", "a", false);
	takes_written("data%5Ba%5D=1&data%5bb%5d=2", "a=<1> b=<2>", "b", false);
	takes_written("data[a][]=1&data[a][]=2", "a=[<1><2>]", "a", false);
	takes_written("data%5Ba%5D%5B%5D=1", "a=[<1>]", "a", false);
	takes_written("data[a]=1&b=2", "a=<1> b=<2>", "a", true);
	takes_written("data[]=1", "data=[<1>]", "", true);
	takes_written("data=1", "data=<1>", "", true);
	takes_written("data[data]=1", "data=<1>", "data", false);
	takes_written("params_to_sign[a]=1&policy=p", "a=<1>", "a", false);
	takes_written("paramsToSign[a][]=1", "a=[<1>]", "a", false);
	takes_written(
	    "params_to_sign={\"a\":[\"1\",\"2\"]}", "a=[<1><2>]", "", false);
	takes_written("b=1&paramsToSign={\"a\":7}", "b=<1> a=<7>", "", true);
	refuses("b=1&paramsToSign={\"b\":7}", "duplicate b");
	refuses("params_to_sign={}&params_to_sign={}", "duplicate");
	refuses("params_to_sign[a]=1&paramsToSign[b]=1", "duplicate");
	refuses("params_to_sign[a]=1&data[b]=1", "duplicate");
	refuses("params_to_sign={\"a\":1}&params_to_sign[b]=1", "duplicate");
	refuses("data[a]=1&data[a]=1", "duplicate a");
	refuses("data[a]=1&a=1", "duplicate a");
	refuses("a=1&data[a]=1", "duplicate a");
	refuses("data[a]=1&data[a][]=1", "duplicate a");
	refuses("data[policy]=a", "bad_name");
	refuses("data[contract]=text", "bad_name");
	refuses("data[policy][]=a", "bad_name");
	refuses("data[a]b=1", "bad_name");
	refuses("data[a=1", "bad_name");
	refuses("data[=1", "bad_name");
	refuses("data[][]=1", "bad_name");
	refuses("data[a][][]=1", "bad_name");
	refuses("data[a][b]=1", "bad_name");
	refuses("data[[a]]=1", "bad_name");
	refuses("data[data[a]]=1", "bad_name");
	refuses("data[publicId]=1", "bad_name");
	refuses("Data[a]=1", "bad_name");
	refuses("data [a]=1", "bad_name");
}

/* n pairs "xy=" (or "xy[]=") of different or equal names. */
static struct span
pairs_of(size_t n, bool same, const char *end)
{
	static char form[PARAMS_MAX * LIST_MAX];
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(form + at, sizeof(form) - at, "%s%c%c%s",
		    i > 0 ? "&" : "", same ? 'a' : (int)('a' + i / 26),
		    same ? 'a' : (int)('a' + i % 26), end);
	return (struct span){ (unsigned char *)form, at };
}

TEST(test_limits)
{
	for (size_t n = PARAMS_MAX - 1; n <= PARAMS_MAX; n++) {
		assert_true(form_read(
		    pairs_of(n, false, "="), bench_start(&b, ARENA_MAX)));
		assert_true(form_read(
		    pairs_of(n, false, "[]="), bench_start(&b, ARENA_MAX)));
		assert_int_equal(b.params.n, n);
	}
	refuses_span(pairs_of(PARAMS_MAX + 1, false, "="), "too_many cm");
	refuses_span(pairs_of(PARAMS_MAX + 1, false, "[]="), "too_many cm");
	for (size_t n = LIST_MAX - 1; n <= LIST_MAX; n++) {
		assert_true(form_read(
		    pairs_of(n, true, "[]="), bench_start(&b, ARENA_MAX)));
		assert_int_equal(b.params.p[0].n, n);
	}
	refuses_span(pairs_of(LIST_MAX + 1, true, "[]="), "too_many aa");
}

/* Each amount of room is enough, or the refusal says that it is not. */
TEST(test_room)
{
	struct span form = SPAN_LIT("a=%41+b&b[]=%42&b[]=c&policy=p+q&c=d");
	size_t room = 0;

	while (!form_read(form, bench_start(&b, room++)))
		assert_refused(&b.why, "too_many");
	assert_true(room > 100 && room < 4096);
	assert_params(&b.params, "a=<A b> b=[<B><c>] c=<d>");
}
