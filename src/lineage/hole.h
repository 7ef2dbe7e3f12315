/*
 * hole: how text says that a part of it is unknown.
 *
 * One byte stands for one unknown part, at the place where it stands.  It is a control byte that
 * source text does not hold; a reader of cells drops it from what it reads.  Runs of it mean the
 * same as one.  In a reported location it becomes "{}".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINEAGE_HOLE_H
#define LINEAGE_HOLE_H

#define HOLE_BYTE '\x1a'
#define HOLE_TEXT "\x1a"

#endif
