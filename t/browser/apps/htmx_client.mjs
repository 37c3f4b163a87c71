import 'htmx.org';

document.addEventListener('htmx:after:init', () => {
  window.isHydrated = true;
});
