/**
 * Takes the templates that the server put at the end of the page.
 *
 * @returns {{messages: Array<{rule: string, variation: string, when: Array<{on: string, after?: number}>, as: string,
 *   lang: string, content: DocumentFragment}>, view?: number, anonymous?: number, consent?: number, pack?: object,
 *   ga4?: number}} the messages by descending priority, and of the page as a whole: whether this view has yet to be counted, whether nothing
 *   may be remembered of the visitor, whether the browser is to ask for that, what the shop pack tells to look at, and
 *   whether the shop's analytics is told of messages
 */
export function takeTemplates() {
  const messages = [];
  const page = {};
  for (const template of document.querySelectorAll('template[data-smartmsg]')) {
    const data = parse(template.dataset.smartmsg);
    if (!data?.rule) Object.assign(page, data);
    else if (Array.isArray(data.when)) messages.push({ ...data, content: template.content });
  }
  return { ...page, messages };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
