/* The records that are written without libfcgi. Pure. */
#ifndef GATEWAY_REPLY_H
#define GATEWAY_REPLY_H

#include "base/sink.h"
#include "gateway/record.h"

/*
 * A whole answer: the text, its end, the end of the request. Nothing fits
 * (out is full) when the text is over 65535 bytes.
 */
void reply_answer(unsigned id, struct span text, struct sink *out);

/*
 * The answer to a management record: what GET_VALUES asks for, or that the
 * type is not known (FastCGI specification, 4). False, and nothing written,
 * when its content is broken.
 */
bool reply_management(const struct record *record, struct sink *out);

#endif
