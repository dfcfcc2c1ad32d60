import type { MainToUi, Picks, Problem } from '../../../shared/messages.js';
import { reduceApplied } from '../applying.js';
import { reduceResult } from '../done.js';
import { blockedTargets, usableTargets } from '../picks.js';
import { hashFrame } from '../request.js';
import { type Flow, type FlowEvent, savePending, stay, type Transition, toPick } from '../state.js';
import { enterStep, frameOf, reduceComparing, reducePicturesFailed, sendPictures } from './pictures-run.js';
import type { PicturesPreview, PicturesRun, PicturesStep, WarpedPicture } from './pictures-state.js';

type Step<K extends PicturesStep['step']> = Extract<PicturesStep, { step: K }>;

/** What the picks of "Propagate edit onto pictures…" lack; null if they are complete. */
export function missingEdit({ after, overlays }: Picks): string | null {
  if (after !== null && after.blocked !== null) return `“${after.name}” can’t be used`;
  if (after !== null || overlays.length > 0) return null;
  return 'Add what is drawn over the source, or its edited version';
}

/** Asks the main thread for the pictures and for what is drawn over the source. The run resumes if the window is closed. */
export function startPictures(flow: Flow, jobId: string): Transition {
  const { source, after, overlays } = flow.picks;
  if (source === null) return stay(flow);
  const run: PicturesRun = {
    ...{ jobId, sourceId: source.nodeId, afterId: after?.nodeId ?? null },
    targetIds: usableTargets(flow.picks).map(({ nodeId }) => nodeId),
    ...{ frames: [], failed: blockedTargets(flow.picks), notices: [] },
  };
  const { sourceId, afterId, targetIds } = run;
  const overlayIds = overlays.map(({ nodeId }) => nodeId);
  const total = targetIds.length + (after === null ? 1 : 2);
  return enterStep(flow, { step: 'exporting', run, done: 0, total }, [
    savePending(flow, { jobId, finished: [] }),
    {
      type: 'main',
      message: { type: 'pictures.export', sourceId, afterId, targetIds: [...targetIds], overlayIds },
    },
  ]);
}

/** The state `pictures`: from the export to the result of Apply. */
export function reducePictures(flow: Flow, state: PicturesStep, event: FlowEvent): Transition {
  switch (state.step) {
    case 'exporting':
      return reduceExporting(flow, state, event);
    case 'flattening':
      return reduceFlattening(flow, state, event);
    case 'comparing':
      return reduceComparing(flow, state, event);
    case 'failed':
      return reducePicturesFailed(flow, state, event);
    case 'clipping':
      return reduceClipping(flow, state, event);
    case 'preview':
      return reducePreview(flow, state, event);
    case 'applying':
      return reduceApplying(flow, state, event);
    case 'done':
      return reduceDone(flow, state, event);
  }
}

function reduceExporting(flow: Flow, state: Step<'exporting'>, event: FlowEvent): Transition {
  if (event.type === 'cancel') return toPick(flow, null, [{ type: 'main', message: { type: 'export.cancel' } }]);
  return event.type === 'main' ? reduceExport(flow, state, event.message) : stay(flow);
}

function reduceExport(flow: Flow, state: Step<'exporting'>, message: MainToUi): Transition {
  const { run } = state;
  switch (message.type) {
    case 'pictures.frame': {
      const { frame, done, total } = message;
      return enterStep(flow, { ...state, done, total, run: { ...run, frames: [...run.frames, hashFrame(frame)] } });
    }
    case 'pictures.frame-failed': {
      const { nodeId, name, problem } = message;
      const failed = [...run.failed, { nodeId, name, problem }];
      return enterStep(flow, { ...state, done: state.done + 1, run: { ...run, failed } });
    }
    case 'pictures.exported': {
      const next = { ...run, notices: message.notices };
      const source = frameOf(next, run.sourceId);
      const after = run.afterId === null ? null : frameOf(next, run.afterId);
      if (source === undefined || after === undefined) return toPick(flow, PICTURE_MISSING);
      if (after !== null && !haveSameShape(source, after)) return toPick(flow, OTHER_SHAPE);
      const { overlays } = message;
      return enterStep(flow, { step: 'flattening', run: next }, [
        { type: 'pictures.flatten', jobId: run.jobId, source, after, overlays },
      ]);
    }
    case 'export.failed':
      return toPick(flow, message.problem);
    default:
      return stay(flow);
  }
}

