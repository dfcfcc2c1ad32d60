import { afterEach, describe, expect, test } from 'vitest';
import { solid } from './documents/parts.js';
import { createFigmaHost, type FigmaHost } from './figma-host.js';
import type { DocumentSpec } from './spec.js';

let host: FigmaHost;
afterEach(() => host.dispose());

const DOCUMENT: DocumentSpec = {
  name: 'Edits',
  children: [
    {
      ...{ key: 'frame', type: 'FRAME', name: 'Frame', width: 200, height: 100 },
      children: [
        {
          key: 'title',
          type: 'TEXT',
          name: 'Title',
          props: { characters: 'Buy', fontName: { family: 'Inter', style: 'Bold' } },
        },
        { key: 'box', type: 'RECTANGLE', name: 'Box', width: 20, height: 20, props: { fills: solid('#ff0000') } },
      ],
    },
  ],
};

/** Posts each change of a node: its type, origin, properties and whether the node is gone. */
const LISTENER = `figma.currentPage.on('nodechange', ({ nodeChanges }) => figma.ui.postMessage(nodeChanges.map(
  ({ id, type, origin, properties, node }) => ({ id, type, origin, properties, removed: node.removed }))));`;

async function start(mainJs = LISTENER): Promise<(key: string) => string> {
  host = await createFigmaHost({ document: DOCUMENT, mainJs });
  await host.runCommand('test');
  return (key) => host.byKey(key).id;
}

function nextChanges(): Promise<unknown> {
  return new Promise((resolve) => {
    const stop = host.onMainMessage((message) => {
      stop();
      resolve(message);
    });
  });
}

describe('an edit by hand', () => {
  test('needs no loaded font and is one undo step', async () => {
    const id = await start();
    host.edit(id('title'), { characters: 'Sell', x: 12 });
    expect(host.byKey('title')).toMatchObject({ props: { characters: 'Sell' }, matrix: [1, 0, 0, 1, 12, 0] });
    expect(host.undoSteps).toBe(1);
    host.undo();
    expect(host.byKey('title').props.characters).toBe('Buy');
  });

  test('adds, moves and removes layers', async () => {
    const id = await start();
    const made = host.insertNode(
      { type: 'FRAME', name: 'Row', children: [{ type: 'ELLIPSE', name: 'Dot' }] },
      id('frame'),
      0,
    );
    host.moveNode(id('box'), made);
    host.removeNode(id('title'));
    expect(host.byKey('frame').childIds).toEqual([made]);
    expect(host.node(made).childIds.map((child) => host.node(child).props.name)).toEqual(['Dot', 'Box']);
  });

  test('follows the rules of an edit by a plugin', async () => {
    const id = await start();
    expect(() => host.edit(id('box'), { colour: 1 })).toThrow(/not extensible/);
  });
});

describe('a node change', () => {
  test('names the changed properties, once for each node', async () => {
    const id = await start();
    const changes = nextChanges();
    host.edit(id('box'), { opacity: 0.5, width: 40 });
    expect(await changes).toEqual([
      {
        id: id('box'),
        type: 'PROPERTY_CHANGE',
        origin: 'LOCAL',
        properties: ['opacity', 'width', 'height'],
        removed: false,
      },
    ]);
  });

  test('is reported for the topmost created or deleted node only', async () => {
    const id = await start();
    const created = nextChanges();
    const made = host.insertNode(
      { type: 'FRAME', name: 'Row', children: [{ type: 'ELLIPSE', name: 'Dot' }] },
      id('frame'),
    );
    expect(await created).toEqual([{ id: made, type: 'CREATE', origin: 'LOCAL', removed: false }]);
    const [frame, deleted] = [id('frame'), nextChanges()];
    host.removeNode(frame);
    expect(await deleted).toEqual([{ id: frame, type: 'DELETE', origin: 'LOCAL', removed: true }]);
    const restored = nextChanges();
    host.undo();
    expect(await restored).toEqual([{ id: frame, type: 'CREATE', origin: 'LOCAL', removed: false }]);
  });

  test('of a collaborator is REMOTE, and stays after an undo', async () => {
    const id = await start();
    const own = nextChanges();
    host.edit(id('box'), { opacity: 0.5 });
    await own;
    const remote = nextChanges();
    host.remoteEdit(id('title'), { x: 7, y: 9 });
    expect(await remote).toMatchObject([{ id: id('title'), origin: 'REMOTE', properties: ['x', 'y'] }]);
    host.undo();
    expect(host.byKey('box').props.opacity).toBeUndefined();
    expect(host.byKey('title').matrix.slice(4)).toEqual([7, 9]);
  });
});
