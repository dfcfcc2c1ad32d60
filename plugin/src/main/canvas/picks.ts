import type { FrameSummary, OverlaySummary, PendingJob, Picks, SelectionSummary } from '../../shared/messages.js';
import { type LastRun, recallRun } from '../changes/provenance.js';
import { findSceneNode, findScreen } from './nodes.js';
import { readSelection, summarizeFrame, summarizeOverlay } from './selection.js';

/** What the UI starts with: the interrupted job's frames, else the last run's source and the selection. */
export async function initialPicks(pending: PendingJob | null): Promise<Picks> {
  if (pending !== null) {
    return {
      source: await frameSummary(pending.sourceId),
      targets: await frameSummaries(pending.targetIds),
      overlays: await overlaySummaries(pending.overlayIds),
    };
  }
  const selection = readSelection();
  const run = await lastRunOf(selection);
  const source = run === null ? null : await frameSummary(run.sourceId);
  if (run === null || source === null) return { source: null, targets: [], overlays: selection.overlays };
  const others = selection.frames.filter((frame) => frame.nodeId !== source.nodeId);
  const targets = others.length > 0 ? others : await frameSummaries(run.targetIds);
  return { source, targets, overlays: selection.overlays };
}

/** The run a selected frame took part in, else the last one on this page. */
async function lastRunOf(selection: SelectionSummary): Promise<LastRun | null> {
  for (const { nodeId } of selection.frames) {
    const frame = await findScreen(nodeId);
    const run = frame === null ? null : recallRun(frame);
    if (run !== null) return run;
  }
  return recallRun(figma.currentPage);
}

async function frameSummary(nodeId: string): Promise<FrameSummary | null> {
  const frame = await findScreen(nodeId);
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
