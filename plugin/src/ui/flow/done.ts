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
  const undone = reduceUndo(state, event);
  if (undone !== null) return enter(flow, { ...state, ...undone.state }, undone.effects);
  return event.type === 'back' && state.undo === 'done' ? enter(flow, state.preview) : stay(flow);
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
