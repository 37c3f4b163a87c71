/**
 * `window.smartmsg`, the interface of the runtime to the scripts of the shop (docs/javascript.md).
 *
 * Before the runtime is there it is an array of calls that wait. The runtime gives the same array the functions; `push`
 * works at any time.
 */

/**
 * What is told with an event or of a visitor: at most 16 members, each a letter, then letters, digits, `_`, `.` or `-`, and
 * 2 KB in all. Texts are cut after 256 characters; anything that is no number and no boolean is told as text.
 */
export interface SmartmsgData {
  [name: string]: string | number | boolean | null | undefined;
}

/** An event of a message. */
export interface SmartmsgMessageEvent {
  /** The name of the rule. */
  rule: string;
  /** Which variation of the rule, if it has several. */
  variation?: string;
}

/** What `on` listens to. */
export interface SmartmsgEvents {
  /** A message is on screen; `on` is the trigger that has opened it, if one has. */
  impression: SmartmsgMessageEvent & { event: 'impression'; on?: string };
  /** An action of it was used; `action` is its place among them, from 0. */
  click: SmartmsgMessageEvent & { event: 'click'; action?: number };
  /** It was closed. */
  dismiss: SmartmsgMessageEvent & { event: 'dismiss' };
  /** Its form was sent. */
  answer: SmartmsgMessageEvent & { event: 'answer'; fields: SmartmsgData; consent?: string };
  /** The cart is, was added to or taken from. */
  cart: { event: 'cart'; op: 'set' | 'add' | 'remove'; value?: number; items?: number; currency?: string };
  /** An order was placed. */
  order: { event: 'order'; id: string; value: number; currency?: string };
  /** Something was tracked. */
  track: { event: 'track'; name: string; data: SmartmsgData };
  /** It was said who the visitor is. */
  identify: { event: 'identify'; id: string; traits: SmartmsgData };
  /** The messages of the page are armed: once, at once if they are already. */
  ready: SmartmsgApi;
}

/** What the runtime offers. Nothing of it throws; what makes no sense is passed over. */
export interface SmartmsgApi {
  /** Something happened: a letter, then letters, digits, `_`, `.` or `-`, at most 64. */
  track(event: string, data?: SmartmsgData): void;
  /** Who the visitor is: 1 to 128 characters. */
  identify(id: string | number, traits?: SmartmsgData): void;
  /** The visitor has given consent, or has withdrawn it. */
  consent(granted: boolean): void;
  /** Shows the message of the rule now, if it waits in this page and manners and caps allow. Resolves to whether it is shown. */
  show(rule: string): Promise<boolean>;
  /** Calls `fn` for each event of that kind from now on. What it throws is swallowed. */
  on<Kind extends keyof SmartmsgEvents>(event: Kind, fn: (event: SmartmsgEvents[Kind]) => void): void;
  /** Each is a call: the name of a function, then what it is given. */
  push(...calls: SmartmsgCall[]): unknown;
}

/** A call that waits for the runtime. */
export type SmartmsgCall =
  | [name: 'track', event: string, data?: SmartmsgData]
  | [name: 'identify', id: string | number, traits?: SmartmsgData]
  | [name: 'consent', granted: boolean]
  | [name: 'show', rule: string]
  | { [Kind in keyof SmartmsgEvents]: [name: 'on', event: Kind, fn: (event: SmartmsgEvents[Kind]) => void] }[keyof SmartmsgEvents];

/** What the global is at any time; the functions are there once the runtime is. */
export type Smartmsg = SmartmsgCall[] & Partial<Omit<SmartmsgApi, 'push'>>;

declare global {
  interface Window {
    smartmsg: Smartmsg;
  }

  var smartmsg: Smartmsg;
}
