#include "core/depth.h"

bool smartmsg_json_is_deep(smartmsg_str_t text, int max)
{
    int depth = 0;
    bool string = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];

        if (string) {
            i += c == '\\';
            string = c != '"';
        } else if (c == '"') {
            string = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }

        if (depth > max) {
            return true;
        }
    }

    return false;
}
