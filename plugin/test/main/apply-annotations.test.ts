import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
beforeEach(async () => {
  session = await PluginSession.open(inboxDocument());
});
afterEach(() => session.close());

const labels = (key: string) =>
  session.host.annotations(session.id(key)).map((annotation) => (annotation as { label?: string }).label);

/** The document with changed properties of one node. */
function withProps(document: DocumentSpec, key: string, props: NodeSpec['props']): DocumentSpec {
  const change = (node: NodeSpec): NodeSpec => ({
    ...node,
    ...(node.key === key ? { props: { ...node.props, ...props } } : {}),
    ...(node.children === undefined ? {} : { children: node.children.map(change) }),
  });
  return { ...document, children: document.children.map(change) };
}

async function reopen(document: DocumentSpec, hasManifestId = true): Promise<void> {
  session.close();
  session = await PluginSession.open(document, { hasManifestId });
}

describe('annotations', () => {
  test('keep their markdown, category and pinned properties', async () => {
    await session.apply([session.onLayer('dark:screen', 'light:title', 'dark:title')]);
    expect(session.host.annotations(session.id('dark:title'))).toEqual([
      {
        label: 'Uses Heading / L',
        labelMarkdown: 'Uses **Heading / L**',
        properties: [{ type: 'fontSize' }],
        categoryId: 'cat:development',
      },
    ]);
  });

  test('lose pinned properties that the layer lacks', async () => {
    await session.apply([
      session.onLayer('dark:screen', 'light:title', 'dark:bell'),
      session.onLayer('dark:screen', 'light:button', 'dark:banner'),
    ]);
    expect(session.host.annotations(session.id('dark:bell'))).toMatchObject([{ properties: [] }]);
    expect(session.host.annotations(session.id('dark:banner'))).toMatchObject([{ properties: [] }]);
  });

  test('are added after existing annotations', async () => {
    const mine = { labelMarkdown: 'Mine, **do not** change', categoryId: 'cat:interaction' };
    await reopen(withProps(inboxDocument(), 'dark:button', { annotations: [mine] }));
    const summary = await session.apply([
      session.onLayer('dark:screen', 'light:button', 'dark:button', 0),
      session.onLayer('dark:screen', 'light:button', 'dark:button', 1),
    ]);
    expect(summary).toMatchObject({ created: 2, updated: 0, notes: 0, skipped: [] });
    expect(session.host.annotations(session.id('dark:button'))[0]).toMatchObject(mine);
    expect(labels('dark:button')).toEqual(['Mine, do not change', 'Opens the invite dialog', 'At least 44 px high']);
  });

  test('are skipped with a reason if the layer has an equal one', async () => {
    const same = [{ label: 'Opens the notification sheet', categoryId: 'cat:interaction' }];
    await reopen(withProps(inboxDocument(), 'dark:bell', { annotations: same }));
    const { created, skipped } = await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    expect(created).toBe(0);
    expect(skipped[0]?.reason).toMatch(/already has this annotation/);
    expect(labels('dark:bell')).toHaveLength(1);
  });

  test('on a duplicate of a target leave the target unchanged', async () => {
    const onTitle = session.onLayer('dark:screen', 'light:title', 'dark:title');
    await session.apply([onTitle]);
    const before = labels('dark:title');
    expect(before).toHaveLength(1);
    const copyId = session.host.duplicate(session.id('dark:screen'));
    const copied = session.host
      .nodes()
      .filter((node) => node.key === 'dark:title' && node.id !== session.id('dark:title'));
    const layerId = copied[0]?.id ?? '';
    await session.apply([
      { targetId: copyId, placement: { ...onTitle.placement, layerId } as typeof onTitle.placement },
    ]);
    expect(labels('dark:title')).toEqual(before);
    expect(session.host.annotations(layerId)).toHaveLength(1);
  });

  test('on all targets are one undo step', async () => {
    const before = session.host.snapshot();
    await session.apply([
      session.onLayer('dark:screen', 'light:title', 'dark:title'),
      session.onLayer('dark:screen', 'light:bell', null),
      session.onLayer('large:screen', 'light:title', 'large:title'),
    ]);
    expect(session.host.snapshot()).not.toEqual(before);
    expect(session.host.undoSteps).toBe(1);
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('can be undone once from the toast', async () => {
    const before = session.host.snapshot();
    await session.apply([session.onLayer('dark:screen', 'light:title', 'dark:title')]);
    const [toast] = session.host.toasts;
    expect(toast).toMatchObject({ message: 'Added 1 annotation', button: 'Undo' });
    if (toast === undefined) return;
    session.host.pressToast(toast);
    await session.next('undone');
    session.host.pressToast(toast);
    expect(session.host.snapshot()).toEqual(before);
  });

  test('that changed after the preview are skipped', async () => {
    await session.exportFrames('transfer-annotations', 'light:screen', ['dark:screen']);
    const placements = [0, 1].map((index) => session.onLayer('dark:screen', 'light:button', 'dark:button', index));
    const second = { label: 'At least 44 px high' };
    session.host.editAnnotations(session.id('light:button'), [second]);
    const { created, skipped } = await session.apply(placements);
    expect(created).toBe(0);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('changed after the preview'),
      expect.stringContaining('deleted from the source'),
    ]);
    expect(labels('dark:button')).toEqual([]);
  });

  test('of an earlier run are updated', async () => {
    const placement = () => session.onLayer('dark:screen', 'light:bell', 'dark:bell');
    await session.apply([placement()]);
    const summary = await session.apply([placement()]);
    expect(summary).toMatchObject({ created: 0, updated: 1, notes: 0, skipped: [] });
    expect(labels('dark:bell')).toEqual(['Opens the notification sheet']);
    const moved = await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:menu')]);
    expect(moved).toMatchObject({ created: 0, updated: 1 });
    expect([labels('dark:bell'), labels('dark:menu')]).toEqual([[], ['Opens the notification sheet']]);
  });

  test('of an earlier run are updated after reopening the plugin', async () => {
    await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    await session.host.runCommand('transfer-annotations');
    const summary = await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    expect(summary).toMatchObject({ created: 0, updated: 1 });
  });

  test('that the designer edited after the first run stay', async () => {
    await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    const edited = session.host.editAnnotations(session.id('dark:bell'), [{ label: 'My own label' }]);
    expect(edited).toHaveLength(1);
    const summary = await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    expect(summary).toMatchObject({ created: 1, updated: 0 });
    expect(labels('dark:bell')).toEqual(['My own label', 'Opens the notification sheet']);
  });

  test.each([
    ['annotations', 'large:title'],
    ['sharedPluginData', 'large:screen'],
  ])('are rolled back without an undo step if writing %s of %s throws', async (property, key) => {
    const before = session.host.snapshot();
    session.host.breakWrite(session.id(key), property);
    session.send({
      type: 'apply',
      command: 'transfer-annotations',
      sourceId: session.id('light:screen'),
      accepted: [
        session.onLayer('dark:screen', 'light:title', 'dark:title'),
        session.onLayer('dark:screen', 'light:bell', null),
        session.onLayer('large:screen', 'light:title', 'large:title'),
      ],
    });
    const { problem } = await session.next('apply.failed');
    expect(problem.message).toMatch(/all changes were undone: .*cannot be changed/);
    expect(session.host.snapshot()).toEqual(before);
    expect(session.host.undoSteps).toBe(0);
    expect(session.host.toasts).toEqual([]);
  });

  test('can be added to a layer of an instance', async () => {
    const component: NodeSpec = {
      key: 'chip',
      type: 'COMPONENT',
      name: 'Chip',
      x: 2000,
      width: 80,
      height: 30,
      children: [{ key: 'chip-words', type: 'TEXT', name: 'Label', props: { characters: 'New' } }],
    };
    const instance: NodeSpec = { key: 'chip-use', type: 'INSTANCE', name: 'Chip', component: 'chip', x: 10, y: 10 };
    const document = inboxDocument();
    const [light, dark, ...rest] = document.children;
    if (light === undefined || dark === undefined) throw new Error('the document has no screens');
    const children = [component, light, { ...dark, children: [...(dark.children ?? []), instance] }, ...rest];
    await reopen({ ...document, children });
    const [inner = ''] = session.host.byKey('chip-use').childIds;
    const placement = session.onLayer('dark:screen', 'light:bell', 'chip-use');
    if (placement.placement.kind === 'layer') placement.placement.layerId = inner;
    expect(await session.apply([placement])).toMatchObject({ created: 1, skipped: [] });
    expect(session.host.annotations(inner)).toHaveLength(1);
  });

  test('without source or target are skipped with a reason', async () => {
    const gone = session.onLayer('dark:screen', 'light:bell', 'dark:bell', 7);
    const nowhere = { ...session.onLayer('dark:screen', 'light:bell', 'dark:bell'), targetId: '404:1' };
    const fine = session.onLayer('dark:screen', 'light:title', 'dark:title');
    const { created, skipped } = await session.apply([gone, nowhere, fine]);
    expect(created).toBe(1);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'The annotation was deleted from the source.',
      'The target frame was deleted.',
    ]);
  });

  test('add relaunch buttons to source and targets, unless the manifest has no id', async () => {
    await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    for (const key of ['light:screen', 'dark:screen']) {
      expect(Object.keys(session.host.byKey(key).relaunchData)).toEqual(['transfer-annotations']);
    }
    await reopen(inboxDocument(), false);
    const summary = await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    expect(summary.created).toBe(1);
    expect(session.host.byKey('dark:screen').relaunchData).toEqual({});
  });

  test('set the initial picks of the next run', async () => {
    await session.apply([
      session.onLayer('dark:screen', 'light:bell', 'dark:bell'),
      session.onLayer('large:screen', 'light:bell', 'large:bell'),
    ]);
    session.host.select([session.id('dark:screen')]);
    await session.host.runCommand('transfer-annotations');
    session.send({ type: 'ready' });
    const fromTarget = (await session.next('session')).picks;
    expect(fromTarget.source?.name).toBe('Inbox / Light');
    expect(fromTarget.targets.map(({ name }) => name)).toEqual(['Frame 2041']);
    session.host.select([session.id('light:screen')]);
    await session.host.runCommand('transfer-annotations');
    session.send({ type: 'ready' });
    const fromSource = (await session.next('session')).picks;
    expect(fromSource.targets.map(({ name }) => name)).toEqual(['Frame 2041', 'Frame 2042']);
  });
});

