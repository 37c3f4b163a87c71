/** The element of this script: known while it runs for the first time. */
export const script = /** @type {HTMLScriptElement} */ (document.currentScript);

/** @returns {URL} of a part of the endpoint, wherever the operator has mounted it: they are beside the script */
export const at = (name) => {
  return new URL(name, script.src);
};
