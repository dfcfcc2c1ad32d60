import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { shopDocument } from '../../../test/figma-host/documents/shop-document.js';
import { runPluginScript } from '../../../test/figma-host/script-session.js';

/** `readDesign` and its reader of tokens as `reading`, for the sandbox. */
async function bundleReader(): Promise<string> {
  const contents = `export { readDesign } from './read-design.js'; export { TokenReader } from './read-tokens.js';`;
  const resolveDir = fileURLToPath(new URL('../../src/main/canvas', import.meta.url));
  const { outputFiles } = await build({
    ...{ stdin: { contents, resolveDir }, bundle: true, write: false, logLevel: 'warning' },
    ...{ format: 'iife', globalName: 'reading', target: 'es2020' },
  });
  return outputFiles[0]?.text ?? '';
}

/** Wraps nodes, and counts the reads of each property of each node. */
const COUNTING = `
  const reads = {};
  const counted = (raw) => new Proxy({}, {
    has: (_, name) => name in raw,
    get: (_, name) => {
      if (typeof name === 'string') {
        const key = raw.id + ' ' + name;
        reads[key] = (reads[key] || 0) + 1;
      }
      const value = raw[name];
      if (name === 'children') return value.map(counted);
      return typeof value === 'function' ? value.bind(raw) : value;
    },
  });`;

test('a design is read with one read for each property of a layer', async () => {
  const script = `${await bundleReader()}; ${COUNTING}
    const design = await reading.readDesign(counted(await node('before:screen')), new reading.TokenReader());
    return { reads, layers: Object.values(design.layers).map(({ id, props }) => [id, Object.keys(props).length]) };`;
  const { host, answer } = await runPluginScript(script, ['before:screen'], { document: shopDocument() });
  host.dispose();
  const { reads, layers } = answer as { reads: Record<string, number>; layers: [string, number][] };
  expect(layers.length).toBeGreaterThan(20);
  const again = Object.entries(reads).flatMap(([key, times]) => (times > 1 ? [key.split(' ')[1]] : []));
  // what a layer is decides how it is read, and the name tells whether it is a pin
  expect(new Set(again)).toEqual(new Set(['id', 'type', 'name']));
  const total = Object.values(reads).reduce((sum, times) => sum + times, 0);
  const values = layers.reduce((sum, [, props]) => sum + props, 0);
  expect(total / values).toBeLessThan(1.35);
});
