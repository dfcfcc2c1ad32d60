import { createHash } from 'node:crypto';
import { STATUS_SCRIPT, STATUS_STYLE } from './status-page-parts.js';

const BODY = `
<main>
  <header><span class="mark" aria-hidden="true"></span><h1>Samepoint</h1><p id="daemon">…</p></header>
  <section class="pairing" aria-live="polite">
    <h2>Pairing code</h2>
    <p class="code" id="code">––– –––</p>
    <p id="code-hint">Type it into the plugin to let it use this computer.</p>
    <button id="new-code" type="button">New code</button>
  </section>
  <dl>
    <dt>Device</dt><dd><span id="device">…</span><small id="reason"></small></dd>
    <dt>Models</dt><dd id="backends">…</dd>
    <dt>Paired clients</dt><dd id="clients">…</dd>
    <dt>Jobs</dt><dd id="jobs">…</dd>
  </dl>
  <p id="lost" hidden>The daemon does not answer. Start it again with <code>npm start</code> or <code>npx samepoint start</code>.</p>
</main>`;

/** The page at `/`: what the daemon is doing, and the code to pair with. It loads nothing from elsewhere. */
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

/** Only the style and the script of the page itself, by hash; no frame may hold it. */
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
