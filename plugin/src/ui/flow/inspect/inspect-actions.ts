import type { Layer, Point } from '@samepoint/shared-protocol';
import type { MainToUi } from '../../../shared/messages.js';
import type { HashedFrame } from '../request.js';
import type { FlowEvent } from '../state.js';
import type { Advance } from './inspect-jobs.js';
import type { InspectOpen, MatchRef } from './inspect-state.js';
import { layerAt } from './layer-at.js';

/** A match with the target and the layer that it lies on. */
export interface FoundMatch {
  target: HashedFrame;
  /** In pixels of the target's export. */
  point: Point;
  /** Null outside of all layers. */
  layer: Layer | null;
}

/** The match that a reference names; null if the target has a new result without it. */
export function matchOf({ run, results }: InspectOpen, { targetId, rank }: MatchRef): FoundMatch | null {
  const target = run.targets.find(({ nodeId }) => nodeId === targetId);
  const match = results.get(targetId)?.matches[rank];
  if (target === undefined || match === undefined) return null;
  return { target, point: match.point, layer: layerAt(target.layers, match.point) };
}

/** What can be done with a match: select its layer, and leave a note. */
export function reduceAction(open: InspectOpen, event: FlowEvent): Advance {
  switch (event.type) {
    case 'inspect.choose':
      return { open: { ...open, chosen: event.match }, effects: [] };
    case 'inspect.select':
      return selectLayer(open, event.match);
    case 'inspect.note':
      return openNote(open, event.match);
    case 'inspect.note-text':
      return { open: open.note === null ? open : { ...open, note: { ...open.note, text: event.text } }, effects: [] };
    case 'inspect.place-note':
      return placeNote(open);
    case 'undo':
      if (open.done?.undo !== 'available') return { open, effects: [] };
      return {
        open: { ...open, done: { ...open.done, undo: 'pending' } },
        effects: [{ type: 'main', message: { type: 'undo' } }],
      };
    case 'main':
      return { open: reduceAnswer(open, event.message), effects: [] };
    default:
      return { open, effects: [] };
  }
}

function selectLayer(open: InspectOpen, match: MatchRef): Advance {
  const found = matchOf(open, match);
  if (found === null) return { open, effects: [] };
  const { target, layer } = found;
  const { nodeId: frameId } = target;
  const box = layer?.box ?? { x: 0, y: 0, w: target.width, h: target.height };
  return {
    open: { ...open, chosen: match, problem: null, done: null },
    effects: [{ type: 'main', message: { type: 'layer.show', frameId, layerId: layer?.layerId ?? frameId, box } }],
  };
}

/** The note keeps its place if the point moves meanwhile. */
function openNote(open: InspectOpen, match: MatchRef | null): Advance {
  const found = match === null ? null : matchOf(open, match);
  if (match === null || found === null) return { open: { ...open, note: null }, effects: [] };
  const { source } = open.run;
  const layer = layerAt(source.layers, open.point);
  const text = layer === null ? `Compare “${source.name}”` : `Compare “${layer.name}” in “${source.name}”`;
  return {
    open: { ...open, chosen: match, note: { match, point: found.point, text, isPlacing: false } },
    effects: [],
  };
}

function placeNote(open: InspectOpen): Advance {
  const { note, run } = open;
  if (note === null || note.isPlacing || note.text.trim() === '') return { open, effects: [] };
  const { point, match } = note;
  const [command, sourceId] = ['inspect-point', run.source.nodeId] as const;
  // a note at the same place replaces this one
  const itemId = `point ${Math.round(point.x)},${Math.round(point.y)}`;
  const notes = [{ targetId: match.targetId, itemId, text: note.text.trim(), box: { ...point, w: 0, h: 0 } }];
  return {
    open: { ...open, note: { ...note, isPlacing: true }, problem: null, done: null },
    effects: [{ type: 'main', message: { type: 'notes.apply', command, sourceId, notes } }],
  };
}

function reduceAnswer(open: InspectOpen, message: MainToUi): InspectOpen {
  switch (message.type) {
    case 'selected':
      return { ...open, done: { text: ['Selected in Figma.', ...message.notices].join(' '), undo: 'unavailable' } };
    case 'select.failed':
      return { ...open, problem: message.problem };
    case 'applied': {
      const [skipped] = message.summary.skipped;
      if (skipped !== undefined) return withFailedNote(open, skipped.reason);
      const { updated, notices = [] } = message.summary;
      const text = [updated > 0 ? 'Note replaced.' : 'Note placed.', ...notices].join(' ');
      return { ...open, note: null, done: { text, undo: 'available' } };
    }
    case 'apply.failed':
      return { ...withFailedNote(open, ''), problem: message.problem };
    case 'undone':
      return open.done === null ? open : { ...open, done: { text: 'Note undone.', undo: 'done' } };
    case 'undo.failed':
      return { ...open, problem: message.problem, done: null };
    default:
      return open;
  }
}

/** The text stays, to be placed again. */
function withFailedNote(open: InspectOpen, reason: string): InspectOpen {
  const note = open.note === null ? null : { ...open.note, isPlacing: false };
  return { ...open, note, problem: { message: reason, hint: 'Undo that in Figma, or choose other frames.' } };
}