describe('notes', () => {
  test('are added beside the target, at the height of the matched box', async () => {
    const summary = await session.apply([session.onLayer('dark:screen', 'light:bell', null)]);
    expect(summary).toMatchObject({ created: 0, updated: 0, notes: 1, skipped: [] });
    const note = noteOf('Opens the notification sheet');
    const target = session.host.byKey('dark:screen');
    const pixelsPerUnit = Math.floor((375 * 1536) / 812) / 375;
    expect(note.absolute[4]).toBeCloseTo(target.absolute[4] + 375 + 16, 6);
    expect(note.absolute[5]).toBeCloseTo(target.absolute[5] + 200 / pixelsPerUnit, 4);
    expect(note.parentId).toBe('0:1');
    expect(note.width).toBeGreaterThan(100);
    expect(note.props).toMatchObject({ cornerRadius: 4, fills: [{ color: { r: 1, g: 0.95, b: 0.72 } }] });
    const [, text] = note.childIds.map((id) => session.host.node(id));
    expect(text?.props).toMatchObject({ fills: [{ color: { r: 0.2, g: 0.16, b: 0 } }] });
    expect(text?.height).toBeCloseTo(12 * 1.21, 6);
  });

  test('at the same height do not overlap', async () => {
    await session.apply([
      session.onLayer('dark:screen', 'light:bell', null),
      session.onLayer('dark:screen', 'light:row-2/avatar', null),
    ]);
    const [first, second] = [noteOf('Opens the notification sheet'), noteOf('Falls back to initials')];
    expect(Math.abs(first.absolute[5] - second.absolute[5])).toBeGreaterThanOrEqual(first.height);
  });

  test('wrap at 240 px', async () => {
    const label = 'Shows every notification of the last seven days, the newest first, and marks them as seen';
    await reopen(withProps(inboxDocument(), 'light:bell', { annotations: [{ label }] }));
    await session.apply([session.onLayer('dark:screen', 'light:bell', null)]);
    const note = noteOf(label);
    expect(note.width).toBe(240 + 20 + 3 * 8);
    expect(note.height).toBeGreaterThan(40);
  });

  test('replace annotations on groups', async () => {
    const document = inboxDocument();
    const [, dark] = document.children;
    const group: NodeSpec = {
      key: 'dark:group',
      type: 'GROUP',
      name: 'Group 1',
      children: [{ type: 'RECTANGLE', name: 'Rectangle', width: 20, height: 20 }],
    };
    if (dark === undefined) throw new Error('the document has no target');
    const children = document.children.map((one) =>
      one === dark ? { ...dark, children: [...(dark.children ?? []), group] } : one,
    );
    await reopen({ ...document, children });
    const summary = await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:group')]);
    expect(summary.notes).toBe(1);
  });

  test('of an earlier run are replaced, or removed once a layer matches', async () => {
    await session.apply([session.onLayer('dark:screen', 'light:bell', null)]);
    const again = await session.apply([session.onLayer('dark:screen', 'light:bell', null)]);
    expect(again).toMatchObject({ created: 0, updated: 1, notes: 0 });
    expect(notes()).toHaveLength(1);
    const onLayer = await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
    expect(onLayer).toMatchObject({ created: 0, updated: 1, notes: 0 });
    expect(notes()).toHaveLength(0);
    expect(labels('dark:bell')).toEqual(['Opens the notification sheet']);
  });

  test('are not added without a match', async () => {
    const placement = session.onLayer('dark:screen', 'light:bell', null);
    if (placement.placement.kind === 'layer') placement.placement.box = null;
    const { skipped } = await session.apply([placement]);
    expect(skipped[0]?.reason).toBe('No match in this frame.');
    expect(session.host.undoSteps).toBe(0);
  });
});

function notes() {
  return session.host.nodes().filter(({ props }) => /^Note \d+: /.test(String(props.name)));
}

function noteOf(label: string) {
  const note = notes().find(({ props }) => String(props.name).endsWith(`: ${label}`));
  if (note === undefined) throw new Error(`there is no note “${label}”`);
  return note;
}
