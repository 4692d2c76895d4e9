#include "store/redis_wire.h"

#ifdef WITH_HIREDIS

#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "base/digest.h"

struct redis_wire {
	redisReader *reader;
	size_t n_fed;    /* bytes of this answer */
	size_t expected; /* numbers in it */
	struct redis_answer answer;
};

/*
 * hiredis' reader fills the answer through these in place of making objects:
 * what is not of the form is refused (NULL) where it begins, so that nothing
 * is ever allocated because a server named a large number.
 */
static void *
take_text(const redisReadTask *task, char *text, size_t n)
{
	struct redis_wire *w = task->privdata;
	struct redis_answer *a = &w->answer;

	if (task->parent != NULL || (task->type != REDIS_REPLY_STATUS &&
					task->type != REDIS_REPLY_ERROR))
		return NULL;
	a->is_error = task->type == REDIS_REPLY_ERROR;
	if (n > REDIS_TEXT_KEPT)
		n = REDIS_TEXT_KEPT;
	for (size_t i = 0; i < n; i++)
		a->text_mem[i] = (unsigned char)text[i];
	for (size_t i = 0; i < n; i++)
		if (a->text_mem[i] < 0x20 || a->text_mem[i] > 0x7e)
			a->text_mem[i] = '?';
	a->text = (struct span){ a->text_mem, n };
	return a;
}

#if HIREDIS_MAJOR < 1
typedef int list_size;
#else
typedef size_t list_size;
#endif

static void *
take_list(const redisReadTask *task, list_size n)
{
	struct redis_wire *w = task->privdata;

	if (task->parent != NULL || n < 1 || n > REDIS_NUMBERS_MAX)
		return NULL;
	w->expected = (size_t)n;
	return &w->answer;
}

static void *
take_number(const redisReadTask *task, long long number)
{
	struct redis_wire *w = task->privdata;

	if (task->parent == NULL || w->answer.n == w->expected)
		return NULL;
	w->answer.numbers[w->answer.n++] = number;
	return &w->answer;
}

static void *
refuse_nil(const redisReadTask *task)
{
	(void)task;
	return NULL;
}

static void
free_nothing(void *object)
{
	(void)object;
}

static redisReplyObjectFunctions takers = {
	.createString = take_text,
	.createArray = take_list,
	.createInteger = take_number,
	.createNil = refuse_nil,
	.freeObject = free_nothing,
};

bool
redis_wire_built_in(void)
{
	return true;
}

struct redis_wire *
redis_wire_new(void)
{
	struct redis_wire *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->reader = redisReaderCreateWithFunctions(&takers);
	if (w->reader == NULL) {
		free(w);
		return NULL;
	}
	w->reader->privdata = w;
	return w;
}

void
redis_wire_free(struct redis_wire *w)
{
	if (w == NULL)
		return;
	redisReaderFree(w->reader);
	free(w);
}

struct span
redis_wire_command(const struct span *words, size_t n)
{
	const char *p[REDIS_WORDS_MAX];
	size_t sizes[REDIS_WORDS_MAX];
	char *command;
	int size;

	for (size_t i = 0; i < n; i++) {
		p[i] = (const char *)words[i].p;
		sizes[i] = words[i].n;
	}
	size = redisFormatCommandArgv(&command, (int)n, p, sizes);
	if (size < 0)
		return (struct span){ NULL, 0 };
	return (struct span){ (unsigned char *)command, (size_t)size };
}

void
redis_wire_drop(struct span command)
{
	/* Where it comes from it is writable. */
	char *p = (char *)(uintptr_t)command.p;

	wipe(p, command.n);
	redisFreeCommand(p);
}

void
redis_wire_expect(struct redis_wire *w)
{
	w->n_fed = w->expected = 0;
	w->answer = (struct redis_answer){ .n = 0 };
}

enum redis_wire_what
redis_wire_feed(
    struct redis_wire *w, struct span bytes, const struct redis_answer **answer)
{
	void *found = NULL;

	*answer = NULL;
	if (bytes.n > REDIS_ANSWER_MAX - w->n_fed ||
	    redisReaderFeed(w->reader, (const char *)bytes.p, bytes.n) !=
		REDIS_OK ||
	    redisReaderGetReply(w->reader, &found) != REDIS_OK)
		return REDIS_WIRE_BAD;
	w->n_fed += bytes.n;
	if (found == NULL)
		return REDIS_WIRE_PART;
	/* Later versions know more types, and make no object of them here. */
	if (found != &w->answer || w->answer.n != w->expected ||
	    w->reader->pos != w->reader->len)
		return REDIS_WIRE_BAD;
	*answer = &w->answer;
	return REDIS_WIRE_WHOLE;
}

#else

bool
redis_wire_built_in(void)
{
	return false;
}

struct redis_wire *
redis_wire_new(void)
{
	return NULL;
}

void
redis_wire_free(struct redis_wire *w)
{
	(void)w;
}

struct span
redis_wire_command(const struct span *words, size_t n)
{
	(void)words;
	(void)n;
	return (struct span){ NULL, 0 };
}

void
redis_wire_drop(struct span command)
{
	(void)command;
}

void
redis_wire_expect(struct redis_wire *w)
{
	(void)w;
}

enum redis_wire_what
redis_wire_feed(
    struct redis_wire *w, struct span bytes, const struct redis_answer **answer)
{
	(void)w;
	(void)bytes;
	*answer = NULL;
	return REDIS_WIRE_BAD;
}

#endif
