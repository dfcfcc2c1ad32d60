import type { FrameSummary, OverlaySummary, PendingJob, Picks, SelectionSummary } from '../shared/messages.js';
import { findFrame, findSceneNode } from './canvas/nodes.js';
import { readSelection, summarizeFrame, summarizeOverlay } from './canvas/selection.js';
import { type LastRun, readLastRun } from './changes/provenance.js';

/** The initial picks of the UI: those of the pending job, else the source of the last run and the selection. */
export async function initialPicks(pending: PendingJob | null): Promise<Picks> {
  if (pending !== null) {
    return {
      source: await frameSummary(pending.sourceId),
      after: pending.afterId === undefined ? null : await frameSummary(pending.afterId),
      targets: await frameSummaries(pending.targetIds),
      overlays: await overlaySummaries(pending.overlayIds),
      layers: [],
    };
  }
  const selection = readSelection();
  const run = await lastRunOf(selection);
  const source = run === null ? null : await frameSummary(run.sourceId);
  const { overlays } = selection;
  if (run === null || source === null) return { source: null, after: null, targets: [], overlays, layers: [] };
  const others = selection.frames.filter((frame) => frame.nodeId !== source.nodeId);
  const targets = others.length > 0 ? others : await frameSummaries(run.targetIds);
  return { source, after: null, targets, overlays, layers: [] };
}

/** The last run with a selected frame, else the last run on this page. */
async function lastRunOf(selection: SelectionSummary): Promise<LastRun | null> {
  for (const { nodeId } of selection.frames) {
    const frame = await findFrame(nodeId);
    const run = frame === null ? null : readLastRun(frame);
    if (run !== null) return run;
  }
  return readLastRun(figma.currentPage);
}

async function frameSummary(nodeId: string): Promise<FrameSummary | null> {
  const frame = await findFrame(nodeId);
  return frame === null ? null : summarizeFrame(frame);
}

async function frameSummaries(nodeIds: readonly string[]): Promise<FrameSummary[]> {
  const found = await Promise.all(nodeIds.map(frameSummary));
  return found.filter((summary) => summary !== null);
}

async function overlaySummaries(nodeIds: readonly string[]): Promise<OverlaySummary[]> {
  const found = await Promise.all(nodeIds.map(findSceneNode));
  return found.filter((node) => node !== null).map(summarizeOverlay);
}
