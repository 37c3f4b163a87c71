/** What the overlays use of ../border.js. The runtime has it already and hands it over, so that it is not loaded twice. */
export let safely;
export let listen;
export let createAlarm;

export const takeBorder = (border) => {
  [safely, listen, createAlarm] = border;
};
