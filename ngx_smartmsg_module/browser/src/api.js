import { safely } from './border.js';
import { emit, on } from './bus.js';
import { report } from './consent.js';
import { flat, line, WORD } from './flat.js';

/**
 * Offers `window.smartmsg` to the shop's scripts, as smartmsg.d.ts describes it. Calls that were queued in an array of that
 * name are made up for, and the array stays what it is: scripts may have kept it. What else has that name is not ours.
 */
export const offerApi = () => {
  // biome-ignore lint/suspicious/noAssignInExpressions: smaller
  const api = (window.smartmsg ??= []);
  // What is no list throws.
  const waiting = api.splice(0);
  /** Not before it is known what the visitor has agreed to, and which messages wait for an event. */
  const armed = new Promise((done) => on('ready', done));
  const later = (fn) => armed.then(safely(fn));

  const tell = (event) => {
    later(() => {
      if (event.name) emit('event', event.name);
      report(event);
    });
  };

  /** @type {import('../smartmsg').SmartmsgApi} */
  const calls = {
    track(event, data) {
      const name = `${event}`;
      if (WORD.test(name)) tell({ event: 'track', name, data: flat(data) });
    },
    identify(id, traits) {
      if (id) tell({ event: 'identify', id: line(id, 128), traits: flat(traits) });
    },
    consent: (granted) => emit('consent', granted),
    show: (rule) =>
      later(async () => {
        const ask = { rule };
        emit('show', ask);
        return !!(await ask.shown);
      }),
    on(name, fn) {
      if (name === 'ready') later(() => /** @type {any} */ (fn)(api));
      else on('report', (event) => event.event === name && fn({ ...event }));
    },
    push: (...more) => more.forEach(safely(([name, ...args]) => calls[name](...args))),
  };

  for (const name in calls) api[name] = calls[name] = safely(calls[name]);
  api.push(...waiting);
};
