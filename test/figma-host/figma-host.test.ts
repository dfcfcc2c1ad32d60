import { afterEach, describe, expect, test } from 'vitest';
import type { FigmaHost, HostOptions } from './figma-host.js';
import { runPluginScript } from './script-session.js';

const open: FigmaHost[] = [];
afterEach(() => {
  for (const host of open.splice(0)) host.dispose();
});

async function run(
  script: string,
  keys: readonly string[] = [],
  options?: Partial<HostOptions> & { selected?: string[] },
) {
  const { host, answer } = await runPluginScript(script, keys, options);
  open.push(host);
  return { host, answer };
}

describe('the host rejects, like Figma,', () => {
  test.each([
    ['a browser global', 'new WebSocket("ws://localhost:1")', /WebSocket.* is not defined/],
    ['URL', 'new URL("http://localhost")', /URL.* is not defined/],
    ['TextEncoder', 'new TextEncoder()', /TextEncoder.* is not defined/],
    ['structuredClone', 'structuredClone({})', /structuredClone.* is not defined/],
    ['a synchronous lookup', 'figma.getNodeById("0:1")', /dynamic-page/],
    ['documentchange', 'figma.on("documentchange", () => {})', /documentchange/],
    ['a search in unloaded pages', 'figma.root.findAll(() => true)', /unloaded pages/],
    ['an unknown property', '(await node("light:bell")).colour = 1', /not extensible/],
    ['reading an unknown property', '(await node("light:bell")).characters', /no such property 'characters' on VECTOR/],
    ['a read-only property', '(await node("light:bell")).width = 3', /no setter/],
    ['text without its font', '(await node("light:title")).characters = "x"', /unloaded font "Inter Bold"/],
    ['scaling text without its font', '(await node("light:title")).rescale(2)', /unloaded font/],
    ['a missing font', 'await figma.loadFontAsync({ family: "Rare", style: "Thin" })', /could not be loaded/],
    [
      'changing the annotations in place',
      '(await node("light:bell")).annotations.push({ label: "x" })',
      /extensible|read-only|frozen/,
    ],
    ['changing one annotation', '(await node("light:bell")).annotations[0].label = "x"; ', /read-only/],
    [
      'both forms of a label',
      '(await node("light:bell")).annotations = [{ label: "a", labelMarkdown: "a" }]',
      /not both/,
    ],
    [
      'a pinned property of another type',
      '(await node("light:bell")).annotations = [{ label: "a", properties: [{ type: "fontSize" }] }]',
      /not valid on a VECTOR/,
    ],
    ['annotations on a group', '(await node("light:sticker")).annotations = []', /not extensible/],
    ['a missing category', '(await node("light:bell")).annotations = [{ label: "a", categoryId: "x" }]', /category/],
    [
      'absolute placement outside auto layout',
      '(await node("light:callout")).layoutPositioning = "ABSOLUTE"',
      /layoutMode !== NONE/,
    ],
    [
      'a transform that scales',
      '(await node("light:callout")).relativeTransform = [[2, 0, 0], [0, 2, 0]]',
      /unit length/,
    ],
    ['posting a node', 'figma.ui.postMessage({ node: await node("light:bell") })', /Cannot unwrap/],
    ['posting a function', 'figma.ui.postMessage(() => 1)', /Cannot unwrap function/],
    [
      'an unknown export setting',
      'await (await node("light:screen")).exportAsync({ format: "PNG", scale: 2 })',
      /Unrecognized key "scale"/,
    ],
  ])('%s', async (_, script, message) => {
    const { answer } = await run(script, [
      'light:bell',
      'light:title',
      'light:sticker',
      'light:callout',
      'light:screen',
    ]);
    expect(String(answer)).toMatch(message);
  });

  test('children added to or removed from an instance, and its synchronous main component', async () => {
    const script = `
      const results = [];
      const attempt = (act) => { try { act(); results.push('fine'); } catch (error) { results.push(error.message); } };
      const instance = await node('use');
      attempt(() => instance.appendChild(figma.createRectangle()));
      attempt(() => instance.children[0].remove());
      attempt(() => instance.mainComponent);
      results.push((await instance.getMainComponentAsync()).name);
      return results;`;
    const component = {
      key: 'chip',
      type: 'COMPONENT',
      name: 'Chip',
      children: [{ type: 'RECTANGLE', name: 'R' }],
    } as const;
    const { answer } = await run(script, ['use'], {
      document: {
        name: 'Chips',
        children: [
          { ...component, children: [...component.children] },
          { key: 'use', type: 'INSTANCE', name: 'Chip', component: 'chip', x: 200 },
        ],
      },
    });
    expect(answer).toEqual([
      expect.stringMatching(/New parent is an instance/),
      expect.stringMatching(/not allowed/),
      expect.stringMatching(/getMainComponentAsync/),
      'Chip',
    ]);
  });

  test('an export of a hidden or an empty node', async () => {
    const script = `
      const results = [];
      for (const key of ['hidden', 'empty']) {
        const it = await node(key);
        results.push(it.absoluteRenderBounds);
        await it.exportAsync({ format: 'PNG' }).catch((error) => results.push(error.message));
      }
      return results;`;
    const { answer } = await run(script, ['hidden', 'empty'], {
      document: {
        name: 'Nothing',
        children: [
          { key: 'hidden', type: 'RECTANGLE', name: 'A', props: { visible: false, fills: [{ type: 'SOLID' }] } },
          { key: 'empty', type: 'FRAME', name: 'B' },
        ],
      },
    });
    const refusal = expect.stringMatching(/may not have any visible layers/);
    expect(answer).toEqual([null, refusal, null, refusal]);
  });
});

