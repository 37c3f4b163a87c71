// The same shop in Vue.
import { createSSRApp, h, onMounted, ref } from 'vue';

const PAGES = ['first', 'second'];

export function createShop({ pathname }) {
  const [, base, page] = pathname.split('/');
  return createSSRApp({
    setup() {
      const current = ref(page);
      const count = ref(0);

      onMounted(() => {
        window.isHydrated = true;
      });

      function link(name) {
        const href = `/${base}/${name}`;
        const follow = (event) => {
          event.preventDefault();
          history.pushState({}, '', href);
          current.value = name;
        };
        return h('a', { key: name, id: name, href, onClick: follow }, name);
      }

      return () =>
        h('main', [
          h('h1', `Page ${current.value}`),
          h('nav', PAGES.map(link)),
          h('button', { id: 'count', type: 'button', onClick: () => count.value++ }, `${count.value}`),
        ]);
    },
  });
}
