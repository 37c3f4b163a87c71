#include "tool/options.h"

#include <stdio.h>
#include <stdlib.h>

#define OPTIONS_MAX 32

typedef enum { FLAG, TEXT, SECRET, LIST } kind_e;

typedef struct {
    const char *name;
    char letter;            /* 0: none */
    bool common;            /* to all commands */
    kind_e kind;
    size_t offset;          /* of the member of ctl_options_t */
    const char *value;      /* its name in the help; NULL for a flag */
    const char *help;
} option_t;

#define AT(member) offsetof(ctl_options_t, member)

static const option_t options[] = {
    { "all", 0, false, FLAG, AT(all), NULL,
      "the main switch, like '*'" },
    { "rules", 0, false, TEXT, AT(rules), "DIR",
      "the directory that smartmsg_rules names" },
    { "groups", 0, false, TEXT, AT(groups), "FILE",
      "a JSON object of saved groups: {\"ID\": [...], ...}" },
    { "offline", 0, false, FLAG, AT(offline), NULL,
      "do not ask Redis" },
    { "fact", 0, false, LIST, AT(facts), "NAME[=VALUE]",
      "a fact; may be repeated" },
    { "at", 0, false, TEXT, AT(at), "TIME",
      "as if it were this time: a date or unix seconds" },
    { "timezone", 0, false, TEXT, AT(timezone), "ZONE",
      "of the facts of time, as smartmsg_timezone (default UTC)" },
    { "visitor", 0, false, TEXT, AT(visitor), "ID",
      "take the facts that Redis has of a visitor" },
    { "count", 'n', false, TEXT, AT(count), "N",
      "end after N events" },
    { "since", 0, false, TEXT, AT(since), "TIME",
      "begin in the past: 10m, 2h, 3d, a date or unix seconds" },
    { "days", 0, false, TEXT, AT(days), "N",
      "the last N days, today included (default 30)" },
    { "url", 0, false, TEXT, AT(url), "URL",
      "the page to look at" },
    { "ttl", 0, false, TEXT, AT(ttl), "SECONDS",
      "how long the link is good (default 3600)" },
    { "variation", 0, false, TEXT, AT(variation), "KEY",
      "this one of the rule's variations" },
    { "redis", 'r', true, TEXT, AT(redis), "ADDRESS",
      "host[:port], [v6]:port or unix:/path\n(SMARTMSG_REDIS, else"
      " 127.0.0.1:6379)" },
    { "user", 0, true, TEXT, AT(user), "NAME",
      "user of Redis" },
    { "password", 0, true, SECRET, AT(password), "PASSWORD",
      "its password (better: SMARTMSG_PASSWORD)" },
    { "db", 0, true, TEXT, AT(db), "N",
      "number of the database (default 0)" },
    { "prefix", 0, true, TEXT, AT(prefix), "PREFIX",
      "of all keys (default smartmsg:)" },
    { "json", 'j', true, FLAG, AT(json), NULL,
      "JSON instead of tables" },
    { "color", 0, true, TEXT, AT(color), "WHEN",
      "auto, always or never" },
    { "help", 'h', true, FLAG, AT(help), NULL,
      "this help" },
    { "version", 0, true, FLAG, AT(version), NULL,
      "the version" },
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

/* Whether the list "rules at" has the word. */
static bool is_listed(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, " ");

        if (n == len && memcmp(list, word, len) == 0) {
            return true;
        }

        list += n + (list[n] == ' ');
    }

    return false;
}

static _Noreturn void unknown_option(const char *name)
{
    const char *names[N_OPTIONS + 1];
    const char *meant;

    for (size_t i = 0; i < N_OPTIONS; i++) {
        names[i] = options[i].name;
    }

    names[N_OPTIONS] = NULL;
    meant = smartmsg_suggest(name, names);

    ctl_fail(CTL_USAGE, "unknown option --%s%s%s%s", name,
             meant ? ", did you mean --" : "", meant ? meant : "",
             meant ? "?" : "");
}

static const option_t *find_long(const char *name, size_t len)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (strlen(options[i].name) == len
            && memcmp(options[i].name, name, len) == 0)
        {
            return &options[i];
        }
    }

    unknown_option(ctl_strndup(name, len));
}

static const option_t *find_letter(char letter)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (options[i].letter == letter && letter != '\0') {
            return &options[i];
        }
    }

    ctl_fail(CTL_USAGE, "unknown option -%c", letter);
}

static void set(ctl_options_t *out, const option_t *option, char *value)
{
    void *target = (char *) out + option->offset;

    switch (option->kind) {
    case FLAG:
        *(bool *) target = true;
        break;
    case TEXT:
        *(const char **) target = value;
        break;
    case SECRET:
        free(*(char **) target);
        *(char **) target = ctl_strndup(value, strlen(value));

        /* others can see the command line, but not for long */
        memset(value, '*', strlen(value));
        break;
    case LIST:
        ctl_words_add(target, value);
        break;
    }
}

