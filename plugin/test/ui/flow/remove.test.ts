import { describe, expect, it } from 'vitest';
import type { MainToUi } from '../../../src/shared/messages.js';
import type { PlacedFrame } from '../../../src/shared/placed.js';
import type { RemoveStep } from '../../../src/ui/flow/remove/remove-state.js';
import { type FlowEvent, needsDaemon } from '../../../src/ui/flow/state.js';
import { Driver, session } from './driver.js';

const frame = (nodeId: string, items: number): PlacedFrame => ({
  ...{ nodeId, name: nodeId, changed: [], edits: 0 },
  items: Array.from({ length: items }, (_, n) => {
    return { key: `${nodeId} ${n}`, kind: 'annotation', label: `Label ${n}`, on: 'Title', nodeId: `${nodeId}:${n}` };
  }),
});
const FRAMES = [frame('a', 2), frame('b', 1), frame('edited', 0)];
const SUMMARY = { annotations: 3, notes: 0, layers: 0, frames: 2, changed: [] };
const PROBLEM = { message: 'Figma rejected a change.', hint: 'Try again.' };

const main = (message: MainToUi): FlowEvent => ({ type: 'main', message });
const placed = (scope: 'selection' | 'page' = 'selection') => main({ type: 'placed', scope, frames: FRAMES });

function opened(): Driver {
  return new Driver().do(session('remove-transferred'));
}

function stepOf({ flow: { state } }: Driver): RemoveStep {
  if (state.name !== 'remove') throw new Error(`the state is ${state.name}`);
  return state.remove;
}

const toMain = (run: Driver) => run.effects().flatMap((effect) => (effect.type === 'main' ? [effect.message] : []));

describe('removing what was transferred', () => {
  it('lists what was placed in the selection at once, without a daemon', () => {
    const run = opened();
    expect(toMain(run)).toEqual([{ type: 'placed.list', scope: 'selection' }]);
    run.do(placed());
    expect(stepOf(run)).toMatchObject({ step: 'list', frames: FRAMES });
    expect(needsDaemon(run.flow.state)).toBe(false);
  });

  it('follows the selection, and the chosen scope', () => {
    const run = opened().do(placed());
    run.effects();
    const selection = { frames: [], overlays: [], layers: [], layerFrames: [] };
    run.do(main({ type: 'selection', selection }));
    run.do({ type: 'remove.scope', scope: 'page' });
    expect(toMain(run)).toEqual([
      { type: 'placed.list', scope: 'selection' },
      { type: 'placed.list', scope: 'page' },
    ]);
    // the answer to the first arrives late
    expect(stepOf(run.do(placed('selection')))).toMatchObject({ frames: null });
    expect(stepOf(run.do(placed('page')))).toMatchObject({ frames: FRAMES });
  });

  it('removes the included frames that have something', () => {
    const run = opened().do(placed(), { type: 'remove.include', frameIds: ['b'], on: false });
    run.effects();
    run.do({ type: 'remove.start' });
    expect(toMain(run)).toEqual([{ type: 'placed.remove', frameIds: ['a'] }]);
    expect(stepOf(run).step).toBe('removing');
  });

  it('removes nothing without an included frame', () => {
    const run = opened().do(placed(), { type: 'remove.include', frameIds: ['a', 'b'], on: false });
    expect(stepOf(run.do({ type: 'remove.start' })).step).toBe('list');
  });

  it('goes back to the list with the problem', () => {
    const run = opened().do(placed(), { type: 'remove.start' }, main({ type: 'placed.failed', problem: PROBLEM }));
    expect(stepOf(run)).toMatchObject({ step: 'list', frames: FRAMES, problem: PROBLEM });
  });

  it('can be undone, and looks again after that', () => {
    const run = opened().do(placed(), { type: 'remove.start' }, main({ type: 'placed.removed', summary: SUMMARY }));
    expect(stepOf(run)).toMatchObject({ step: 'removed', summary: SUMMARY, undo: 'available' });
    run.effects();
    run.do({ type: 'undo' }, main({ type: 'undone' }), { type: 'back' });
    expect(toMain(run)).toEqual([{ type: 'undo' }, { type: 'placed.list', scope: 'selection' }]);
    expect(stepOf(run)).toMatchObject({ step: 'list', frames: null });
  });
});
