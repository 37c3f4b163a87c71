/**
 * Takes the templates that the server put at the end of the page.
 *
 * @returns {{messages: Array<{rule: string, variation: string, when: Array<{on: string, after?: number}>, as: string,
 *   lang: string, content: DocumentFragment}>, countView: boolean}} the messages by descending priority, and whether
 *   this page view has yet to be counted
 */
export function takeTemplates() {
  const messages = [];
  let countView = false;
  for (const template of document.querySelectorAll('template[data-smartmsg]')) {
    const data = parse(template.dataset.smartmsg);
    if (!data) continue;
    if (data.view) countView = true;
    if (data.rule && Array.isArray(data.when)) messages.push({ ...data, content: template.content });
  }
  return { messages, countView };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
