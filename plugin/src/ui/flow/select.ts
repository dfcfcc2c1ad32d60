import type { Box, TransferResult } from '@samepoint/shared-protocol';
import type { ExportedItem, UiToMain } from '../../shared/messages.js';
import { type FailedTarget, failedTargets } from './frame-problems.js';
import type { HashedFrame } from './request.js';
import {
  enter,
  type Flow,
  type FlowEvent,
  type Run,
  type SelectedState,
  savePending,
  stay,
  type Transition,
  toPick,
} from './state.js';

/** The counterpart of one layer in one target. */
export interface Counterpart {
  key: string;
  item: ExportedItem;
  target: HashedFrame;
  /** Null for none. */
  layerId: string | null;
  /** In pixels of the target's export. */
  box: Box | null;
  confidence: number;
}

export interface Counterparts {
  sure: Counterpart[];
  doubtful: Counterpart[];
  missing: Counterpart[];
  /** Targets that were not compared, and why. */
  failed: FailedTarget[];
}

/** Sorts a result by what the preview of other commands would include. Sure is what reaches the threshold. */
export function counterpartsOf(run: Run, result: TransferResult, threshold: number): Counterparts {
  const found: Counterparts = {
    sure: [],
    doubtful: [],
    missing: [],
    failed: [...run.failed, ...failedTargets(result, run.frames)],
  };
  const items = new Map(run.items.map((item) => [item.item.itemId, item]));
  for (const placed of result.targets) {
    const target = run.frames.find(({ nodeId }) => nodeId === placed.targetId);
    if (placed.state === 'failed' || target === undefined) continue;
    for (const placement of placed.placements) {
      const item = items.get(placement.itemId);
      if (item === undefined || placement.kind !== 'layer') continue;
      const { layerId, box, confidence } = placement;
      const key = `${placed.targetId} ${placement.itemId}`;
      const group = layerId === null ? 'missing' : confidence < threshold ? 'doubtful' : 'sure';
      found[group].push({ key, item, target, layerId, box, confidence });
    }
  }
  return found;
}

/** Selects the counterparts in Figma, without doubtful ones. */
export function startSelect(flow: Flow, run: Run, result: TransferResult): Transition {
  const base: Omit<SelectedState, 'doubtful' | 'source'> = {
    name: 'selected',
    run,
    result,
    outcome: null,
    problem: null,
  };
  const { flow: next, effects } = select(flow, { ...base, doubtful: false, source: false });
  return { flow: next, effects: [savePending(flow, null), ...effects] };
}

/** The state `selected`: Figma has the counterparts selected. */
export function reduceSelected(flow: Flow, state: SelectedState, event: FlowEvent): Transition {
  switch (event.type) {
    case 'select':
      return select(flow, { ...state, doubtful: event.doubtful, source: event.source });
    case 'back':
      return toPick(flow);
    case 'main':
      if (event.message.type === 'selected') {
        const { count, notices } = event.message;
        return enter(flow, { ...state, outcome: { count, notices }, problem: null });
      }
      if (event.message.type !== 'select.failed') return stay(flow);
      return enter(flow, { ...state, outcome: { count: 0, notices: [] }, problem: event.message.problem });
    default:
      return stay(flow);
  }
}

function select(flow: Flow, state: SelectedState): Transition {
  const targets = selectedLayers(flow, state);
  // an empty selection would only take away what the designer has selected
  if (targets.length === 0) return enter(flow, { ...state, outcome: { count: 0, notices: [] }, problem: null });
  return enter(flow, { ...state, outcome: null, problem: null }, [
    { type: 'main', message: { type: 'select', targets } },
  ]);
}

type SelectTargets = Extract<UiToMain, { type: 'select' }>['targets'];

/** The layers to select by frame, each once. */
export function selectedLayers(flow: Flow, { run, result, doubtful, source }: SelectedState): SelectTargets {
  const found = counterpartsOf(run, result, flow.preferences.threshold);
  const layers = new Map<string, Set<string>>();
  for (const { target, layerId } of [...found.sure, ...(doubtful ? found.doubtful : [])]) {
    if (layerId === null) continue;
    const known = layers.get(target.nodeId) ?? new Set();
    layers.set(target.nodeId, known.add(layerId));
  }
  if (source) layers.set(flow.picks.source?.nodeId ?? '', new Set(flow.picks.layers.map(({ nodeId }) => nodeId)));
  return [...layers].map(([targetId, layerIds]) => ({ targetId, layerIds: [...layerIds] }));
}
