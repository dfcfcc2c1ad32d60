import { enter, type Flow, type FlowEvent, type StateOf, savePending, stay, type Transition } from './state.js';

/** The state `applying`: the main thread writes. It leads to `done`, or back to the unchanged preview. */
export function reduceApplying(flow: Flow, state: StateOf<'applying'>, event: FlowEvent): Transition {
  if (event.type !== 'main') return stay(flow);
  const { message } = event;
  switch (message.type) {
    case 'applied': {
      const { summary } = message;
      const wrote = summary.created + summary.updated + summary.notes > 0;
      return enter(
        flow,
        { name: 'done', preview: state.preview, summary, undo: wrote ? 'available' : 'unavailable', problem: null },
        [savePending(flow, null)],
      );
    }
    case 'apply.failed':
      return enter(flow, { ...state.preview, problem: message.problem });
    default:
      return stay(flow);
  }
}
