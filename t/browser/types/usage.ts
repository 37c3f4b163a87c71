// What a shop's script may write, and, each behind @ts-expect-error, what it may not.
import type { SmartmsgApi, SmartmsgEvents } from '../../../ngx_smartmsg_module/browser/smartmsg';

window.smartmsg = window.smartmsg || [];
smartmsg.push(['track', 'size_guide', { size: '38', items: 2, sale: true, none: null }]);
smartmsg.push(['identify', 4711], ['identify', 'c-4711', { tier: 'gold' }]);
smartmsg.push(['consent', true], ['show', 'exit-cart']);
smartmsg.push(['on', 'answer', (event: SmartmsgEvents['answer']) => event.fields.email]);

smartmsg.push([
  'on',
  'ready',
  async (api: SmartmsgApi) => {
    api.track('ready');
    api.identify('c-4711', {});
    const shown: boolean = await api.show('exit-cart');
    api.consent(shown);
    api.on('impression', ({ rule, variation, on }) => [rule, variation ?? '', on ?? ''].join());
    api.on('click', ({ action }) => action && action + 1);
    api.on('cart', ({ op }) => op === 'set');
    api.on('order', (order: SmartmsgEvents['order']) => order.id.length + order.value);
    api.push(['track', 'later']);
    // @ts-expect-error a click has no fields
    api.on('click', (event) => event.fields);
  },
]);

smartmsg.track?.('maybe');

// @ts-expect-error the functions are not there before the runtime is
smartmsg.track('early');
// @ts-expect-error no such call
smartmsg.push(['forget', 'c-4711']);
// @ts-expect-error a name is a text
smartmsg.push(['track', 1]);
// @ts-expect-error data is flat
smartmsg.push(['track', 'x', { list: [1] }]);
// @ts-expect-error no such event
smartmsg.push(['on', 'opened', () => {}]);
// @ts-expect-error that is another event
smartmsg.push(['on', 'click', (event: SmartmsgEvents['answer']) => event.fields]);
