import { render } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { MainToUi, UiToMain } from '../shared/messages.js';
import { App } from './app.js';
import type { BrowserPage } from './connection/browser-access.js';
import type { ConnectionEvent } from './connection/connection.js';
import type { FlowEvent } from './flow/state.js';
import { type AppState, Store } from './store.js';

const { permissions, userAgent } = navigator;
const page: BrowserPage = { document: document as Document & BrowserPage['document'], permissions, userAgent };
const root = document.getElementById('root') ?? document.body;

const store = new Store({
  postToMain,
  page,
  onChange: (state) => show(state),
});

/** Shows a state. Several changes at once are drawn once, also those that drawing causes. */
let show: (state: AppState) => void = () => undefined;

// the same functions each time, so that what did not change is not drawn again
const dispatch = (event: FlowEvent) => store.dispatch(event);
const connect = (event: ConnectionEvent) => store.connect(event);

function Root() {
  const [state, setState] = useState(store.state);
  useLayoutEffect(() => {
    show = setState;
  }, []);
  return <App state={state} dispatch={dispatch} connect={connect} />;
}

/** Posts to the main thread in Figma's envelope. */
function postToMain(message: UiToMain): void {
  parent.postMessage({ pluginMessage: message }, '*');
}

/** Messages of the main thread come in Figma's envelope; other messages are ignored. */
window.addEventListener('message', (event: MessageEvent<{ pluginMessage?: MainToUi } | null>) => {
  const message = event.data?.pluginMessage;
  if (message !== undefined) store.fromMain(message);
});

// the page shows that it starts until here
root.replaceChildren();
render(<Root />, root);
postToMain({ type: 'ready' });
