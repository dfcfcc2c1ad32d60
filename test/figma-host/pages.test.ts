import { afterEach, describe, expect, test } from 'vitest';
import type { FigmaHost } from './figma-host.js';
import { runPluginScript } from './script-session.js';
import type { DocumentSpec, NodeSpec } from './spec.js';

const open: FigmaHost[] = [];
afterEach(() => {
  for (const host of open.splice(0)) host.dispose();
});

const box = (key: string): NodeSpec => ({ key, type: 'RECTANGLE', name: key, width: 10, height: 10 });
const DOCUMENT: DocumentSpec = {
  name: 'Pages',
  children: [
    { key: 'frame', type: 'FRAME', name: 'Frame', children: [box('inner')] },
    {
      ...{ key: 'chip', type: 'COMPONENT', name: 'Chip' },
      children: [{ ...box('hidden'), props: { visible: false } }, box('shown')],
    },
    { key: 'use', type: 'INSTANCE', name: 'Chip', component: 'chip' },
  ],
  pages: [{ key: 'archive', name: 'Archive', children: [box('old'), { key: 'section', type: 'SECTION', name: 'S' }] }],
};
const KEYS = ['frame', 'inner', 'chip', 'use', 'old', 'archive', 'section'];
const SETUP = `const message = (act) => { try { act(); return 'fine'; } catch (error) { return error.message; } };
  const archive = figma.root.children[1];`;

async function run(script: string): Promise<{ host: FigmaHost; answer: unknown }> {
  const result = await runPluginScript(`${SETUP}\n${script}`, KEYS, { document: DOCUMENT });
  open.push(result.host);
  return result;
}

describe('another page', () => {
  test('has no children for the plugin until it is loaded, by itself or by a node in it', async () => {
    const { answer } =
      await run(`const before = [archive.name, message(() => archive.children), message(() => archive.selection)];
      await archive.loadAsync();
      return [...before, archive.children.length]`);
    const refusal = expect.stringMatching(/has not been explicitly loaded. Remember to call `await page.loadAsync/);
    expect(answer).toEqual(['Archive', refusal, refusal, 2]);
    const other = await run("await node('old'); return archive.children.length");
    expect(other.answer).toBe(2);
  });

  test('is searched, and heard of, only when all pages are loaded', async () => {
    const { answer } = await run(`const before = message(() => figma.root.findAll(() => true));
      await figma.loadAllPagesAsync();
      const heard = new Promise((resolve) => figma.on('documentchange', (event) => resolve(event.documentChanges[0].id)));
      (await node('old')).opacity = 0.5;
      return [before, figma.root.findAll((one) => one.name === 'old').length, (await heard) === ids.old]`);
    expect(answer).toEqual([expect.stringMatching(/loadAllPagesAsync/), 1, true]);
  });

  test('keeps a selection of its own', async () => {
    const { host, answer } =
      await run(`const [frame, inner, old] = await Promise.all(['frame', 'inner', 'old'].map(node));
      const refused = message(() => { figma.currentPage.selection = [old]; });
      figma.currentPage.selection = [inner, frame, frame];
      archive.selection = [old];
      const first = figma.currentPage.selection.map((one) => one.name);
      const changed = new Promise((resolve) => figma.on('currentpagechange', resolve));
      await figma.setCurrentPageAsync(archive);
      await changed;
      return [refused, first, figma.currentPage.selection.map((one) => one.name), message(() => { figma.currentPage = archive; })]`);
    expect(answer).toEqual([
      'in set_selection: The selection of a page can only include nodes in that page',
      ['Frame'],
      ['old'],
      expect.stringMatching(/read-only|setter|extensible/),
    ]);
    expect(host.selection()).toEqual([host.byKey('old').id]);
  });
});

describe('a container', () => {
  test('takes only the children that Figma allows', async () => {
    const { answer } =
      await run(`const [frame, inner, section] = await Promise.all(['frame', 'inner', 'section'].map(node));
      const made = [figma.createComponent()];
      const set = figma.combineAsVariants(made, figma.currentPage);
      return [message(() => frame.appendChild(section)), message(() => set.appendChild(inner)),
        message(() => section.appendChild(inner)), message(() => frame.appendChild(frame)), inner.parent.name]`);
    expect(answer).toEqual([
      expect.stringMatching(/SECTION/),
      expect.stringMatching(/COMPONENT_SET/),
      'fine',
      expect.stringMatching(/itself/),
      'S',
    ]);
  });
});

test('skipInvisibleInstanceChildren hides invisible layers of instances', async () => {
  const { answer } = await run(`const use = await node('use');
    const [hidden] = use.children;
    figma.skipInvisibleInstanceChildren = true;
    return [use.children.map((one) => one.name), use.findAll(() => true).length,
      await figma.getNodeByIdAsync(hidden.id), message(() => hidden.name), (await node('chip')).children.length]`);
  expect(answer).toEqual([['shown'], 1, null, expect.stringMatching(/invisible/), 2]);
});
