import type { MainToUi } from '../../../shared/messages.js';
import type { PlacedFrame, PlacedScope } from '../../../shared/placed.js';
import { reduceUndo } from '../done.js';
import { enter, type Flow, type FlowEffect, type FlowEvent, stay, type Transition } from '../state.js';
import type { RemoveList, RemoveStep } from './remove-state.js';

type Removing = Extract<RemoveStep, { step: 'removing' }>;
type Removed = Extract<RemoveStep, { step: 'removed' }>;

/** Opens “Remove what was transferred”, which needs no daemon. */
export function openRemove(flow: Flow): Transition {
  return look(flow, { step: 'list', scope: 'selection', frames: null, excluded: new Set(), problem: null });
}

export function reduceRemove(flow: Flow, state: RemoveStep, event: FlowEvent): Transition {
  switch (state.step) {
    case 'list':
      return reduceList(flow, state, event);
    case 'removing':
      return reduceRemoving(flow, state, event);
    case 'removed':
      return reduceRemoved(flow, state, event);
  }
}

/** The frames whose things are removed. */
export function includedFrames({ frames, excluded }: RemoveList): PlacedFrame[] {
  return (frames ?? []).filter(({ nodeId, items }) => items.length > 0 && !excluded.has(nodeId));
}

function reduceList(flow: Flow, state: RemoveList, event: FlowEvent): Transition {
  switch (event.type) {
    case 'remove.scope':
      return look(flow, { ...state, scope: event.scope, frames: null, problem: null });
    case 'remove.include': {
      const excluded = new Set(state.excluded);
      for (const frameId of event.frameIds) event.on ? excluded.delete(frameId) : excluded.add(frameId);
      return enterStep(flow, { ...state, excluded });
    }
    case 'remove.start': {
      const frameIds = includedFrames(state).map(({ nodeId }) => nodeId);
      if (frameIds.length === 0) return stay(flow);
      return enterStep(flow, { step: 'removing', list: { ...state, problem: null } }, [
        { type: 'main', message: { type: 'placed.remove', frameIds } },
      ]);
    }
    case 'main':
      return reduceListed(flow, state, event.message);
    default:
      return stay(flow);
  }
}

function reduceListed(flow: Flow, state: RemoveList, message: MainToUi): Transition {
  switch (message.type) {
    case 'placed':
      return message.scope === state.scope ? enterStep(flow, { ...state, frames: message.frames }) : stay(flow);
    case 'placed.failed':
      return enterStep(flow, { ...state, frames: state.frames ?? [], problem: message.problem });
    // follows each change on the page, too
    case 'selection':
      return look(flow, state);
    default:
      return stay(flow);
  }
}

function reduceRemoving(flow: Flow, { list }: Removing, event: FlowEvent): Transition {
  if (event.type !== 'main') return stay(flow);
  const { message } = event;
  if (message.type === 'placed.failed') return enterStep(flow, { ...list, problem: message.problem });
  if (message.type !== 'placed.removed') return stay(flow);
  const { summary } = message;
  return enterStep(flow, { step: 'removed', list, summary, undo: 'available', problem: null });
}

function reduceRemoved(flow: Flow, state: Removed, event: FlowEvent): Transition {
  const undone = reduceUndo(state, event);
  if (undone !== null) return enterStep(flow, { ...state, ...undone.state }, undone.effects);
  return event.type === 'back' ? look(flow, { ...state.list, frames: null, problem: null }) : stay(flow);
}

/** Asks the main thread what is there now. What is listed stays until the answer. */
function look(flow: Flow, list: RemoveList): Transition {
  const { scope }: { scope: PlacedScope } = list;
  return enterStep(flow, list, [{ type: 'main', message: { type: 'placed.list', scope } }]);
}

function enterStep(flow: Flow, remove: RemoveStep, effects: FlowEffect[] = []): Transition {
  return enter(flow, { name: 'remove', remove }, effects);
}