/* One word of the command line, and the next one if it belongs to it. */
static void parse_option(ctl_t *ctl, const option_t **used, size_t *n_used,
    int *i, int argc, char **argv)
{
    char *word = argv[*i];
    char *value = NULL;
    const option_t *option;

    if (word[1] == '-') {
        size_t len = strcspn(word + 2, "=");

        option = find_long(word + 2, len);
        value = word[2 + len] == '=' ? word + 3 + len : NULL;

    } else {
        option = find_letter(word[1]);
        value = word[2] != '\0' ? word + 2 : NULL;
    }

    if (option->kind == FLAG && value != NULL) {
        ctl_fail(CTL_USAGE, "--%s takes no value", option->name);
    }

    if (option->kind != FLAG && value == NULL) {
        if (*i + 1 >= argc) {
            ctl_fail(CTL_USAGE, "--%s needs a value", option->name);
        }

        value = argv[++*i];
    }

    set(&ctl->options, option, value);

    if (*n_used < OPTIONS_MAX) {
        used[(*n_used)++] = option;
    }
}

static const ctl_command_t *find_command(const char *name)
{
    const char *names[OPTIONS_MAX + 1];
    const char *meant;
    size_t n = 0;

    for (; ctl_commands[n].name != NULL && n < OPTIONS_MAX; n++) {
        if (strcmp(ctl_commands[n].name, name) == 0) {
            return &ctl_commands[n];
        }

        names[n] = ctl_commands[n].name;
    }

    names[n] = NULL;
    meant = smartmsg_suggest(name, names);

    ctl_fail(CTL_USAGE, "unknown command \"%s\"%s%s%s", name,
             meant ? ", did you mean " : "", meant ? meant : "",
             meant ? "?" : "; see smartmsgctl --help");
}

static void check_use(const ctl_command_t *command, const ctl_words_t *args,
    const option_t *const *used, size_t n_used)
{
    for (size_t i = 0; i < n_used; i++) {
        if (!used[i]->common && !is_listed(command->options, used[i]->name)) {
            ctl_fail(CTL_USAGE, "%s has no option --%s", command->name,
                     used[i]->name);
        }
    }

    if (args->n < command->min_args || args->n > command->max_args) {
        ctl_fail(CTL_USAGE, "usage: smartmsgctl %s%s%s", command->name,
                 command->arguments[0] ? " " : "", command->arguments);
    }
}

const ctl_command_t *ctl_options_parse(ctl_t *ctl, int argc, char **argv)
{
    const option_t *used[OPTIONS_MAX];
    const ctl_command_t *command = NULL;
    const char *name = NULL;
    size_t n_used = 0;
    bool ended = false;

    for (int i = 1; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;

        } else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            parse_option(ctl, used, &n_used, &i, argc, argv);

        } else if (name == NULL) {
            name = argv[i];

        } else {
            ctl_words_add(&ctl->options.args, argv[i]);
        }
    }

    if (name != NULL) {
        command = find_command(name);
    }

    if (ctl->options.help || ctl->options.version) {
        return command;
    }

    if (command == NULL) {
        ctl_options_help(NULL);
        exit(CTL_USAGE);
    }

    check_use(command, &ctl->options.args, used, n_used);
    return command;
}

static void help_option(const option_t *option)
{
    char left[40];
    const char *help = option->help;

    (void) snprintf(left, sizeof(left), "%s%c%s--%s%s%s",
                    option->letter ? "-" : "  ",
                    option->letter ? option->letter : ' ',
                    option->letter ? ", " : " ", option->name,
                    option->value ? " " : "",
                    option->value ? option->value : "");
    (void) printf("  %-25s ", left);

    while (*help != '\0') {
        size_t len = strcspn(help, "\n");

        (void) printf("%.*s\n", (int) len, help);
        help += len;

        if (*help == '\n') {
            help++;
            (void) printf("  %-25s ", "");
        }
    }
}

static void help_options(const char *title, const ctl_command_t *command,
    bool common)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        if (options[i].common != common
            || (!common && !is_listed(command->options, options[i].name)))
        {
            continue;
        }

        if (title != NULL) {
            (void) printf("\n%s\n", title);
            title = NULL;
        }

        help_option(&options[i]);
    }
}

void ctl_options_help(const ctl_command_t *command)
{
    if (command != NULL) {
        (void) printf("Usage: smartmsgctl %s [OPTION...]%s%s\n\n%s.\n",
                      command->name, command->arguments[0] ? " " : "",
                      command->arguments, command->summary);

        if (command->details != NULL) {
            (void) printf("\n%s", command->details);
        }

        help_options("Options:", command, false);
        help_options("Options of all commands:", command, true);
        return;
    }

    (void) printf("Usage: smartmsgctl COMMAND [OPTION...] [ARGUMENT...]\n\n"
                  "Rules, switches and visitors of ngx_smartmsg_module.\n\n"
                  "Commands:\n");

    for (command = ctl_commands; command->name != NULL; command++) {
        (void) printf("  %-8s %s\n", command->name, command->summary);
    }

    help_options("Options of all commands:", NULL, true);
    (void) printf("\nExit status: 0 fine, 1 errors or differences were found,"
                  " 2 wrong use,\n3 no answer from Redis, 4 Redis refuses,"
                  " 5 files or memory.\n");
}
