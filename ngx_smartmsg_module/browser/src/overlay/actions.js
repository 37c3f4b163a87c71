/** Puts the focus on something that is no control, when the control that had it is gone. */
export const focusOn = (part) => {
  part.tabIndex = -1;
  part.focus();
};

/** Says in the message, and to screen readers, what came of it. */
const say = (box, text) => {
  box.querySelector('.note').textContent = text;
};

/** Copies the code of a coupon; where that is not allowed it is selected, ready to be copied by hand. */
export const copyCode = async (box, button) => {
  const field = button.previousSibling;
  try {
    await navigator.clipboard.writeText(field.value);
    say(box, button.dataset.done);
  } catch {
    field.focus();
    field.select();
  }
};

/** Posts to the shop as one of its own forms would, once at a time. */
export const callShop = async (box, button) => {
  if (button.busy) return;
  button.busy = true;
  const { call, body, done, failed } = button.dataset;
  const answer = await fetch(location.origin + call, {
    method: 'POST',
    body: new URLSearchParams(body),
    headers: { 'X-Requested-With': 'XMLHttpRequest' },
  }).catch(() => {});
  button.busy = false;
  say(box, answer?.ok ? done : failed);
};

/** Hands the answers over if the browser finds all of them valid, and thanks. */
export const sendForm = (box, { answered }) => {
  const form = box.querySelector('.form');
  const fields = {};
  for (const input of form.querySelectorAll('input,textarea')) {
    if (!input.reportValidity()) return;
    if (input.name && input.value && (input.type !== 'radio' || input.checked))
      fields[input.name] = input.closest('.rating') ? +input.value : input.value;
  }
  answered(fields, form.querySelector('.consent')?.textContent);
  form.remove();
  say(box, form.lastChild.dataset.done);
  focusOn(box.querySelector('.note'));
};
