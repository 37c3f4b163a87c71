// The shop's own script: buying without leaving the page, the mini cart, the delivery dialog.

const pushes = document.getElementById('pushes');
if (pushes) {
  window.dataLayer = window.dataLayer || [];
  window.dataLayer.push(...JSON.parse(pushes.textContent));
}

async function showMiniCart() {
  const response = await fetch('/fragment/minicart');
  const box = document.getElementById('minicart');
  const markup = await response.text();
  try {
    box.innerHTML = markup;
  } catch {
    // Trusted Types: the words will do.
    box.textContent = markup.replace(/<[^>]*>/g, ' ');
  }
  box.hidden = false;
}

async function buy(form) {
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams(new FormData(form)),
  });
  const { cart, push } = await response.json();
  document.getElementById('count').textContent = cart.items;
  window.dataLayer = window.dataLayer || [];
  window.dataLayer.push(push);
  await showMiniCart();
}

document.addEventListener('submit', (event) => {
  if (!event.target.matches('form[data-ajax]')) return;
  event.preventDefault();
  buy(event.target);
});

document.addEventListener('click', (event) => {
  if (event.target.id === 'delivery') document.getElementById('delivery-dialog').showModal();
  else if (!event.target.closest('#minicart')) document.getElementById('minicart').hidden = true;
});
