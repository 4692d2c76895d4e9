#include "test.h"

#include "cli/pasted.h"
#include "guard.h"

static unsigned char mem[512];
static struct sink out;
static bool bare;

static bool
reads(const char *text, const char *name)
{
	struct span pasted = guarded(span_of(text));
	bool right;

	sink_init(&out, mem, sizeof(mem));
	right = pasted_read(pasted, span_of(name), &out, &bare);
	guard_free(pasted);
	return right;
}

static void
header(const char *text, const char *want)
{
	assert_true(reads(text, "s"));
	assert_true(span_is(sink_view(&out), want));
	assert_false(bare);
}

TEST(headers)
{
	header("s=1", "s=1");
	header(" s=1; t=2 \r\n", "s=1; t=2");
	header("Cookie: s=1; t=2\n", "s=1; t=2");
	header("cookie:s=1", "s=1");
	header("Set-Cookie: s=1; Path=/; HttpOnly", "s=1");
	header("set-cookie: s=1; Path=/\r\nSet-Cookie: s.sig=2; Path=/\r\n",
	    "s=1; s.sig=2");
	header("\n\ns=1\n\n", "s=1");
	header("s=eyJ", "s=eyJ");
	header("s=", "s=");
	header("other=x", "other=x");
	header("s=a=b", "s=a=b");
	header("koa:sess=eyJ", "koa:sess=eyJ");
	header("user[id]=abc", "user[id]=abc");
	header("koa:sess=eyJ; koa:sess.sig=2", "koa:sess=eyJ; koa:sess.sig=2");
}

static void
lone(const char *text, const char *want)
{
	assert_true(reads(text, "s"));
	assert_true(span_is(sink_view(&out), want));
	assert_true(bare);
}

TEST(values)
{
	lone("abc.def.ghi", "s=abc.def.ghi");
	lone("eyJ1Ijo0Mn0=.ZVPxAA.sig\n", "s=eyJ1Ijo0Mn0=.ZVPxAA.sig");
	lone("eyJ1Ijo0Mn0=", "s=eyJ1Ijo0Mn0=");
	lone("YWI=", "s=YWI=");
	lone("YQ==", "s=YQ==");
	lone("a b=c", "s=a b=c");
	lone("42:1r31eq:ixk", "s=42:1r31eq:ixk");
	assert_true(reads("abc", ""));
	assert_true(bare && span_is(sink_view(&out), "abc"));
}

TEST(nothing)
{
	struct span nul = { (const unsigned char *)"a\0b", 3 };

	assert_false(reads("", "s"));
	assert_false(reads(" \n\r\n", "s"));
	assert_false(reads("Cookie:", "s"));
	sink_init(&out, mem, sizeof(mem));
	assert_false(pasted_read(nul, SPAN_LIT("s"), &out, &bare));
	for (size_t n = 0; n <= 5; n++) {
		sink_init(&out, mem, n);
		assert_int_equal(
		    pasted_read(SPAN_LIT("abc"), SPAN_LIT("s"), &out, &bare),
		    n == 5);
	}
}

TEST(pairs)
{
	struct span rest = SPAN_LIT(" a=1;; b = 2;c;=d ;"), name, value;

	assert_true(pasted_pair(&rest, &name, &value));
	assert_true(span_is(name, "a") && span_is(value, "1"));
	assert_true(pasted_pair(&rest, &name, &value));
	assert_true(span_is(name, "b") && span_is(value, "2"));
	assert_true(pasted_pair(&rest, &name, &value));
	assert_true(name.n == 0 && span_is(value, "c"));
	assert_false(pasted_pair(&rest, &name, &value) && name.n > 0);
}
