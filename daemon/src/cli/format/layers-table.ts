import type { LayerCue } from '@samepoint/shared-protocol';
import { formatShape } from './format-values.js';
import type { MatchedLayer, NamedLayer } from './match-report.js';
import { textTable } from './text-table.js';

const CUES: readonly LayerCue['cue'][] = ['image', 'text', 'type', 'size', 'name', 'order', 'neighbours'];
const HEADER = ['layer', 'target layer', 'confidence', 'pixels', ...CUES.slice(1)];

/** Said below the table. */
const LEGEND = '  A cue is how alike the two layers are by it × its share of the say; – where it says nothing.\n';

/** Which layer became which, and what pixels and each cue of the structure weighed. */
export function layersTable(layers: readonly MatchedLayer[]): string {
  return textTable([HEADER, ...layers.map(row)]) + LEGEND;
}

function row({ source, target, placed, confidence, cues }: MatchedLayer): string[] {
  const all = cues === null ? [] : [...cues.pixels, ...cues.structure];
  const unassigned = placed === null ? 'no counterpart' : `no counterpart, but pixels at ${formatShape(placed)}`;
  const place = target === null ? unassigned : label(target);
  return [label(source), place, percent(confidence), ...CUES.map((cue) => weighed(all.find((one) => one.cue === cue)))];
}

function label({ layerId, name }: NamedLayer): string {
  return name === '' || name === layerId ? layerId : `${layerId} ${name}`;
}

function weighed(cue: LayerCue | undefined): string {
  return cue === undefined ? '–' : `${percent(cue.value)} × ${cue.weight.toFixed(2)}`;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
