import { describe, expect, it } from 'vitest';
import type { MainToUi, SelectedLayer } from '../../../src/shared/messages.js';
import { counterpartsOf } from '../../../src/ui/flow/select.js';
import type { FlowEvent, StateOf } from '../../../src/ui/flow/state.js';
import { frameSummary, layerPlacement, resultFor } from '../fixtures.js';
import { CONNECTED, Driver, EXPORTED, HAVE, PLACEMENTS, SOURCE, session, start, TARGET } from './driver.js';

const LAYERS: SelectedLayer[] = ['s-a', 's-b'].map((nodeId) => {
  return { nodeId, name: nodeId, type: 'TEXT', ancestorIds: ['s'], frameId: 's' };
});
const PICK: FlowEvent = { type: 'pick.layers', frame: SOURCE, layers: LAYERS };
const RESULT = resultFor('t', [
  layerPlacement('1', 0.9, { layerId: 't-a', box: null }),
  layerPlacement('2', 0.4, { layerId: 't-b', box: null }),
  layerPlacement('3', 0.8, { layerId: 't-a', box: null }),
  layerPlacement('4', 0.1, { layerId: null, box: null }),
]);

function picked(): Driver {
  const run = new Driver().do(session('select-matching'), CONNECTED);
  return run.do(PICK, { type: 'pick.targets', frames: [TARGET] });
}

function selected(result = RESULT): Driver {
  const run = picked().do(start('job'), ...EXPORTED, ...HAVE);
  run.effects();
  return run.do({ type: 'daemon', message: { type: 'job.result', jobId: 'job', result } });
}

function answer(run: Driver, message: MainToUi): StateOf<'selected'> {
  const { state } = run.do({ type: 'main', message }).flow;
  if (state.name !== 'selected') throw new Error(state.name);
  return state;
}

describe('the layers to find', () => {
  it('make their frame the source, which leaves the targets', () => {
    const run = picked().do({ type: 'pick.targets', frames: [frameSummary('u')] });
    run.do({ type: 'pick.layers', frame: TARGET, layers: LAYERS });
    expect(run.flow.picks).toMatchObject({ source: TARGET, layers: LAYERS });
    expect(run.flow.picks.targets.map(({ nodeId }) => nodeId)).toEqual(['u']);
  });

  it('are needed, so that the last one takes the source away', () => {
    const run = picked();
    for (const { nodeId } of LAYERS) run.do({ type: 'pick.remove-layer', nodeId });
    expect(run.flow.picks.source).toBeNull();
    expect(run.do(start('job')).state).toBe('pick');
  });

  it('are exported and kept for the next session', () => {
    const run = picked();
    run.effects();
    const layerIds = ['s-a', 's-b'];
    expect(run.do(start('job')).effects()).toMatchObject([
      { message: { type: 'pending.save', pending: { command: 'select-matching', layerIds } } },
      { message: { type: 'export.start', sourceId: 's', targetIds: ['t'], layerIds, overlayIds: [] } },
    ]);
  });
});

describe('the result', () => {
  it('selects each sure counterpart once, and ends the pending run', () => {
    expect(selected().effects()).toEqual([
      { type: 'main', message: { type: 'pending.save', pending: null } },
      { type: 'main', message: { type: 'select', targets: [{ targetId: 't', layerIds: ['t-a'] }] } },
    ]);
  });

  it('names doubtful counterparts and layers without one', () => {
    const { run, result } = answer(selected(), { type: 'selected', count: 1, notices: [] });
    const { sure, doubtful, missing, failed } = counterpartsOf(run, result, 0.5);
    const items = [sure, doubtful, missing].map((group) => group.map(({ item }) => item.item.itemId));
    expect(items).toEqual([['1', '3'], ['2'], ['4']]);
    expect(failed).toEqual([]);
  });

  it('includes doubtful counterparts and the source’s own layers on request', () => {
    const run = selected();
    run.effects();
    expect(run.do({ type: 'select', doubtful: true, source: true }).effects()).toEqual([
      {
        type: 'main',
        message: {
          type: 'select',
          targets: [
            { targetId: 't', layerIds: ['t-a', 't-b'] },
            { targetId: 's', layerIds: ['s-a', 's-b'] },
          ],
        },
      },
    ]);
  });

  it('without a sure counterpart leaves Figma’s selection alone', () => {
    const run = selected(resultFor('t', PLACEMENTS.slice(1, 2)));
    expect(run.effects()).toEqual([{ type: 'main', message: { type: 'pending.save', pending: null } }]);
    expect(run.flow.state).toMatchObject({ name: 'selected', outcome: { count: 0 } });
  });

  it('keeps the screen if nothing can be selected, and tries again', () => {
    const problem = { message: 'Deleted.', hint: 'Find matches again.' };
    const run = selected();
    expect(answer(run, { type: 'select.failed', problem })).toMatchObject({ problem, outcome: { count: 0 } });
    run.do({ type: 'select', doubtful: false, source: false });
    expect(answer(run, { type: 'selected', count: 1, notices: [] })).toMatchObject({ problem: null });
    expect(run.do({ type: 'back' }).flow.picks.layers).toEqual(LAYERS);
  });
});
