/**
 * Takes the templates that the server put at the end of the page.
 *
 * @returns {{messages: Array<{rule: string, variation: string, when: Array<{on: string, after?: number}>, as: string,
 *   lang: string, content: DocumentFragment}>, countView: boolean, pack: object|undefined}} the messages by descending
 *   priority, whether this page view has yet to be counted, and what the shop pack tells to look at
 */
export function takeTemplates() {
  const messages = [];
  let countView = false;
  let pack;
  for (const template of document.querySelectorAll('template[data-smartmsg]')) {
    const data = parse(template.dataset.smartmsg);
    if (!data) continue;
    if (data.view) countView = true;
    if (data.pack) pack = data.pack;
    if (data.rule && Array.isArray(data.when)) messages.push({ ...data, content: template.content });
  }
  return { messages, countView, pack };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
