import { count } from '../../../shared/text.js';
import { reduceApplied } from '../applying.js';
import { reduceResult } from '../done.js';
import {
  enter,
  type Flow,
  type FlowEffect,
  type FlowEvent,
  savePending,
  stay,
  type Transition,
  toPick,
} from '../state.js';
import type { TrackedFrame, TrackedRegion, TrackLabel, TrackPreview, TrackRun, TrackStep } from './track-state.js';

type Step<K extends TrackStep['step']> = Extract<TrackStep, { step: K }>;

function enterStep(flow: Flow, track: TrackStep, effects: FlowEffect[] = []): Transition {
  return enter(flow, { name: 'track', track }, effects);
}

/** The key of a region in a frame. */
export function keyOf(targetId: string, regionId: string): string {
  return `${targetId} ${regionId}`;
}

/** Opens the preview: what is found with enough confidence is on. */
export function openPreview(
  flow: Flow,
  run: TrackRun,
  labels: readonly TrackLabel[],
  frames: readonly TrackedFrame[],
): Transition {
  const included = new Set(
    placeable(run, frames)
      .filter(({ region }) => region.confidence >= flow.preferences.threshold)
      .map(({ key }) => key),
  );
  const preview: TrackPreview = { step: 'preview', run, labels, frames, included, problem: null };
  return enterStep(flow, preview, [savePending(flow, null)]);
}

/** What can be placed: every region that was found, except in the annotated frame. */
function placeable(run: Pick<TrackRun, 'sourceId'>, frames: readonly TrackedFrame[]) {
  return frames.flatMap(({ targetId, regions }) => {
    if (targetId === run.sourceId) return [];
    return regions.flatMap((region: TrackedRegion) =>
      region.mark === null ? [] : { key: keyOf(targetId, region.regionId), targetId, region, mark: region.mark },
    );
  });
}

/** Where a label was found and lost. */
export interface LabelSummary {
  label: TrackLabel;
  /** Keys of where it was found. */
  found: readonly string[];
  /** Names of the frames where it is lost, in their order. */
  lostIn: readonly string[];
}

export function labelSummaries({ run, labels, frames }: TrackPreview): LabelSummary[] {
  return labels.map((label) => {
    const own = frames.filter(({ targetId }) => targetId !== run.sourceId);
    const isFound = ({ regions }: TrackedFrame) =>
      regions.some(({ regionId, mark }) => regionId === label.regionId && mark !== null);
    return {
      label,
      found: own.filter(isFound).map(({ targetId }) => keyOf(targetId, label.regionId)),
      lostIn: own.filter((frame) => !isFound(frame)).map(({ targetId }) => nameOf(run, targetId)),
    };
  });
}

export function nameOf({ frames }: Pick<TrackRun, 'frames'>, targetId: string): string {
  return frames.find(({ nodeId }) => nodeId === targetId)?.name ?? 'Frame';
}

/** “Ball” is lost in “Frame 3” and 4 other frames. Null if it is lost nowhere. */
export function lostSentence({ label, found, lostIn }: LabelSummary): string | null {
  const [first, second] = lostIn;
  if (first === undefined) return null;
  if (found.length === 0) return `“${label.name}” is lost in all frames.`;
  if (second === undefined) return `“${label.name}” is lost in “${first}”.`;
  if (lostIn.length === 2) return `“${label.name}” is lost in “${first}” and “${second}”.`;
  return `“${label.name}” is lost in “${first}” and ${count(lostIn.length - 1, 'other frame')}.`;
}

export function reducePreview(flow: Flow, preview: TrackPreview, event: FlowEvent): Transition {
  switch (event.type) {
    case 'include': {
      const included = new Set(preview.included);
      for (const key of event.keys) {
        if (event.on) included.add(key);
        else included.delete(key);
      }
      return enterStep(flow, { ...preview, included });
    }
    case 'back':
      return toPick(flow);
    case 'apply':
      return apply(flow, preview);
    default:
      return stay(flow);
  }
}

function apply(flow: Flow, preview: TrackPreview): Transition {
  const { run, frames, included } = preview;
  const chosen = placeable(run, frames).filter(({ key }) => included.has(key));
  if (chosen.length === 0) return stay(flow);
  const targets = frames.flatMap(({ targetId }) => {
    const marks = chosen.filter((one) => one.targetId === targetId).map(({ mark }) => mark);
    return marks.length === 0 ? [] : { targetId, marks };
  });
  // the order of this run, also if it was not by hand, so that a later run finds its frames again
  const tracking = { ...run.tracking, hand: run.frames.map(({ nodeId }) => nodeId) };
  return enterStep(flow, { step: 'applying', preview: { ...preview, problem: null } }, [
    { type: 'main', message: { type: 'track.apply', sourceId: run.sourceId, tracking, targets } },
  ]);
}

export function reduceApplying(flow: Flow, { preview }: Step<'applying'>, event: FlowEvent): Transition {
  return reduceApplied(flow, event, {
    finish: (applied) => enterStep(flow, { step: 'done', preview, ...applied }),
    fail: (problem) => enterStep(flow, { ...preview, problem }),
  });
}

export function reduceDone(flow: Flow, state: Step<'done'>, event: FlowEvent): Transition {
  return reduceResult(flow, state, event, (next, effects) => enterStep(flow, next, effects));
}
