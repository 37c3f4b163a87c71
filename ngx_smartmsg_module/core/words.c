#include "core/words.h"

#include "core/language.h"

#define LANGUAGES 6

/* In the order of smartmsg_language_known(): en, de, fr, es, it, nl. */
static const char *const words[][LANGUAGES] = {
    [SMARTMSG_WORD_CLOSE] = {
        "Close", "Schlie\xc3\x9f" "en", "Fermer", "Cerrar", "Chiudi", "Sluiten"
    },
    [SMARTMSG_WORD_COPIED] = {
        "Copied", "Kopiert", "Copi\xc3\xa9", "Copiado", "Copiato", "Gekopieerd"
    },
    [SMARTMSG_WORD_DONE] = {
        "Done", "Erledigt", "C\xe2\x80\x99" "est fait", "Hecho", "Fatto",
        "Gelukt"
    },
    [SMARTMSG_WORD_FAILED] = {
        "That did not work.", "Das hat nicht geklappt.",
        "Cela n\xe2\x80\x99" "a pas fonctionn\xc3\xa9.", "No ha funcionado.",
        "Non ha funzionato.", "Dat is niet gelukt."
    },
    [SMARTMSG_WORD_CODE] = {
        "Code", "Code", "Code", "C\xc3\xb3" "digo", "Codice", "Code"
    },
    [SMARTMSG_WORD_SEND] = {
        "Send", "Senden", "Envoyer", "Enviar", "Invia", "Versturen"
    },
    [SMARTMSG_WORD_THANKS] = {
        "Thank you!", "Vielen Dank!", "Merci\xc2\xa0!", "\xc2\xa1Gracias!",
        "Grazie!", "Bedankt!"
    },
    [SMARTMSG_WORD_LEFT] = {
        "Time left", "Verbleibende Zeit", "Temps restant", "Tiempo restante",
        "Tempo rimasto", "Resterende tijd"
    },
    [SMARTMSG_WORD_ENDED] = {
        "Time is up", "Die Zeit ist um", "Temps \xc3\xa9" "coul\xc3\xa9",
        "Se acab\xc3\xb3 el tiempo", "Tempo scaduto", "De tijd is om"
    },
    [SMARTMSG_WORD_STOP] = {
        "Stop the countdown", "Countdown anhalten",
        "Arr\xc3\xaa" "ter le compte \xc3\xa0 rebours",
        "Detener la cuenta atr\xc3\xa1s", "Ferma il conto alla rovescia",
        "Aftellen stoppen"
    },
};

smartmsg_str_t smartmsg_word(smartmsg_word_e word, smartmsg_str_t language)
{
    size_t n;
    const smartmsg_str_t *known = smartmsg_language_known(&n);
    size_t chosen = smartmsg_language_choose(known, n, language);
    const char *text = words[word][chosen < LANGUAGES ? chosen : 0];

    return smartmsg_str(text, strlen(text));
}
