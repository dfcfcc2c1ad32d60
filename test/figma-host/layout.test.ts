import { describe, expect, test } from 'vitest';
import { buildNodes, layOutNodes } from './lay-out-nodes.js';
import { runPluginScript } from './script-session.js';
import type { Json, NodeSpec } from './spec.js';

type Box = [x: number, y: number, width: number, height: number];

function box(key: string, width: number, height: number, props: { [property: string]: Json } = {}): NodeSpec {
  return { key, type: 'RECTANGLE', name: key, width, height, props };
}

function flow(key: string, layoutMode: 'HORIZONTAL' | 'VERTICAL', rest: Partial<NodeSpec>): NodeSpec {
  return { ...rest, key, type: 'FRAME', name: key, props: { layoutMode, ...rest.props } };
}

/** The boxes of all keyed nodes in their parents. */
function boxes(...children: NodeSpec[]): { [key: string]: Box } {
  const nodes = buildNodes({ name: 'D', children });
  const round = (value: number) => Math.round(value * 100) / 100;
  return Object.fromEntries(
    nodes.flatMap(({ key, matrix, width, height }): [string, Box][] =>
      key === null ? [] : [[key, [round(matrix[4]), round(matrix[5]), round(width), round(height)]]],
    ),
  );
}

const PADDED = { paddingLeft: 10, paddingTop: 20, paddingRight: 30, paddingBottom: 40, itemSpacing: 5 };
const FILL_ACROSS = { layoutSizingHorizontal: 'FILL' };
const HUG = { layoutSizingHorizontal: 'HUG', layoutSizingVertical: 'HUG' };

