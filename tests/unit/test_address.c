#include "test.h"

#include <stdio.h>

#include <arpa/inet.h>

#include "base/address.h"
#include "guard.h"

static bool
parses(const char *text, struct address *out)
{
	struct span copy = guarded(span_of(text));
	bool ok;

	memset(out, 0xa5, sizeof(*out));
	ok = address_parse(copy, out);
	guard_free(copy);
	return ok;
}

static bool
refuses(const char *text)
{
	static const struct address nothing;
	struct address a;

	return !parses(text, &a) && memcmp(&a, &nothing, sizeof(a)) == 0;
}

/* Is text an address, and this its one spelling? */
static bool
becomes(const char *text, const char *spelling)
{
	unsigned char mem[64];
	struct address a;
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	if (!parses(text, &a))
		return false;
	address_write(&a, &out);
	return span_is(sink_view(&out), spelling);
}

static bool
range_of(const char *text, struct address_range *out)
{
	struct span copy = guarded(span_of(text));
	bool ok = address_range_parse(copy, out);

	guard_free(copy);
	return ok;
}

static bool
in(const char *text, const char *range)
{
	struct address_range r;
	struct address a;

	assert_true(parses(text, &a));
	assert_true(range_of(range, &r));
	return address_in(&a, &r);
}

static bool
refuses_range(const char *text)
{
	struct address_range r = { { { 1 } }, 1 };
	static const struct address nothing;

	/* What is left after a refusal is no range of everything. */
	return !range_of(text, &r) && r.bits == 128 &&
	       memcmp(&r.base, &nothing, sizeof(nothing)) == 0;
}

TEST(v4_is_kept_as_mapped)
{
	static const struct address expected = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	    0xff, 0xff, 192, 0, 2, 1 } };
	static const char *const same[] = { "192.0.2.1", "::ffff:192.0.2.1",
		"::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1" };
	struct address a;

	for (size_t i = 0; i < 4; i++) {
		assert_true(parses(same[i], &a));
		assert_memory_equal(&a, &expected, sizeof(a));
		assert_true(becomes(same[i], "192.0.2.1"));
	}
	assert_true(parses("::fffe:192.0.2.1", &a));
	assert_memory_not_equal(&a, &expected, sizeof(a));
}

TEST(v4_octets)
{
	for (int at = 0; at < 4; at++)
		for (int value = 0; value <= 300; value++) {
			int b[] = { 1, 2, 3, 4 };
			char text[64];
			struct address a;

			b[at] = value;
			snprintf(text, sizeof(text), "%d.%d.%d.%d", b[0], b[1],
			    b[2], b[3]);
			assert_int_equal(parses(text, &a), value <= 255);
			assert_int_equal(
			    a.b[12 + at], value <= 255 ? value : 0);
		}
}

