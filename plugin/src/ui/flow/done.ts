import type { Problem } from '../../shared/messages.js';
import {
  enter,
  type Flow,
  type FlowEffect,
  type FlowEvent,
  type StateOf,
  stay,
  type Transition,
  type UndoState,
} from './state.js';

/** The state `done`: the result of Apply, which can be undone while it is the last change in the document. */
export function reduceDone(flow: Flow, state: StateOf<'done'>, event: FlowEvent): Transition {
  return reduceResult(flow, state, event, (next, effects) => enter(flow, next, effects));
}

/** The result of Apply: it is undone on request. After that, `back` leads to the preview. */
export function reduceResult<P, S extends Undoable & { preview: P }>(
  flow: Flow,
  state: S & { preview: P },
  event: FlowEvent,
  enterStep: (next: S | P, effects: FlowEffect[]) => Transition,
): Transition {
  const undone = reduceUndo(state, event);
  if (undone !== null) return enterStep({ ...state, ...undone.state }, undone.effects);
  return event.type === 'back' && state.undo === 'done' ? enterStep(state.preview, []) : stay(flow);
}

interface Undoable {
  undo: UndoState;
  problem: Problem | null;
}

/** What an event does to the undo of a result; null for an event about something else. */
export function reduceUndo(
  { undo, problem }: Undoable,
  event: FlowEvent,
): { state: Undoable; effects: FlowEffect[] } | null {
  if (event.type === 'undo' && undo === 'available') {
    return { state: { undo: 'pending', problem }, effects: [{ type: 'main', message: { type: 'undo' } }] };
  }
  if (event.type !== 'main') return null;
  const { message } = event;
  if (message.type === 'undone') return { state: { undo: 'done', problem }, effects: [] };
  if (message.type !== 'undo.failed') return null;
  return { state: { undo: 'unavailable', problem: message.problem }, effects: [] };
}