describe('like in Figma', () => {
  test('the selection has no fixed order', async () => {
    const selected = ['light:screen', 'dark:screen', 'large:screen'];
    const script = `return Array.from({ length: 12 }, () => figma.currentPage.selection.map((one) => one.name).join());`;
    const { answer } = await run(script, [], { selected });
    expect(new Set(answer as string[]).size).toBeGreaterThan(2);
  });

  test('labels are read in both forms', async () => {
    const { answer } = await run('return (await node("light:title")).annotations', ['light:title']);
    expect(answer).toMatchObject([{ label: 'Uses Heading / L', labelMarkdown: 'Uses **Heading / L**' }]);
  });

  test('children of a group use the coordinates of the frame, and the group is their bounding box', async () => {
    const script = `const group = await node('light:sticker'); const disc = await node('light:sticker-disc');
      group.x += 10; return [group.x, group.width, disc.x, disc.absoluteBoundingBox.x]`;
    const { answer } = await run(script, ['light:sticker', 'light:sticker-disc']);
    expect(answer).toEqual([328, 34, 328, 328]);
  });

  test('auto layout moves its children, except absolute ones', async () => {
    const script = `const button = await node('light:button');
      const dot = figma.createRectangle(); dot.resize(6, 6); button.appendChild(dot);
      const moved = (await node('light:button-icon')).x;
      dot.layoutPositioning = 'ABSOLUTE'; dot.x = 1; dot.y = 2;
      return [moved, (await node('light:button-icon')).x, dot.x, dot.y]`;
    const { host, answer } = await run(script, ['light:button', 'light:button-icon']);
    const [moved, back, x, y] = answer as number[];
    expect([x, y]).toEqual([1, 2]);
    expect(moved).toBeLessThan(back ?? 0);
    expect(host.byKey('light:button-icon').matrix[4]).toBe(back);
  });

  test('writes share an undo step until commitUndo or an edit by hand', async () => {
    const wait = "await figma.loadFontAsync({ family: 'Inter', style: 'Bold' });";
    const together = await run(`const n = await node('light:bell'); n.x = 1; ${wait} n.y = 2;`, ['light:bell']);
    expect(together.host.undoSteps).toBe(1);
    together.host.edit(together.host.byKey('light:bell').id, { opacity: 0.5 });
    expect(together.host.undoSteps).toBe(2);
    const committed = await run('const n = await node("light:bell"); n.x = 1; figma.commitUndo(); n.y = 2;', [
      'light:bell',
    ]);
    expect(committed.host.undoSteps).toBe(2);
  });

  test('undo restores a removed node', async () => {
    const { host } = await run('(await node("light:banner")).remove()', ['light:banner']);
    expect(() => host.byKey('light:button')).toThrow();
    host.undo();
    expect(host.byKey('light:button').type).toBe('FRAME');
  });

  test('triggerUndo returns to the last commitUndo', async () => {
    const script = `const n = await node('light:bell'); n.x = 1; figma.commitUndo(); n.x = 2; figma.triggerUndo();
      const first = n.x; figma.triggerUndo(); return [first, n.x]`;
    const { answer } = await run(script, ['light:bell']);
    expect(answer).toEqual([1, 346]);
  });

  test('bytes arrive as bytes in both directions', async () => {
    const script = `figma.ui.postMessage({ echo: await new Promise((resolve) => { figma.ui.onmessage = resolve; }) });`;
    const { host } = await run(`(async () => { ${script} })()`);
    const echoed = new Promise((resolve) => host.onMainMessage(resolve));
    host.sendToMain({ bytes: new Uint8Array([1, 2, 250]) });
    expect(await echoed).toEqual({ echo: { bytes: new Uint8Array([1, 2, 250]) } });
  });

  test('storage survives a run, the sandbox does not', async () => {
    const script = `const before = await figma.clientStorage.getAsync('runs');
      await figma.clientStorage.setAsync('runs', { count: (before?.count ?? 0) + 1 });
      const left = typeof globalThis.left; globalThis.left = 1;
      return [before ?? null, left];`;
    const { host, answer } = await run(script);
    expect(answer).toEqual([null, 'undefined']);
    const posted = new Promise((resolve) => host.onMainMessage(resolve));
    await host.runCommand('again');
    expect(await posted).toEqual({ answer: [{ count: 1 }, 'undefined'] });
  });
});
