/*
 * web: the page, as files that are part of the program.
 *
 * They are made from web/ when the program is built (tools/build_web.py).  A build without the
 * tools for that has none: then n is 0, and the api answers "/" with its list of calls.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "http/asset.h"

extern const struct http_assets web_assets;

#endif
