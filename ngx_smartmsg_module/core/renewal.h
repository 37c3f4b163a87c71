#ifndef SMARTMSG_CORE_RENEWAL_H
#define SMARTMSG_CORE_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The end of a session moves with each page view, but is written at most once
 * in each period: in the two minutes that begin where the clock's minute is
 * even, whoever comes first renews it. It is set a period later than it has to
 * be, so that for those who come after, what is left is still long enough.
 */
#define SMARTMSG_RENEWAL_PERIOD 120

/*
 * Whether a view at the time "now" has to renew the end of a session of which
 * "last" was the latest view; both in unix seconds. What cannot be the time of
 * a view before this one - not known (0 or less), still to come by this clock -
 * renews.
 */
bool smartmsg_renewal_due(int64_t last, int64_t now);

#endif
