import { parse } from './json.js';

/**
 * Takes the templates that the server put at the end of the page, or sent when it was asked.
 *
 * @param {Document} from
 * @returns {{messages: Array<{rule: string, variation?: string, when: Array<{on: string}|{all: Array<{on: string}>}>,
 *   as: string, lang: string, content: DocumentFragment}>, count: number, search?: number, view?: number, anonymous?: number, consent?: number,
 *   pack?: object, ga4?: number, trace?: object}} the messages by descending priority, how many templates there were, and
 *   of the page as a whole: whether a search engine has led here, whether this view has yet to be counted, whether nothing may be remembered of the visitor,
 *   whether the browser is to ask for that, what the shop pack tells to look at, whether the shop's analytics is told of
 *   messages, and, on the page of a preview link, why each rule was or was not chosen
 */
export const takeTemplates = (from = document) => {
  const templates = from.querySelectorAll('template[data-smartmsg]');
  const page = { messages: [], count: templates.length };
  for (const template of templates) {
    const data = parse(template.dataset.smartmsg);
    if (data?.when) page.messages.push({ ...data, variation: data.variation || undefined, content: template.content });
    else Object.assign(page, data);
  }
  return page;
};