TEST(v4_refused)
{
	static const char *const bad[] = { "", ".", "...", "1", "1.2", "1.2.3",
		"1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "1.2.3.4.5",
		"010.0.0.1", "10.00.0.1", "10.0.0.01", "0x7f.0.0.1",
		"2130706433", "127.1", "+1.2.3.4", "-1.2.3.4", " 1.2.3.4",
		"1.2.3.4 ", "1.2.3.4\n", "1.2.3.4:80", "1.2.3.a", "1,2,3,4",
		"256.0.0.1", "1.2.3.4294967297", "1.2.3.18446744073709551617",
		"localhost", "1.2.3.4/32" };

	assert_true(becomes("10.0.0.1", "10.0.0.1"));
	assert_true(becomes("0.0.0.0", "0.0.0.0"));
	assert_true(becomes("255.255.255.255", "255.255.255.255"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!refuses(bad[i]))
			fail_msg("\"%s\" is accepted", bad[i]);
}

/* RFC 5952 sections 1 to 5, and the ends of the address space. */
TEST(v6_has_one_spelling)
{
	static const char *const examples[][2] = {
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:db8::1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:0db8::1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:db8:0:0:1::1", "2001:db8::1:0:0:1" },
		{ "2001:DB8:0:0:1::1", "2001:db8::1:0:0:1" },
		{ "2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001",
		    "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1" },
		{ "2001:db8:0:0:0::1", "2001:db8::1" },
		{ "2001:db8::0:1", "2001:db8::1" },
		{ "2001:db8:0:0:0:0:2:1", "2001:db8::2:1" },
		{ "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "::", "::" },
		{ "0:0:0:0:0:0:0:0", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "1:0:0:0:0:0:0:0", "1::" },
		{ "0:1:1:1:1:1:1:1", "0:1:1:1:1:1:1:1" },
		{ "1:1:1:1:1:1:1::", "1:1:1:1:1:1:1:0" },
		{ "::1:1:1:1:1:1:1", "0:1:1:1:1:1:1:1" },
		{ "0:0:1:1:1:1:0:0", "::1:1:1:1:0:0" },
		{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
		{ "::1.2.3.4", "::102:304" },
		{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		if (!becomes(examples[i][0], examples[i][1]))
			fail_msg("%s", examples[i][0]);
}

TEST(v6_refused)
{
	static const char *const bad[] = { ":", ":::", "::::", "1:::2",
		"1::2::3", "::1::", "1:", ":1", "1::2:", ":1::2",
		"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8:", "1:2:3:4::5:6:7:8", "::1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8::", "12345::", "00001::", "g::", "::-1",
		"fe80::1%eth0", "fe80::1%25eth0", "fe80::1%", "[::1]",
		"[::1]:80", " ::1", "::1 ", "::1\n", "::1/128",
		"1.2.3.4::", "::1.2.3.4:5", "::1.2.3", "::1.2.3.256",
		"::01.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4",
		"::ffff:1.2.3.4.5", "::ffff:010.0.0.1", "1.2.3.4:", ":1.2.3.4",
		"::0x1", "1:2:3:4:5:6:7::1.2.3.4", "1:2:3:4:5:6::1.2.3.4" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!refuses(bad[i]))
			fail_msg("\"%s\" is accepted", bad[i]);
}

/* libc as the second opinion. */
static bool
libc_parses(const char *text, struct address *out)
{
	struct in6_addr six;
	struct in_addr four;

	*out = (struct address){ { 0 } };
	if (inet_pton(AF_INET6, text, &six) == 1) {
		memcpy(out->b, &six, 16);
		return true;
	}
	if (inet_pton(AF_INET, text, &four) == 1) {
		out->b[10] = out->b[11] = 0xff;
		memcpy(out->b + 12, &four, 4);
		return true;
	}
	return false;
}

static void
same_as_libc(const char *text)
{
	struct address ours, theirs;
	bool right = libc_parses(text, &theirs);

	if (address_parse(span_of(text), &ours) != right ||
	    memcmp(&ours, &theirs, sizeof(ours)) != 0)
		fail_msg(
		    "\"%s\" is %staken by libc", text, right ? "" : "not ");
}

/* Every byte changed, dropped or put in, of addresses of every shape. */
TEST(parses_as_libc_does)
{
	static const char *const seeds[] = { "192.0.2.1", "10.20.30.255",
		"2001:db8::1", "::", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7.8.9.0",
		"abcd::ef01:0", "1::2:3:4:5:6:7" };
	const char *put = "01259afAFgx.:%/ -";

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
		for (size_t at = 0; at <= strlen(seeds[i]); at++)
			for (const char *c = put; *c != '\0'; c++) {
				const char *rest = seeds[i] + at;
				int n = (int)at;
				char text[64];

				snprintf(text, sizeof(text), "%.*s%c%s", n,
				    seeds[i], *c, rest);
				same_as_libc(text);
				if (*rest == '\0')
					continue;
				snprintf(text, sizeof(text), "%.*s%c%s", n,
				    seeds[i], *c, rest + 1);
				same_as_libc(text);
				snprintf(text, sizeof(text), "%.*s%s", n,
				    seeds[i], rest + 1);
				same_as_libc(text);
			}
}

/* Every pattern of zero, short and long groups. */
TEST(writes_as_libc_does)
{
	static const unsigned groups[] = { 0, 0x1, 0xa0b0 };

	for (unsigned i = 0; i < 6561; i++) {
		struct address a = { { 0 } };
		char theirs[INET6_ADDRSTRLEN];
		unsigned char mem[39];
		struct sink ours;

		for (unsigned at = 0, rest = i; at < 8; at++, rest /= 3) {
			a.b[2 * at] = (unsigned char)(groups[rest % 3] >> 8);
			a.b[2 * at + 1] = (unsigned char)groups[rest % 3];
		}
		assert_non_null(
		    inet_ntop(AF_INET6, &a, theirs, sizeof(theirs)));
		/* libc writes the long obsolete ::1.2.3.4. */
		if (strchr(theirs, '.') != NULL)
			continue;
		sink_init(&ours, mem, sizeof(mem));
		address_write(&a, &ours);
		if (!span_is(sink_view(&ours), theirs))
			fail_msg("%s is written otherwise", theirs);
		assert_true(becomes(theirs, theirs));
	}
}

TEST(ranges)
{
	assert_true(in("192.0.2.0", "192.0.2.0/24"));
	assert_true(in("192.0.2.255", "192.0.2.0/24"));
	assert_false(in("192.0.3.0", "192.0.2.0/24"));
	assert_false(in("192.0.1.255", "192.0.2.0/24"));
	assert_true(in("10.63.255.255", "10.0.0.0/10"));
	assert_false(in("10.64.0.0", "10.0.0.0/10"));
	assert_true(in("192.0.2.7", "192.0.2.7"));
	assert_true(in("192.0.2.7", "192.0.2.7/32"));
	assert_false(in("192.0.2.6", "192.0.2.7"));
	assert_true(in("192.0.2.6", "192.0.2.6/31"));
	assert_true(in("192.0.2.7", "192.0.2.6/31"));
	assert_false(in("192.0.2.8", "192.0.2.6/31"));
	assert_true(in("2001:db8:ffff::1", "2001:db8::/32"));
	assert_false(in("2001:db9::", "2001:db8::/32"));
	assert_true(in("::1", "::1"));
	assert_false(in("::2", "::1"));
}

/* One kind of address is not another, but everything is everything. */
TEST(ranges_of_both_kinds)
{
	assert_true(in("192.0.2.1", "::ffff:192.0.2.0/120"));
	assert_true(in("::ffff:192.0.2.1", "192.0.2.0/24"));
	assert_false(in("::192.0.2.1", "192.0.2.0/24"));
	assert_true(in("192.0.2.1", "0.0.0.0/0"));
	assert_false(in("2001:db8::1", "0.0.0.0/0"));
	assert_true(in("2001:db8::1", "::/0"));
	assert_true(in("192.0.2.1", "::/0"));
	assert_false(in("192.0.2.1", "2000::/3"));
}

/* For each number of bits: the last bit inside counts, the next does not. */
TEST(ranges_of_every_size)
{
	for (unsigned bits = 0; bits <= 128; bits++) {
		struct address_range r = { { { 0x20, 1, 0xd, 0xb8 } }, bits };
		struct address a;

		for (unsigned at = 0; at < 128; at++) {
			a = r.base;
			a.b[at / 8] ^= (unsigned char)(0x80 >> at % 8);
			assert_int_equal(address_in(&a, &r), at >= bits);
		}
		assert_true(address_in(&r.base, &r));
	}
}

TEST(range_host_bits)
{
	struct address_range r;

	for (unsigned bit = 0; bit < 32; bit++) {
		unsigned value = 1U << (31 - bit);
		char text[64];

		for (unsigned bits = 0; bits <= 33; bits++) {
			snprintf(text, sizeof(text), "%u.%u.%u.%u/%u",
			    value >> 24, value >> 16 & 255, value >> 8 & 255,
			    value & 255, bits);
			assert_int_equal(
			    range_of(text, &r), bits > bit && bits <= 32);
		}
	}
	assert_true(range_of("2001:db8::/29", &r));
	assert_int_equal(r.bits, 29);
	assert_true(refuses_range("2001:db8::/28"));
	assert_true(refuses_range("2001:db8::1/127"));
	assert_true(range_of("192.0.2.0/24", &r));
	assert_int_equal(r.bits, 120);
}

TEST(ranges_refused)
{
	static const char *const bad[] = { "", "/", "/24", "192.0.2.0/",
		"0.0.0.0/33", "::/129", "::ffff:0.0.0.0/129", "192.0.2.0/024",
		"192.0.2.0/+24", "192.0.2.0/ 24", "192.0.2.0 /24",
		"192.0.2.0/24 ", "192.0.2.0/24/24", "192.0.2.0/-1",
		"192.0.2.0/255.255.255.0", "192.0.2/24", "192.0.2.0/24x",
		"0.0.0.0/4294967296", "0.0.0.0/18446744073709551616",
		"192.0.2.1/24", "192.0.2.0/22", "fe80::%eth0/64", "*" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!refuses_range(bad[i]))
			fail_msg("\"%s\" is accepted", bad[i]);
}
