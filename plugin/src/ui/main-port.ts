import type { MainToUi, UiToMain } from '../shared/messages.js';

/** Posts to the sandbox half, in the envelope Figma wants. */
export function postToMain(message: UiToMain): void {
  parent.postMessage({ pluginMessage: message }, '*');
}

/** Calls back with each message of the sandbox half; other windows' messages have no such envelope. */
export function listenToMain(onMessage: (message: MainToUi) => void): void {
  window.addEventListener('message', (event: MessageEvent<{ pluginMessage?: MainToUi } | null>) => {
    const message = event.data?.pluginMessage;
    if (message !== undefined) onMessage(message);
  });
}
