import type { JobResult } from '@samepoint/shared-protocol';
import type { Problem } from '../../../shared/messages.js';
import { messageOf } from '../../../shared/text.js';
import { counterpartsOf, differenceOf } from '../edits/edits-difference.js';
import { failedTarget } from '../frame-problems.js';
import { type ImageJobInput, type ImageJobStep, startImageJob } from '../image-job.js';
import { buildPart } from '../parts.js';
import type { Flow, Transition } from '../state.js';
import type { AlignRun, LayerChanges } from './align-state.js';

/** The changes so far, with the effects that find the others. */
interface ChangesStep {
  changes: LayerChanges;
  effects: Transition['effects'];
}

/** Asks which layer of the first version is which of the second, by the job of a transfer. */
export function compareLayers(flow: Flow, versions: AlignRun): ChangesStep {
  const { run, before, after } = versions;
  const done = (changes: LayerChanges): ChangesStep => ({ changes, effects: [] });
  if (run.items.length === 0 || before.edits === undefined || after.edits === undefined) {
    return done({ state: 'none', problem: NO_LAYERS });
  }
  const parts = {
    ...{ frames: run.frames, items: run.items, sourceId: before.nodeId, targetIds: [after.nodeId] },
    withReferences: true,
  };
  const built = buildPart(parts, '');
  if (!built.ok) return done({ state: 'failed', problem: built.problem });
  const { backend: _, ...request } = built.request;
  const input: ImageJobInput = { jobId: `${run.jobId}-layers`, images: [before, after], request };
  return afterStep(versions, startImageJob(flow, input));
}

/** What a step of the job means for the changes. */
export function afterStep(versions: AlignRun, step: ImageJobStep): ChangesStep {
  switch (step.kind) {
    case 'goes-on':
      return { changes: { state: 'comparing', job: step.job }, effects: step.effects };
    case 'result':
      return { changes: listChanges(versions, step.result), effects: [] };
    case 'failed': {
      const { message, hint } = step.error;
      return { changes: { state: 'failed', problem: { message, hint } }, effects: [] };
    }
    case 'cancelled':
      return { changes: { state: 'failed', problem: CANCELLED }, effects: step.effects };
  }
}

function listChanges({ run, before, after }: AlignRun, result: JobResult): LayerChanges {
  const [target] = result.kind === 'transfer' ? result.targets : [];
  if (target === undefined || before.edits === undefined || after.edits === undefined) {
    return { state: 'failed', problem: CANCELLED };
  }
  if (target.state === 'failed') return { state: 'failed', problem: failedTarget(after, target.error).problem };
  try {
    const sameLayers = counterpartsOf(run.items, target.placements);
    return { state: 'listed', difference: differenceOf(before.edits.design, after.edits.design, sameLayers) };
  } catch (error) {
    const message = `The layers can’t be compared: ${messageOf(error)}.`;
    return {
      state: 'failed',
      problem: { message, hint: 'Compare a part of the frames to find the layer that fails.' },
    };
  }
}

const NO_LAYERS: Problem = {
  message: 'A picture has no layers to list.',
  hint: 'The other tabs show where its pixels differ. Compare two frames for a list of changed layers.',
};

const CANCELLED: Problem = { message: 'The layers were not compared.', hint: 'Try again.' };
