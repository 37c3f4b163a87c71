import { toOrder } from './goods.js';
import { parse } from './json.js';
import { match, numberAt, textAt } from './pack_place.js';

/** @returns {object|undefined|false} the event of the order that this page confirms: by an element, or in JSON-LD */
export const findOrder = (pack) => {
  return (pack.order && inPage(pack.order)) || (pack.jsonld && inData());
};

/** The address of a confirmation can be opened by anybody, so there is always an element, too. */
const inPage = (order) => {
  if (order.proof && !textAt(order.proof)) return undefined;
  const number = order.id.url ? match(order.id.url, location.pathname + location.search) : textAt(order.id);
  return toOrder(number, numberAt(order.value), textAt(order.currency));
};

/** Orders as schema.org describes them (schema.org/Order): by themselves, in a list, or in a graph. */
const inData = () => {
  let order;
  const look = (key, data) => {
    if (/^(\d*|@graph)$/.test(key) && [data?.['@type']].flat().includes('Order')) {
      const due = data.totalPaymentDue ?? data;
      order ??= toOrder(
        data.orderNumber,
        due.price ?? due.value ?? data.price,
        due.priceCurrency ?? due.currency ?? data.priceCurrency,
      );
    }
    return data;
  };
  for (const script of document.querySelectorAll('script[type*="ld+json"]')) {
    if (script.textContent.includes('Order')) parse(script.textContent, look);
  }
  return order;
};
