import { render } from 'preact';
import { App } from './app.js';
import { blocksLoopback, browserFacts } from './connection/browser-access.js';
import { listenToMain, postToMain } from './main-port.js';
import { type State, Store } from './store.js';

/** TypeScript's DOM does not know the permission interface of Chromium yet. */
const page: Document & Parameters<typeof browserFacts>[0] = document;
const root = document.getElementById('root') ?? document.body;

const store = new Store({
  postToMain,
  blocked: blocksLoopback(browserFacts(page, navigator.userAgent)),
  onChange: draw,
});

function draw(state: State): void {
  render(
    <App state={state} dispatch={(event) => store.dispatch(event)} connect={(event) => store.connect(event)} />,
    root,
  );
}

draw(store.state);
listenToMain((message) => store.fromMain(message));
postToMain({ type: 'ready' });