describe('auto layout', () => {
  test('hugs its children with padding and gaps', () => {
    const all = boxes(
      flow('f', 'HORIZONTAL', { props: { ...PADDED, ...HUG }, children: [box('a', 10, 10), box('b', 20, 30)] }),
    );
    expect(all).toEqual({ f: [0, 0, 75, 90], a: [10, 20, 10, 10], b: [25, 20, 20, 30] });
  });

  test('shares the rest of a fixed frame among layers that fill it, within their limits', () => {
    const children = [
      box('a', 10, 10),
      box('b', 1, 10, FILL_ACROSS),
      box('c', 1, 10, { ...FILL_ACROSS, maxWidth: 20 }),
    ];
    const { a, b, c } = boxes(flow('f', 'HORIZONTAL', { width: 110, height: 50, children }));
    expect([a, b, c]).toEqual([
      [0, 0, 10, 10],
      [10, 0, 80, 10],
      [90, 0, 20, 10],
    ]);
  });

  test('stretches layers across, also nested frames and their text', () => {
    const words = 'Words that need more than one line at this width';
    const text: NodeSpec = { key: 't', type: 'TEXT', name: 't', props: { characters: words, ...FILL_ACROSS } };
    const inner = flow('inner', 'VERTICAL', {
      props: { ...FILL_ACROSS, layoutSizingVertical: 'HUG' },
      children: [text],
    });
    const {
      t,
      inner: nested,
      f,
    } = boxes(flow('f', 'VERTICAL', { width: 100, props: { layoutSizingVertical: 'HUG' }, children: [inner] }));
    expect(t?.[2]).toBe(100);
    expect(t?.[3]).toBeGreaterThan(40);
    expect([nested?.[3], f?.[3]]).toEqual([t?.[3], t?.[3]]);
  });

  test.each([
    ['MIN', [0, 10]],
    ['CENTER', [40, 50]],
    ['MAX', [80, 90]],
    ['SPACE_BETWEEN', [0, 90]],
    ['SPACE_AROUND', [20, 70]],
  ])('aligns children to %s along its axis', (primaryAxisAlignItems, expected) => {
    const children = [box('a', 10, 10), box('b', 10, 10)];
    const { a, b } = boxes(
      flow('f', 'HORIZONTAL', { width: 100, height: 50, props: { primaryAxisAlignItems }, children }),
    );
    expect([a?.[0], b?.[0]]).toEqual(expected);
  });

  test('aligns texts of different sizes to one baseline', () => {
    const text = (key: string, fontSize: number): NodeSpec => ({
      key,
      type: 'TEXT',
      name: key,
      props: { characters: 'Ag', fontSize },
    });
    const props = { counterAxisAlignItems: 'BASELINE', ...HUG };
    const { a, b, f } = boxes(flow('f', 'HORIZONTAL', { props, children: [text('a', 10), text('b', 30)] }));
    // Inter has its baseline at 0.968 of the automatic line height less the descent
    expect(a?.[1]).toBeCloseTo((30 - 10) * 0.9688, 0);
    expect([b?.[1], f?.[3]]).toEqual([0, b?.[3]]);
  });

  test('wraps into rows with their own gap', () => {
    const children = ['a', 'b', 'c'].map((key) => box(key, 40, 10));
    const props = { layoutWrap: 'WRAP', itemSpacing: 4, counterAxisSpacing: 6, counterAxisSizingMode: 'AUTO' };
    const { b, c, f } = boxes(flow('f', 'HORIZONTAL', { width: 100, props, children }));
    expect([b, c, f]).toEqual([
      [44, 0, 40, 10],
      [0, 16, 40, 10],
      [0, 0, 100, 26],
    ]);
  });

  test('overlaps children with a negative gap', () => {
    const props = { itemSpacing: -4, ...HUG };
    const { b, f } = boxes(flow('f', 'HORIZONTAL', { props, children: [box('a', 10, 10), box('b', 10, 10)] }));
    expect([b?.[0], f?.[2]]).toEqual([6, 16]);
  });

  test('leaves out hidden and absolute children', () => {
    const absolute = { ...box('free', 10, 10, { layoutPositioning: 'ABSOLUTE' }), x: 3, y: 4 };
    const children = [box('hidden', 50, 10, { visible: false }), absolute, box('a', 10, 10)];
    const { a, free, f } = boxes(flow('f', 'HORIZONTAL', { props: HUG, children }));
    expect([a, free, f]).toEqual([
      [0, 0, 10, 10],
      [3, 4, 10, 10],
      [0, 0, 10, 10],
    ]);
  });

  test('places turned layers and groups by their bounds', () => {
    const turned = { ...box('turned', 10, 20), rotation: 90 };
    const group: NodeSpec = { key: 'g', type: 'GROUP', name: 'g', children: [{ ...box('in', 8, 8), x: 300, y: 70 }] };
    const { turned: placed, in: inner, f } = boxes(flow('f', 'HORIZONTAL', { props: HUG, children: [turned, group] }));
    expect([placed, inner, f?.[2]]).toEqual([[0, 10, 10, 20], [20, 0, 8, 8], 28]);
  });

  test('lays out plain nodes that nobody has placed', () => {
    const nodes = buildNodes({
      name: 'D',
      children: [flow('f', 'VERTICAL', { props: HUG, children: [box('a', 10, 10)] })],
    });
    const [, , frame, child] = nodes;
    if (frame === undefined || child === undefined) throw new Error('no nodes');
    child.width = 70;
    layOutNodes(nodes);
    expect(frame.width).toBe(70);
  });
});

describe('a resize', () => {
  const CASES: [string, Box][] = [
    ['MIN', [10, 10, 20, 20]],
    ['MAX', [110, 60, 20, 20]],
    ['CENTER', [60, 35, 20, 20]],
    ['STRETCH', [10, 10, 120, 70]],
    ['SCALE', [20, 15, 40, 30]],
  ];

  test.each(CASES)('moves children with the constraint %s', async (rule, expected) => {
    const child = { ...box('child', 20, 20, { constraints: { horizontal: rule, vertical: rule } }), x: 10, y: 10 };
    const frame: NodeSpec = { key: 'frame', type: 'FRAME', name: 'F', width: 100, height: 100, children: [child] };
    const script = `const [frame, child] = [await node('frame'), await node('child')];
      frame.resize(200, 150);
      const followed = [child.x, child.y, child.width, child.height];
      frame.resizeWithoutConstraints(100, 100);
      return [followed, [child.x, child.y, child.width, child.height]];`;
    const { host, answer } = await runPluginScript(script, ['frame', 'child'], {
      document: { name: 'D', children: [frame] },
    });
    host.dispose();
    expect(answer).toEqual([expected, expected]);
  });

  test('by auto layout moves the children of a frame without it', () => {
    const inner: NodeSpec = {
      ...{ key: 'inner', type: 'FRAME', name: 'I', width: 50, height: 10, props: FILL_ACROSS },
      children: [{ ...box('child', 10, 10, { constraints: { horizontal: 'MAX', vertical: 'MIN' } }), x: 40 }],
    };
    const { child } = boxes(flow('f', 'VERTICAL', { width: 200, height: 50, children: [inner] }));
    expect(child?.[0]).toBe(190);
  });
});

