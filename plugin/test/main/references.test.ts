import { afterEach, expect, test } from 'vitest';
import type { NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const WHITE = [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }];
const screen = (key: string, children: NodeSpec[]): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, width: 200, height: 100 },
  props: { fills: WHITE, annotations: [{ label: 'On the frame' }] },
  children,
});
const use = (key: string, component: string): NodeSpec => ({ key, type: 'INSTANCE', name: key, component });
const variant = (key: string, label: string): NodeSpec => ({
  ...{ key, type: 'COMPONENT', name: `State=${key}`, width: 80, height: 30, props: { fills: WHITE } },
  children: [{ key: label, type: 'RECTANGLE', name: 'Label', width: 20, height: 10, props: { fills: WHITE } }],
});

test('layers refer to their component and to their path within it', async () => {
  const set: NodeSpec = {
    ...{ key: 'set', type: 'COMPONENT_SET', name: 'Button', x: 400, width: 200, height: 40 },
    children: [variant('rest', 'rest-label'), variant('hover', 'hover-label')],
  };
  session = await PluginSession.open({
    name: 'Components',
    children: [set, screen('from', [use('a', 'rest'), use('b', 'hover')]), screen('to', [use('c', 'rest')])],
  });
  const { frames } = await session.exportFrames('transfer-annotations', 'from', ['to']);
  const [from, to] = frames.map(({ layers }) => layers);
  const referencesOf = (layers: typeof from, name: string) => layers?.find((one) => one.name === name)?.references;
  const labels = (layers: typeof from) => layers?.flatMap((one) => (one.name === 'Label' ? [one.references] : []));
  const component = referencesOf(from, 'a')?.component;
  expect(component).toEqual(expect.any(String));
  // both variants are of one set
  expect([referencesOf(from, 'b')?.component, referencesOf(to, 'c')?.component]).toEqual([component, component]);
  const paths = [session.id('rest-label'), session.id('hover-label')];
  expect(labels(from)).toEqual(paths.map((path) => ({ path })));
  expect(labels(to)).toEqual([{ path: paths[0] }]);
  expect(referencesOf(from, 'from')).toBeUndefined();
});
