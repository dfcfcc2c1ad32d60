import type { ApplySummary, Problem } from '../../shared/messages.js';
import {
  enter,
  type Flow,
  type FlowEvent,
  type StateOf,
  savePending,
  stay,
  type Transition,
  type UndoState,
} from './state.js';

/** What was written. */
interface Applied {
  summary: ApplySummary;
  undo: UndoState;
  problem: null;
}

/** How a preview goes on after Apply. */
interface AppliedRun {
  finish(applied: Applied): Transition;
  /** Nothing was written. */
  fail(problem: Problem): Transition;
}

/** The state `applying`: the main thread writes. It leads to `done`, or back to the unchanged preview. */
export function reduceApplying(flow: Flow, { preview }: StateOf<'applying'>, event: FlowEvent): Transition {
  return reduceApplied(flow, event, {
    finish: (applied) => enter(flow, { name: 'done', preview, ...applied }, [savePending(flow, null)]),
    fail: (problem) => enter(flow, { ...preview, problem }),
  });
}

/** The answer of the main thread to Apply. */
export function reduceApplied(flow: Flow, event: FlowEvent, run: AppliedRun): Transition {
  if (event.type !== 'main') return stay(flow);
  const { message } = event;
  if (message.type === 'apply.failed') return run.fail(message.problem);
  if (message.type !== 'applied') return stay(flow);
  const { summary } = message;
  const wrote = summary.created + summary.updated + summary.notes > 0;
  return run.finish({ summary, undo: wrote ? 'available' : 'unavailable', problem: null });
}
