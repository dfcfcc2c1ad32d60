import { createHash } from 'node:crypto';

/** Styles of the status page. */
export const STATUS_STYLE = `
:root { color-scheme: light dark; --ink: #1c1d22; --dim: #6b6d76; --paper: #f6f6f8; --card: #fff; --line: #e3e3e8; --accent: #5b4bdb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf1; --dim: #9a9ca6; --paper: #17181c; --card: #202127; --line: #33343c; --accent: #a094ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 Inter, system-ui, sans-serif; }
main { max-width: 560px; margin: 48px auto; padding: 0 24px; }
header { display: flex; align-items: center; gap: 12px; margin-bottom: 24px; }
header p { margin: 0 0 0 auto; color: var(--dim); }
h1 { font-size: 22px; margin: 0; }
h2 { font-size: 13px; font-weight: 600; margin: 0; color: var(--dim); }
.mark { width: 18px; height: 18px; border-radius: 50%; border: 3px solid var(--accent); box-shadow: inset 0 0 0 3px var(--paper), inset 0 0 0 9px var(--accent); }
.pairing, dl { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px; }
.pairing { text-align: center; }
.code { font: 600 40px/1.2 ui-monospace, monospace; letter-spacing: 4px; margin: 8px 0; }
.pairing p:not(.code) { margin: 0 0 16px; color: var(--dim); }
button { font: inherit; font-weight: 600; color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 8px; padding: 8px 16px; cursor: pointer; }
button:hover { border-color: var(--accent); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 12px 24px; margin: 16px 0; }
dt { color: var(--dim); }
dd { margin: 0; }
small { display: block; color: var(--dim); font-size: 13px; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.copy { display: flex; align-items: center; gap: 12px; margin: 4px 0 8px; color: var(--dim); font-size: 13px; }
.copy button { padding: 4px 12px; font-size: 13px; }
.copy[hidden] { display: none; }
@media (max-width: 440px) {
  main { margin: 24px auto; padding: 0 16px; }
  dl { grid-template-columns: 1fr; gap: 4px; padding: 16px; }
  dd + dt { margin-top: 12px; }
}
#lost { color: #c9372c; }
`;

/** Script of the status page: polls `/v1/status`; inserts all values as text, never as HTML. */
export const STATUS_SCRIPT = `
const at = (id) => document.getElementById(id);
// an equal text is not set again, which would drop the user's selection
const put = (id, text) => { if (at(id).textContent !== text) at(id).textContent = text; };
const minutes = (ms) => { const n = Math.ceil(ms / 60000); return n + (n === 1 ? ' minute' : ' minutes'); };
function showPairing({ live, lockedForMs }) {
  put('code', live ? live.code.slice(0, 3) + ' ' + live.code.slice(3) : '––– –––');
  at('new-code').disabled = lockedForMs > 0;
  put('code-hint', lockedForMs > 0
    ? 'Too many wrong codes. Pairing is locked for ' + minutes(lockedForMs) + '.'
    : live
      ? 'Enter it in the plugin. It works once and expires in ' + minutes(live.expiresInMs) + '.'
      : 'The last code was used or has expired. Get a new code to pair a plugin.');
}
function showPlugin(plugin) {
  put('manifest', plugin ? plugin.manifest : 'not installed');
  put('plugin-hint', plugin
    ? 'Version ' + plugin.version + '. To import it, once: in the Figma desktop app, choose Plugins → Development → '
      + 'Import plugin from manifest… and select this file.'
    : 'Run samepoint plugin to install it.');
  at('copy-row').hidden = !plugin;
}
async function copyPath() {
  let copied = true;
  try {
    await navigator.clipboard.writeText(at('manifest').textContent);
  } catch {
    copied = copySelection();
  }
  put('copied', copied ? 'Copied' : 'Selected. Copy it with the keyboard.');
  setTimeout(() => put('copied', ''), 4000);
}
function copySelection() {
  getSelection().selectAllChildren(at('manifest'));
  return document.execCommand('copy');
}
function show(status) {
  put('daemon', status.daemon);
  put('device', status.device.description);
  put('reason', status.device.reason);
  put('backends', status.backends.map((backend) => backend.title + ' (' + backend.state + ')').join(', ') || 'none');
  put('clients', status.clients.paired + ', ' + status.clients.connected + ' connected now');
  put('jobs', status.jobs.running + ' running, ' + status.jobs.queued + ' queued');
  showPlugin(status.plugin);
  showPairing(status.pairing);
}
async function refresh() {
  try {
    show(await (await fetch('/v1/status')).json());
    at('lost').hidden = true;
  } catch {
    at('lost').hidden = false;
  }
  setTimeout(refresh, 2000);
}
at('new-code').addEventListener('click', async () => {
  showPairing(await (await fetch('/v1/pairing-code', { method: 'POST' })).json());
});
at('copy').addEventListener('click', copyPath);
refresh();
`;

const BODY = `
<main>
  <header><span class="mark" aria-hidden="true"></span><h1>Samepoint</h1><p id="daemon">…</p></header>
  <section class="pairing" aria-live="polite">
    <h2>Pairing code</h2>
    <p class="code" id="code">––– –––</p>
    <p id="code-hint">Enter it in the plugin to pair it with this computer.</p>
    <button id="new-code" type="button">New code</button>
  </section>
  <dl>
    <dt>Plugin</dt>
    <dd>
      <code id="manifest">…</code>
      <div class="copy" id="copy-row" hidden><button id="copy" type="button">Copy path</button><span id="copied" role="status"></span></div>
      <small id="plugin-hint"></small>
    </dd>
    <dt>Device</dt><dd><span id="device">…</span><small id="reason"></small></dd>
    <dt>Models</dt><dd id="backends">…</dd>
    <dt>Paired clients</dt><dd id="clients">…</dd>
    <dt>Jobs</dt><dd id="jobs">…</dd>
  </dl>
  <p id="lost" hidden>The daemon does not answer. Start it again with <code>npx samepoint start</code>.</p>
</main>`;

/** The status page at `/`, with the pairing code. It loads nothing from other hosts. */
export const STATUS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Samepoint</title>
<link rel="icon" href="data:,">
<style>${STATUS_STYLE}</style>
</head>
<body>${BODY}
<script>${STATUS_SCRIPT}</script>
</body>
</html>
`;

/** Allows only the page's own styles and script, by hash, and no framing. */
export const STATUS_PAGE_CSP = [
  "default-src 'none'",
  `style-src '${hashSource(STATUS_STYLE)}'`,
  `script-src '${hashSource(STATUS_SCRIPT)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
