import { createShop } from './vue_shop.mjs';

createShop(location).mount('#root');
