/*
 * Test vectors of the digests: those of NIST for FIPS 180-4, of RFC 2202 and
 * of RFC 4231 (all but case 5, which is about truncation), and chains over
 * every length, which Python computed without OpenSSL (its modules _sha1,
 * _sha256 and _sha512). In each list of four: SHA-1, SHA-256, SHA-384, SHA-512.
 */
#ifndef TESTS_DIGEST_VECTORS_H
#define TESTS_DIGEST_VECTORS_H

#include <stddef.h>

/* clang-format off */

static const struct {
	const char *text, *hex[4];
} fips_examples[] = {
	{
		"",
		{
			"da39a3ee5e6b4b0d3255bfef95601890afd80709",
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
			"274edebfe76f65fbd51ad2f14898b95b",
			"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
			"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
		}
	},
	{
		"abc",
		{
			"a9993e364706816aba3e25717850c26c9cd0d89d",
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
			"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
			"8086072ba1e7cc2358baeca134c825a7",
			"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
			"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
		}
	},
	{
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		{
			"84983e441c3bd26ebaae4aa1f95129e5e54670f1",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
			"3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6"
			"b0455a8520bc4e6f5fe95b1fe3c8452b",
			"204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
			"96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"
		}
	},
	{
		"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		{
			"a49b2446a02c645bf419f995b67091253a04a259",
			"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
			"09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
			"fcc7c71a557e2db966c3e9fa91746039",
			"8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
			"501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"
		}
	},
};

/* A million times "a". */
static const char *const fips_million[4] = {
	"34aa973cd4c4daa4f61eeb2bdbad27316534016f",
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	"9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
	"07b8b3dc38ecc4ebae97ddd87f3d8985",
	"e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
	"de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"
};

/*
 * text[i] is i * 7 + 3 modulo 256. The first of each pair is d(260) of
 * d(n) = H(d(n - 1) text[0..n]), n = 0..260; the second is m(260) of
 * m(n) = HMAC(text[0..n], m(n - 1) text[0..260 - n]), n = 1..260.
 */
static const char *const chains[4][2] = {
	{
		"fe7d2ad78d6d603b177045553dabad8f93eb79ba",
		"da59f93e279f652073189d8dd4d135f40e01063c"
	},
	{
		"a33af57ccb72d44fafee637dc06c69181bffbdd12a28f89773dc7c8927cb91f5",
		"eced25999c949215a3e97670197aa6713a489f2e860d2b7f5d507c6e2480323e"
	},
	{
		"ce23cc650587e534265cd1d365c59bc38f9dab6da9dd44f054c4ae320ff904c0"
		"01e33de654fce1ad55120e9e04d52bff",
		"3740ede22dba5119be550f14e4396423f0851ba34b2481b97a0353b08612a0fd"
		"52f078980a402255d3adf874c8f051e2"
	},
	{
		"6cea28ec4af7d8fe028ed5cf118fd547cbd38c48e4fc7ba290e353142dc8c893"
		"2f6e43f23ec954e8d8289099dec762c6ad26586df60b90f462527210d93e248a",
		"a309d22de7c5337fa7f57b7a611e85c530a3c7e3656270a96ad4106c087c5417"
		"f9a01c7fb2e00507838005514e7d6b7f8d04587aea166f4f7c6ba76b991141c7"
	},
};

/* A byte so many times, or a text when times is 0. */
struct rfc_bytes {
	const char *text;
	unsigned char byte;
	size_t times;
};
#define COUNTED \
	"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d" \
	"\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"

static const struct {
	struct rfc_bytes key, text;
	const char *hex; /* SHA-1 */
} rfc2202[] = {
	{
		{ NULL, 0x0b, 20 },
		{
			"Hi There", 0, 0
		},
		"b617318655057264e28bc0b6fb378c8ef146be00"
	},
	{
		{
			"Jefe", 0, 0
		},
		{
			"what do ya want for nothing?", 0, 0
		},
		"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
	},
	{
		{ NULL, 0xaa, 20 },
		{ NULL, 0xdd, 50 },
		"125d7342b9ac11cd91a39af48aa17b4f63f175d3"
	},
	{
		{ COUNTED, 0, 0 },
		{ NULL, 0xcd, 50 },
		"4c9007f4026250c6bc8414f9bf50c86c2d7235da"
	},
	{
		{ NULL, 0x0c, 20 },
		{
			"Test With Truncation", 0, 0
		},
		"4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"
	},
	{
		{ NULL, 0xaa, 80 },
		{
			"Test Using Larger Than Block-Size Key - Hash Key First", 0, 0
		},
		"aa4ae5e15272d00e95705637ce8a3b55ed402112"
	},
	{
		{ NULL, 0xaa, 80 },
		{
			"Test Using Larger Than Block-Size Key and Larger Than On"
			"e Block-Size Data", 0, 0
		},
		"e8e99d0f45237d786d6bbaa7965c7808bbff1a91"
	},
};

static const struct {
	struct rfc_bytes key, text;
	const char *hex[3]; /* SHA-256, SHA-384, SHA-512 */
} rfc4231[] = {
	{
		{ NULL, 0x0b, 20 },
		{
			"Hi There", 0, 0
		},
		{
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
			"afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
			"faea9ea9076ede7f4af152e8b2fa9cb6",
			"87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
			"daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
		}
	},
	{
		{
			"Jefe", 0, 0
		},
		{
			"what do ya want for nothing?", 0, 0
		},
		{
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
			"af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
			"8e2240ca5e69e2c78b3239ecfab21649",
			"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
			"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
		}
	},
	{
		{ NULL, 0xaa, 20 },
		{ NULL, 0xdd, 50 },
		{
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
			"88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
			"2a5ab39dc13814b94e3ab6e101a34f27",
			"fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
			"bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"
		}
	},
	{
		{ COUNTED, 0, 0 },
		{ NULL, 0xcd, 50 },
		{
			"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
			"3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e"
			"6801dd23c4a7d679ccf8a386c674cffb",
			"b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
			"a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"
		}
	},
	{
		{ NULL, 0xaa, 131 },
		{
			"Test Using Larger Than Block-Size Key - Hash Key First", 0, 0
		},
		{
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
			"4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
			"0c2ef6ab4030fe8296248df163f44952",
			"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
			"6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
		}
	},
	{
		{ NULL, 0xaa, 131 },
		{
			"This is a test using a larger than block-size key and a "
			"larger than block-size data. The key needs to be hashed "
			"before being used by the HMAC algorithm.", 0, 0
		},
		{
			"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
			"6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5"
			"a678cc31e799176d3860e6110c46523e",
			"e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
			"b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"
		}
	},
};
/* clang-format on */

#endif
