/*
 * Reading `session`: what the files that share that work call of each other.
 * Each says its own mistakes; nothing outside src/policy includes this.
 */
#ifndef POLICY_CONF_SESSION_H
#define POLICY_CONF_SESSION_H

#include "policy/loader.h"

/* keys, whose derivation out already says. */
void conf_keys(struct loader *l, const config_setting_t *group,
    struct session_config *out);

/*
 * How the format signs, where a framework was told otherwise than its own
 * defaults, which out holds: algorithm, salt, key_derivation, timed.
 */
void conf_signing(struct loader *l, const config_setting_t *group,
    struct session_config *out);

/* variable of remote_user: one that no client can set. */
void conf_variable(struct loader *l, const config_setting_t *group,
    struct session_config *out);

/* save_path and serialize_handler of php. */
void conf_php(struct loader *l, const config_setting_t *group,
    struct session_config *out);

#endif
