import { reduceFailure } from './failure.js';
import { retry } from './sending.js';
import { enter, type Flow, type FlowEvent, type StateOf, type Transition } from './state.js';

/** The state `failed`: the run ended with an error. */
export function reduceFailed(flow: Flow, state: StateOf<'failed'>, event: FlowEvent): Transition {
  return reduceFailure(flow, state, event, {
    enter: ({ error, download }, effects) => enter(flow, { ...state, error, download }, effects),
    retry: () => retry(flow, state.run),
  });
}
