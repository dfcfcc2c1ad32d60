import { framesBeside, selectedLayersOf } from '../shared/layer-picks.js';
import {
  type Command,
  type FrameSummary,
  NO_JOB,
  type OverlaySummary,
  type PendingJob,
  type Picks,
  type RecordingSummary,
  type SelectedLayer,
  type SelectionSummary,
} from '../shared/messages.js';
import { proposePicks } from '../shared/propose-picks.js';
import { frameUnder, regionOfItem, type TrackChoices } from '../shared/tracking.js';
import { summarizeFrame } from './canvas/frame-summaries.js';
import { findFrame, findSceneNode } from './canvas/nodes.js';
import { readSelection, summarizeLayer, summarizeOverlay } from './canvas/selection.js';
import { isComparison } from './changes/plan-comparison.js';
import { type LastRun, readLastRun, readPlaced } from './changes/provenance.js';

/** The initial picks of the UI: those of the pending job or of the last window, else of the last run with a selected frame, else by the selection. */
export async function initialPicks(
  command: Command,
  pending: PendingJob | null,
  recordings: readonly RecordingSummary[],
): Promise<Picks> {
  if (pending !== null && (pending.jobId !== NO_JOB || isSelectionIn(pending))) {
    return {
      source: await frameSummary(pending.sourceId),
      after: pending.afterId === undefined ? null : await frameSummary(pending.afterId),
      targets: await frameSummaries(pending.targetIds),
      overlays: await overlaySummaries(pending.overlayIds),
      layers: await layerSummaries(pending.sourceId, pending.layerIds ?? []),
    };
  }
  const selection = readSelection();
  if (command === 'transfer-edits') return recordingPicks(selection, recordings);
  if (command === 'select-matching') return layerPicks(selection);
  if (command === 'align-compare') return versionPicks(selection);
  if (command === 'track-frames') return trackPicks(selection);
  const hasAfter = command === 'transfer-difference';
  const run = await lastRunOf(selection.frames);
  if (run !== null) return picksOfRun(run, selection, hasAfter);
  const proposed = proposePicks(command, selection);
  return proposed ?? picksOfRun(readLastRun(figma.currentPage), selection, hasAfter);
}

/** Whether all that is selected is picked already; another selection is what the designer wants now. */
function isSelectionIn({ sourceId, afterId = sourceId, targetIds, overlayIds, layerIds = [] }: PendingJob): boolean {
  const ids = new Set([sourceId, afterId, ...targetIds, ...overlayIds, ...layerIds]);
  return figma.currentPage.selection.every(({ id }) => ids.has(id));
}

/** Two selected frames; one that was compared before, with the other version. */
async function versionPicks(selection: SelectionSummary): Promise<Picks> {
  const none = { targets: [], overlays: [], layers: [] };
  const [only = null, ...more] = selection.frames;
  if (only === null || more.length > 0) {
    return proposePicks('align-compare', selection) ?? { ...none, source: null, after: null };
  }
  const frame = await findFrame(only.nodeId);
  const record = frame === null ? undefined : readPlaced(frame).find(isComparison);
  const before = record === undefined ? null : await frameSummary(record.sourceId);
  return before === null ? { ...none, source: only, after: null } : { ...none, source: before, after: only };
}

/** The selected layers of one frame, and as targets the other selected frames, else those of the last run. */
async function layerPicks(selection: SelectionSummary): Promise<Picks> {
  const picked = selectedLayersOf(selection);
  if (!('frame' in picked)) return { source: null, after: null, targets: [], overlays: [], layers: [] };
  const others = framesBeside(picked, selection.frames);
  const { frame: source, layers } = picked;
  const targets = others.length > 0 ? others : await framesOfLastRun(source.nodeId);
  return { source, after: null, targets, overlays: [], layers };
}

/** The selected frames and regions; the frame under the regions is the annotated one. What is missing is that of the last run. */
async function trackPicks({ frames, overlays }: SelectionSummary): Promise<Picks> {
  const none = { after: null, layers: [] };
  const run = frames.length === 0 ? readLastRun(figma.currentPage) : await lastRunOf(frames);
  const earlier = run?.tracking === undefined ? null : await trackedBefore(run);
  const [only] = frames;
  const isPartOf =
    only === undefined || [earlier?.source, ...(earlier?.targets ?? [])].some((one) => one?.nodeId === only.nodeId);
  if (frames.length < 2 && earlier !== null && isPartOf) {
    return { ...none, ...earlier, overlays: overlays.length > 0 ? overlays : earlier.overlays };
  }
  // what may be a still or a layer is a still here
  const stills = new Set(frames.map(({ nodeId }) => nodeId));
  const drawn = overlays.filter(({ nodeId }) => !stills.has(nodeId));
  const under = drawn.flatMap(({ centre }) => (centre === undefined ? [] : (frameUnder(frames, centre) ?? [])));
  const again = frames.find(({ nodeId }) => nodeId === earlier?.source?.nodeId);
  const source = under[0] ?? again ?? frames[0] ?? null;
  const regions = drawn.length > 0 || again !== source ? drawn : (earlier?.overlays ?? []);
  return { ...none, source, targets: frames.filter((frame) => frame !== source), overlays: regions };
}

