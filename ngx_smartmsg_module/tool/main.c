/*
 * smartmsgctl: rules, switches, visitors and statistics of
 * ngx_smartmsg_module, from the command line.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool/options.h"
#include "tool/redis.h"
#include "tool/text.h"

#ifndef SMARTMSG_VERSION
#define SMARTMSG_VERSION "1.0.0"
#endif

const ctl_command_t ctl_commands[] = {
    { "check", "FILE|DIR...", "Check rules, and say all that is wrong",
      "Facts that the server is not known to have are reported, too; name\n"
      "those of your smartmsg_fact directives with --fact NAME. With --groups\n"
      "groups that are not in that file are reported as well.\n",
      "fact groups", 1, SIZE_MAX, ctl_check },
    { "list", "", "List the rules, their state and today's figures",
      "With --rules also those of the files, which Redis' rules override.\n",
      "rules", 0, 0, ctl_list },
    { "push", "FILE|DIR...", "Put rules into Redis, all or none",
      "exit-cart.json becomes the rule exit-cart. If one is broken, nothing\n"
      "is changed.\n",
      "fact", 1, SIZE_MAX, ctl_push },
    { "pull", "DIR", "Write the rules of Redis into files", NULL,
      "", 1, 1, ctl_pull },
    { "on", "RULE...", "Switch rules on",
      "'*', or --all, is the main switch.\n",
      "all", 0, SIZE_MAX, ctl_on },
    { "off", "RULE...", "Switch rules off",
      "'*', or --all, is the main switch.\n",
      "all", 0, SIZE_MAX, ctl_off },
    { "rm", "RULE...", "Remove rules from Redis",
      "A rule of the same name in the server's files serves again.\n",
      "", 1, SIZE_MAX, ctl_rm },
    { "diff", "DIR", "Compare files with the rules of Redis", NULL,
      "", 1, 1, ctl_diff },
    { "explain", "[FILE|-]", "Tell which rules apply to facts, and why not",
      "FILE is a JSON object of facts, - the standard input.\n",
      "fact groups rules offline at timezone visitor", 0, 1, ctl_explain },
    { "preview", "RULE", "Make a link that shows a rule's message",
      "Whoever has the link sees the message at its moment, on or off, and in\n"
      "the browser's console why each rule was or was not chosen. Good for all\n"
      "pages of the site; nothing is counted.\n",
      "rules ttl url variation", 1, 1, ctl_preview },
    { "visitor", "show|export|delete ID",
      "What is known of a visitor", NULL, "", 2, 2, ctl_visitor },
    { "tail", "", "Follow the events as they come",
      "Ends with Ctrl-C.\n", "count since", 0, 0, ctl_tail },
    { "stats", "[RULE...]", "Impressions, clicks and dismissals", NULL,
      "days", 0, SIZE_MAX, ctl_stats },
    { NULL, NULL, NULL, NULL, NULL, 0, 0, NULL }
};

static void finish_output(void)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        ctl_fail(CTL_LOCAL, "the output could not be written");
    }
}

int main(int argc, char **argv)
{
    ctl_t ctl = { .redis = NULL };
    const ctl_command_t *command = ctl_options_parse(&ctl, argc, argv);
    int code = CTL_OK;

    if (ctl.options.version) {
        (void) printf("smartmsgctl %s\n", SMARTMSG_VERSION);

    } else if (ctl.options.help) {
        ctl_options_help(command);

    } else {
        ctl_color_init(&ctl);
        ctl_redis_options(&ctl);
        code = command->run(&ctl);
    }

    finish_output();
    ctl_redis_close(&ctl);
    free(ctl.options.password);
    free(ctl.options.args.words);
    free(ctl.options.facts.words);
    return code;
}
