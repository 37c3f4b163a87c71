import '@hotwired/turbo';

window.isHydrated = true;
