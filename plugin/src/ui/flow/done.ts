import { enter, type Flow, type FlowEvent, type StateOf, stay, type Transition } from './state.js';

/** The state `done`: the result of Apply, which can be undone while it is the last change in the document. */
export function reduceDone(flow: Flow, state: StateOf<'done'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'undo':
      if (state.undo !== 'available') return stay(flow);
      return enter(flow, { ...state, undo: 'pending' }, [{ type: 'main', message: { type: 'undo' } }]);
    case 'back':
      return state.undo === 'done' ? enter(flow, state.preview) : stay(flow);
    case 'main':
      if (event.message.type === 'undone') return enter(flow, { ...state, undo: 'done' });
      if (event.message.type !== 'undo.failed') return stay(flow);
      return enter(flow, { ...state, undo: 'unavailable', problem: event.message.problem });
    default:
      return stay(flow);
  }
}
