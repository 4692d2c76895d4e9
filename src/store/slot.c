#include "store/slot.h"

#include <limits.h>
#include <string.h>

#define WINDOW_BYTES 12
#define END_BYTES 8
#define CHECKED 56 /* bytes before the checksum */

static_assert(SLOT_TAG + SLOT_WINDOWS * WINDOW_BYTES <= CHECKED, "they fit");

static const unsigned lengths[SLOT_WINDOWS] = { 60, 3600, SLOT_DAY };

static const unsigned char no_name[SLOT_TAG];

void
slot_put(unsigned char *out, size_t n, unsigned long long value)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(value >> 8 * i & 0xff);
}

unsigned long long
slot_get(const unsigned char *in, size_t n)
{
	unsigned long long value = 0;

	for (size_t i = n; i > 0; i--)
		value = value << 8 | in[i - 1];
	return value;
}

/* The label keeps these apart from the names' tags under the same key. */
static bool
checksum(const struct hmac_key *key, unsigned index, const unsigned char *bytes,
    unsigned char out[static DIGEST_MAX])
{
	unsigned char number[4];
	struct span parts[] = { SPAN_LIT("slot"), { number, sizeof(number) },
		{ bytes, CHECKED } };

	slot_put(number, sizeof(number), index);
	return hmac_of(key, parts, 3, out) >= SLOT_BYTES - CHECKED;
}

void
slot_pack(const struct hmac_key *key, unsigned index, const struct slot *slot,
    unsigned char out[static SLOT_BYTES])
{
	unsigned char sum[DIGEST_MAX], *at = out + SLOT_TAG;

	memset(out, 0, SLOT_BYTES);
	memcpy(out, slot->tag, SLOT_TAG);
	for (size_t i = 0; i < SLOT_WINDOWS; i++, at += WINDOW_BYTES) {
		slot_put(
		    at, END_BYTES, (unsigned long long)slot->windows[i].end);
		slot_put(at + END_BYTES, WINDOW_BYTES - END_BYTES,
		    slot->windows[i].count);
	}
	/* Without a checksum it is damaged: that is the safe side. */
	if (checksum(key, index, out, sum))
		memcpy(out + CHECKED, sum, SLOT_BYTES - CHECKED);
}

bool
slot_unpack(const struct hmac_key *key, unsigned index,
    const unsigned char in[static SLOT_BYTES], struct slot *out)
{
	const unsigned char *at = in + SLOT_TAG;
	unsigned char sum[DIGEST_MAX];

	*out = (struct slot){ .tag = { 0 } };
	if (!checksum(key, index, in, sum) ||
	    !digest_equal(sum, in + CHECKED, SLOT_BYTES - CHECKED))
		return false;
	memcpy(out->tag, in, SLOT_TAG);
	for (size_t i = 0; i < SLOT_WINDOWS; i++, at += WINDOW_BYTES) {
		/* Over LLONG_MAX nothing was ever written. */
		out->windows[i].end =
		    (long long)(slot_get(at, END_BYTES) & LLONG_MAX);
		out->windows[i].count = (unsigned)slot_get(
		    at + END_BYTES, WINDOW_BYTES - END_BYTES);
	}
	return true;
}

size_t
slot_window(unsigned seconds)
{
	size_t i = 0;

	while (i < SLOT_WINDOWS && lengths[i] != seconds)
		i++;
	return i;
}

/* The end of the window that now lies in. */
static long long
end_at(size_t window, long long now)
{
	return (now / lengths[window] + 1) * lengths[window];
}

static bool
has_name(const struct slot *slot)
{
	return memcmp(slot->tag, no_name, SLOT_TAG) != 0;
}

bool
slot_settle(struct slot *slot, long long now)
{
	bool named = has_name(slot), changed = false;

	for (size_t i = 0; i < SLOT_WINDOWS; i++) {
		struct slot_window *w = &slot->windows[i];
		long long latest =
		    named ? end_at(i, now + SLOT_SLACK_SECONDS)
			  : now + SLOT_BLOCK_SECONDS + SLOT_SLACK_SECONDS;

		if (w->end <= latest)
			continue;
		w->end = named ? end_at(i, now) : now + SLOT_BLOCK_SECONDS;
		changed = true;
	}
	return changed;
}

long long
slot_end(const struct slot *slot)
{
	long long end = 0;

	for (size_t i = 0; i < SLOT_WINDOWS; i++)
		if (slot->windows[i].end > end)
			end = slot->windows[i].end;
	return end;
}

unsigned
slot_used(const struct slot *slot, size_t window, long long now)
{
	const struct slot_window *w = &slot->windows[window];

	return w->end > now ? w->count : 0;
}

unsigned
slot_resets(const struct slot *slot, size_t window, long long now)
{
	long long end = slot->windows[window].end, length = lengths[window];

	if (end <= now)
		end = end_at(window, now);
	return (unsigned)(end - now > length ? length : end - now);
}

void
slot_add(struct slot *slot, size_t window, unsigned amount, long long now)
{
	struct slot_window *w = &slot->windows[window];

	if (w->end <= now)
		*w = (struct slot_window){ end_at(window, now), 0 };
	w->count += amount;
}

void
slot_block(struct slot *slot, long long now)
{
	*slot = (struct slot){ .tag = { 0 } };
	for (size_t i = 0; i < SLOT_WINDOWS; i++)
		slot->windows[i] =
		    (struct slot_window){ now + SLOT_BLOCK_SECONDS, UINT_MAX };
}

bool
slot_blocked(const struct slot *slot, long long now)
{
	return !has_name(slot) && slot_end(slot) > now;
}