/** The frames and regions of an earlier run, without those that were deleted. */
async function trackedBefore({
  sourceId,
  targetIds,
  tracking,
}: LastRun): Promise<Pick<Picks, 'source' | 'targets' | 'overlays'>> {
  const ids = [...new Set([...(tracking?.hand ?? []), ...targetIds])].filter((id) => id !== sourceId);
  const targets = await Promise.all(ids.map(findFrame));
  const placed = targets.flatMap((target) => (target === null ? [] : readPlaced(target)));
  const regionIds = placed.flatMap((record) =>
    record.sourceId === sourceId ? (regionOfItem(record.itemId) ?? []) : [],
  );
  return {
    source: await frameSummary(sourceId),
    targets: await frameSummaries(ids),
    overlays: await overlaySummaries([...new Set(regionIds)]),
  };
}

/** The choices of the last run that tracked the selected frames. */
export async function lastTracking(command: Command): Promise<TrackChoices | null> {
  if (command !== 'track-frames') return null;
  const { frames } = readSelection();
  const run = frames.length === 0 ? readLastRun(figma.currentPage) : await lastRunOf(frames);
  return run?.tracking ?? null;
}

/** The recorded frame that is selected, else the newest, and as targets the other selected frames. */
async function recordingPicks(selection: SelectionSummary, recordings: readonly RecordingSummary[]): Promise<Picks> {
  const selected = new Set(selection.frames.map(({ nodeId }) => nodeId));
  const frames = recordings.map(({ frame }) => frame).filter((frame) => frame !== null);
  const source = frames.find(({ nodeId }) => selected.has(nodeId)) ?? frames[0] ?? null;
  const others = selection.frames.filter(({ nodeId }) => nodeId !== source?.nodeId);
  const targets = others.length > 0 || source === null ? others : await framesOfLastRun(source.nodeId);
  return { source, after: null, targets, overlays: [], layers: [] };
}

/** The other frames of the last run with this frame. */
async function framesOfLastRun(frameId: string): Promise<FrameSummary[]> {
  const frame = await findFrame(frameId);
  const run = frame === null ? null : readLastRun(frame);
  if (run === null) return [];
  return frameSummaries([run.sourceId, ...run.targetIds].filter((id) => id !== frameId));
}

/** The source of a run, and as targets the selected frames, else those of the run. */
async function picksOfRun(run: LastRun | null, selection: SelectionSummary, hasAfter: boolean): Promise<Picks> {
  const source = run === null ? null : await frameSummary(run.sourceId);
  const { overlays } = selection;
  if (run === null || source === null) return { source: null, after: null, targets: [], overlays, layers: [] };
  const after = hasAfter && run.afterId !== undefined ? await frameSummary(run.afterId) : null;
  const others = selection.frames.filter(({ nodeId }) => nodeId !== source.nodeId && nodeId !== after?.nodeId);
  const targets = others.length > 0 ? others : await frameSummaries(run.targetIds);
  return { source, after, targets, overlays, layers: [] };
}

/** The last run with one of the frames. */
async function lastRunOf(frames: readonly FrameSummary[]): Promise<LastRun | null> {
  for (const { nodeId } of frames) {
    const frame = await findFrame(nodeId);
    const run = frame === null ? null : readLastRun(frame);
    if (run !== null) return run;
  }
  return null;
}

async function frameSummary(nodeId: string): Promise<FrameSummary | null> {
  const frame = await findFrame(nodeId);
  return frame === null ? null : summarizeFrame(frame);
}

async function frameSummaries(nodeIds: readonly string[]): Promise<FrameSummary[]> {
  const found = await Promise.all(nodeIds.map(frameSummary));
  return found.filter((summary) => summary !== null);
}

async function layerSummaries(frameId: string, nodeIds: readonly string[]): Promise<SelectedLayer[]> {
  const [frame, nodes] = [await findFrame(frameId), await Promise.all(nodeIds.map(findSceneNode))];
  return nodes.filter((node) => node !== null).map((node) => summarizeLayer(node, frame));
}

async function overlaySummaries(nodeIds: readonly string[]): Promise<OverlaySummary[]> {
  const found = await Promise.all(nodeIds.map(findSceneNode));
  return found.filter((node) => node !== null).map(summarizeOverlay);
}
