import { createAlarm } from '../border.js';
import { watch } from './moment.js';

/** ms in which a form that refuses to be sent says so. */
const ANSWER = 1000;
const SUBMIT = 'button:not([type=button],[type=reset]),[type=submit],[type=image]';
const TYPED = 'input:not([type=checkbox],[type=radio])';

/**
 * Trouble with a form that `select` matches. Hesitation: nothing has been done in it for `after` seconds while one of its
 * fields has the focus. Abandonment: the same, but the focus has gone, and something was entered and not sent. Errors: it
 * could not be sent for the second time.
 */
export const form = ({ after, select = 'form', sign }, moment) => {
  const quiet = createAlarm();
  const answer = createAlarm();
  let entered;
  let failed;
  let failures = 0;

  const tell = (what) => (sign ?? what) === what && moment();

  watch('pointerdown keydown input click submit invalid', ({ type, target, key }) => {
    const own = target.closest?.(select);
    if (!own) return;
    if (type === 'invalid') {
      failed = true;
      return;
    }
    if (type === 'click' ? target.closest(SUBMIT) : key === 'Enter' && target.matches(TYPED)) {
      failed = false;
      answer(ANSWER, () => {
        if ((failed || own.querySelector('[aria-invalid=true]')) && ++failures > 1) tell('errors');
      });
    }
    if (type === 'input') entered = true;
    if (type === 'submit') entered = false;
    quiet(after * 1000, () => {
      if (own.contains(document.activeElement)) tell('hesitate');
      else if (entered) tell('abandon');
    });
  });
};
