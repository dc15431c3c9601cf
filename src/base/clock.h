/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* The only file that asks the machine for the time. */

/* Seconds UTC of the machine. Business code never calls it: it reads cx->now. */
int64_t clock_now(void);
/* Milliseconds of a clock that never jumps, for time limits and measurements. */
int64_t clock_mono_ms(void);

#endif