function reduceFlattening(flow: Flow, { run }: Step<'flattening'>, event: FlowEvent): Transition {
  switch (event.type) {
    case 'cancel':
      return toPick(flow);
    case 'pictures.undrawable':
      return event.jobId === run.jobId ? toPick(flow, UNDRAWABLE) : stay(flow);
    case 'pictures.flattened':
      if (event.jobId !== run.jobId) return stay(flow);
      if (event.edit === null) return toPick(flow, run.afterId === null ? NOTHING_OVER_SOURCE : NO_DIFFERENCE);
      return sendPictures(flow, run, event.edit);
    default:
      return stay(flow);
  }
}

function reduceClipping(flow: Flow, state: Step<'clipping'>, event: FlowEvent): Transition {
  const { run, edit, warped } = state;
  if (event.type === 'cancel') return toPick(flow);
  if (event.type === 'pictures.undrawable' && event.jobId === run.jobId) return toPick(flow, UNDRAWABLE);
  if (event.type !== 'pictures.clipped' || event.jobId !== run.jobId) return stay(flow);
  const { pictures } = event;
  const left = new Set(pictures.map(({ targetId }) => targetId));
  const outside = warped.filter(({ targetId }) => !left.has(targetId));
  const refused = [...state.refused, ...outside.map(({ targetId }) => ({ targetId, problem: OUTSIDE, detail: null }))];
  const { threshold } = flow.preferences;
  return enterStep(flow, {
    ...{ step: 'preview', run, edit, pictures, refused },
    ...{ threshold, choices: new Map(), problem: null },
  });
}

/** The pictures that Apply writes on. */
export function includedPictures({ pictures, threshold, choices }: PicturesPreview): WarpedPicture[] {
  return pictures.filter(({ targetId, fit }) => choices.get(targetId) ?? fit.confidence >= threshold);
}

const OUTSIDE: Problem = {
  message: 'The edit lies outside of the picture’s shape.',
  hint: 'Use a picture whose visible part includes it.',
};

function reducePreview(flow: Flow, preview: PicturesPreview, event: FlowEvent): Transition {
  switch (event.type) {
    case 'include': {
      const choices = new Map(preview.choices);
      for (const key of event.keys) choices.set(key, event.on);
      return enterStep(flow, { ...preview, choices });
    }
    case 'preferences':
      return enterStep(flow, { ...preview, threshold: flow.preferences.threshold });
    case 'back':
      return toPick(flow);
    case 'apply': {
      const pictures = includedPictures(preview);
      if (pictures.length === 0) return stay(flow);
      const placed = pictures.map(({ targetId, png, box }) => ({ targetId, png, box }));
      return enterStep(flow, { step: 'applying', preview: { ...preview, problem: null } }, [
        { type: 'main', message: { type: 'pictures.apply', sourceId: preview.run.sourceId, pictures: placed } },
      ]);
    }
    default:
      return stay(flow);
  }
}

function reduceApplying(flow: Flow, { preview }: Step<'applying'>, event: FlowEvent): Transition {
  return reduceApplied(flow, event, {
    finish: (applied) => enterStep(flow, { step: 'done', preview, ...applied }, [savePending(flow, null)]),
    fail: (problem) => enterStep(flow, { ...preview, problem }),
  });
}

function reduceDone(flow: Flow, state: Step<'done'>, event: FlowEvent): Transition {
  return reduceResult(flow, state, event, (next, effects) => enterStep(flow, next, effects));
}

/** Proportions may differ by this fraction, since exports have whole pixels. */
const SHAPE_TOLERANCE = 0.01;

interface Size {
  width: number;
  height: number;
}

function haveSameShape(one: Size, other: Size): boolean {
  const ratio = (one.width * other.height) / (one.height * other.width);
  return Math.abs(ratio - 1) <= SHAPE_TOLERANCE;
}

const PICTURE_MISSING: Problem = {
  message: 'The source was not exported.',
  hint: 'It may be deleted or hidden. Choose the pictures again.',
};

const OTHER_SHAPE: Problem = {
  message: 'The edited version has other proportions than the source.',
  hint: 'Choose a version that was edited in place, neither cropped nor extended.',
};

const NO_DIFFERENCE: Problem = {
  message: 'The edited version looks the same as the source.',
  hint: 'Choose another version, or select what is drawn over the source.',
};

const NOTHING_OVER_SOURCE: Problem = {
  message: 'None of the selected layers lies over the source.',
  hint: 'Move them onto the source picture, or choose another source.',
};

const UNDRAWABLE: Problem = {
  message: 'The edit can’t be drawn: a picture is damaged, or memory is short.',
  hint: 'Try again with fewer or smaller pictures.',
};
