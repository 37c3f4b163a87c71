#include "core/trigger.h"

typedef struct {
    smartmsg_str_t name;
    uint32_t after;     /* milliseconds */
} kind_t;

static const kind_t kinds[SMARTMSG_TRIGGER_KINDS] = {
    [SMARTMSG_TRIGGER_EXIT] = {{"exit", 4}, 3000},
    [SMARTMSG_TRIGGER_IDLE] = {{"idle", 4}, 30000},
    [SMARTMSG_TRIGGER_DWELL] = {{"dwell", 5}, 30000},
    [SMARTMSG_TRIGGER_LOAD] = {{"load", 4}, 0},
};

smartmsg_str_t smartmsg_trigger_name(smartmsg_trigger_e kind)
{
    return kinds[kind].name;
}

bool smartmsg_trigger_find(smartmsg_str_t name, smartmsg_trigger_e *kind)
{
    for (int i = 0; i < SMARTMSG_TRIGGER_KINDS; i++) {
        if (smartmsg_str_eq(name, kinds[i].name)) {
            *kind = (smartmsg_trigger_e)i;
            return true;
        }
    }

    return false;
}

uint32_t smartmsg_trigger_default_after(smartmsg_trigger_e kind)
{
    return kinds[kind].after;
}
