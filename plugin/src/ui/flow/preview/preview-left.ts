import type { Placement } from '@samepoint/shared-protocol';
import type { Command } from '../../../shared/messages.js';
import type { Flow } from '../state.js';
import { type PreviewRow, previewGroups } from './preview-rows.js';
import type { PreviewState } from './preview-state.js';

/** What the designer decided in a preview that “Back” left, for the next preview of the same command and source. */
export interface LeftPreview {
  command: Command;
  sourceId: string;
  /** By row, with what the row did. */
  choices: ReadonlyMap<string, { on: boolean; row: string }>;
  /** By row, with the words of its item. */
  corrections: ReadonlyMap<string, { placement: Placement; label: string }>;
  intoComponents: ReadonlySet<string>;
}

/** The decisions of a preview; null if there are none. */
export function leftPreview({ command, picks }: Flow, preview: PreviewState): LeftPreview | null {
  const { choices, corrections, intoComponents } = preview;
  if (picks.source === null || choices.size + corrections.size + intoComponents.size === 0) return null;
  const rows = rowsByKey(preview, picks.source.nodeId);
  return {
    ...{ command, sourceId: picks.source.nodeId, intoComponents },
    choices: mapped(choices, rows, (on, row) => ({ on, row: signatureOf(row) })),
    corrections: mapped(corrections, rows, (placement, { label }) => ({ placement, label })),
  };
}

const KEPT = 'What you chose before is kept.';

/** The preview with the decisions about rows that are still the same. */
export function withLeftDecisions({ leftPreview: left, command, picks }: Flow, preview: PreviewState): PreviewState {
  if (left === null || left.command !== command || left.sourceId !== picks.source?.nodeId) return preview;
  const found = rowsByKey(preview, left.sourceId);
  const corrections = mapped(left.corrections, found, ({ placement, label }, row) =>
    row.label === label && hasLayerOf(row, placement) ? placement : null,
  );
  const corrected = { ...preview, corrections };
  const rows = rowsByKey(corrected, left.sourceId);
  const choices = mapped(left.choices, rows, ({ on, row }, now) => (signatureOf(now) === row ? on : null));
  const { intoComponents } = left;
  if (choices.size + corrections.size + intoComponents.size === 0) return preview;
  const run = { ...preview.run, notices: [KEPT, ...preview.run.notices] };
  return { ...corrected, run, choices, intoComponents };
}

function rowsByKey(preview: PreviewState, sourceId: string): ReadonlyMap<string, PreviewRow> {
  return new Map(previewGroups(preview, sourceId).flatMap(({ rows }) => rows.map((row) => [row.key, row] as const)));
}

/** The entries of rows that are there, without those that map to null. */
function mapped<From, To>(
  entries: ReadonlyMap<string, From>,
  rows: ReadonlyMap<string, PreviewRow>,
  map: (value: From, row: PreviewRow) => To | null,
): ReadonlyMap<string, To> {
  return new Map(
    [...entries].flatMap(([key, value]): [string, To][] => {
      const row = rows.get(key);
      const result = row === undefined ? null : map(value, row);
      return result === null ? [] : [[key, result]];
    }),
  );
}

function hasLayerOf({ target, placement: found }: PreviewRow, placement: Placement): boolean {
  if (placement.kind !== found.kind) return false;
  if (placement.kind !== 'layer' || placement.layerId === null) return true;
  const { layerId } = placement;
  return target.layers.some((layer) => layer.layerId === layerId);
}

/** Equal while the item's words, and the layer and place that it goes to, are. */
function signatureOf({ label, placement, place, outcome, changedTo }: PreviewRow): string {
  return JSON.stringify([label, placement.kind === 'layer' ? placement.layerId : null, place, outcome, changedTo]);
}