describe('layout properties', () => {
  const document = {
    name: 'D',
    children: [
      flow('row', 'HORIZONTAL', {
        width: 200,
        height: 50,
        children: [
          flow('nested', 'VERTICAL', { width: 40, height: 20, children: [box('leaf', 10, 10)] }),
          { key: 'text', type: 'TEXT', name: 'T', props: { characters: 'Words' } },
          box('shape', 10, 10),
        ],
      }),
      box('alone', 10, 10),
    ],
  } satisfies { name: string; children: NodeSpec[] };

  async function run(script: string): Promise<unknown> {
    const keys = ['row', 'nested', 'leaf', 'text', 'shape', 'alone'];
    const prefix = `const [row, nested, leaf, text, shape, alone] = await Promise.all(${JSON.stringify(keys)}.map(node));`;
    const { host, answer } = await runPluginScript(`${prefix}${script}`, keys, { document });
    host.dispose();
    return answer;
  }

  test('of sizing are kept in step with the older ones', async () => {
    const script = `const seen = [];
      nested.layoutSizingHorizontal = 'FILL'; seen.push(nested.layoutGrow, nested.counterAxisSizingMode);
      nested.layoutGrow = 0; seen.push(nested.layoutSizingHorizontal);
      nested.layoutAlign = 'STRETCH'; seen.push(nested.layoutSizingVertical, nested.height);
      nested.layoutSizingVertical = 'HUG'; seen.push(nested.layoutAlign, nested.primaryAxisSizingMode, nested.height);
      nested.resize(60, 30); seen.push(nested.layoutSizingVertical, nested.height);
      return seen;`;
    const expected = [1, 'FIXED', 'FIXED', 'FILL', 50, 'INHERIT', 'AUTO', 10, 'FIXED', 30];
    expect(await run(script)).toEqual(expected);
  });

  test('of text follow its resizing', async () => {
    const script = `await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });
      const seen = [text.layoutSizingHorizontal, text.layoutSizingVertical];
      text.layoutSizingHorizontal = 'FILL'; seen.push(text.textAutoResize, text.width > 100);
      text.textAutoResize = 'NONE'; seen.push(text.layoutSizingVertical);
      return seen;`;
    expect(await run(script)).toEqual(['HUG', 'HUG', 'HEIGHT', true, 'FIXED']);
  });

  test.each([
    ['alone.layoutSizingHorizontal = "FILL"', /FILL can only be set on children of auto-layout frames/],
    ['shape.layoutSizingVertical = "HUG"', /HUG can only be set on auto-layout frames and text/],
    ['alone.layoutSizingVertical = "FIXED"', /auto-layout frame/],
    ['alone.minWidth = 3', /auto layout nodes and their children/],
    ['row.paddingLeft = -1', /greater than or equal to 0/],
    ['row.counterAxisAlignItems = "SPACE_BETWEEN"', /failed validation/],
  ])('reject %s', async (script, message) => {
    expect(await run(script)).toMatch(message);
  });

  test('place a child again that was moved by hand, and resize a frame that gets auto layout', async () => {
    const script = `shape.x = 500; const moved = shape.x;
      const frame = figma.createFrame(); frame.appendChild(alone); frame.layoutMode = 'HORIZONTAL';
      return [moved < 200, frame.width, frame.height];`;
    expect(await run(script)).toEqual([true, 10, 100]);
  });
});
