#include "core/renewal.h"

bool smartmsg_renewal_due(int64_t last, int64_t now)
{
    return last <= 0 || last > now
           || last / SMARTMSG_RENEWAL_PERIOD != now / SMARTMSG_RENEWAL_PERIOD;
}
