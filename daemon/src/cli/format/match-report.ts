import type { Box, InspectResult, Layer, LayerCue, Placement, Point } from '@samepoint/shared-protocol';
import { MIN_POINT_CONFIDENCE } from '../../transfer/to-placement.js';
import type { LayerLists } from '../files/read-layers.js';
import { type FailedFile, sentenceOf } from './failed-files.js';
import { formatPercent, formatShape } from './format-values.js';
import { textTable, titleOf } from './text-table.js';

/** What `samepoint match --json` prints. Positions in pixels of the original images. */
export interface MatchReport {
  backend: string;
  /** Whether confidences of these features are fitted to known correspondences. */
  calibrated: boolean;
  /** Absent if no target can be opened. */
  device?: string;
  source: string;
  /** In the order given. */
  targets: (MatchedTarget | FailedFile)[];
}

export interface MatchedItem {
  source: Point | Box;
  /** Null without a counterpart. */
  target: Point | Box | null;
  confidence: number;
}

export interface MatchedTarget {
  image: string;
  /** Points and boxes, in the order given. */
  items: MatchedItem[];
  /** Layers of the source, in the order of the file; absent without `--layers`. */
  layers?: MatchedLayer[];
}

export interface NamedLayer {
  layerId: string;
  name: string;
  box: Box;
}

export interface MatchedLayer {
  source: NamedLayer;
  target: NamedLayer | null;
  /** Position by pixels alone, even if no target layer is assigned. */
  placed: Box | null;
  /** Confidence of the target layer, or of the position if no layer is assigned. */
  confidence: number;
  /** Similarity and weight of each cue; null without a counterpart. */
  cues: { pixels: LayerCue[]; structure: LayerCue[] } | null;
}

/** What `samepoint inspect --json` prints. Positions in pixels of the original images, best candidate first. */
export interface InspectReport {
  backend: string;
  /** As in `MatchReport`. */
  calibrated: boolean;
  source: string;
  target: string;
  point: Point;
  matches: InspectResult['matches'];
}

/** What to match. */
export interface MatchQuery {
  shapes: readonly (Point | Box)[];
  layers?: LayerLists;
}

/**
 * Matches in one target as they are reported.
 * @param n index of the target
 * @param placements of the shapes, then of the layers
 */
export function toMatchedTarget(
  image: string,
  n: number,
  { shapes, layers }: MatchQuery,
  placements: readonly Placement[],
): MatchedTarget {
  const items = shapes.map((shape, k) => toMatchedItem(shape, placements[k]));
  if (layers === undefined) return { image, items };
  const candidates = layers.targets[n] ?? [];
  const matched = layers.source.map((layer, k) => toMatchedLayer(layer, candidates, placements[shapes.length + k]));
  return { image, items, layers: matched };
}

function toMatchedItem(source: Point | Box, placement: Placement | undefined): MatchedItem {
  if (placement?.kind !== 'point' && placement?.kind !== 'box') throw unexpectedKind(placement);
  const target = placement.kind === 'point' ? placement.point : placement.box;
  return { source, target, confidence: placement.confidence };
}

function toMatchedLayer(source: Layer, candidates: readonly Layer[], placement: Placement | undefined): MatchedLayer {
  if (placement?.kind !== 'layer') throw unexpectedKind(placement);
  const { confidence, box: placed, cues = [] } = placement;
  const target = candidates.find(({ layerId }) => layerId === placement.layerId);
  if (target === undefined) return { source: toNamedLayer(source), target: null, placed, confidence, cues: null };
  const isPixels = ({ cue }: LayerCue) => cue === 'image';
  const split = { pixels: cues.filter(isPixels), structure: cues.filter((cue) => !isPixels(cue)) };
  return { source: toNamedLayer(source), target: toNamedLayer(target), placed, confidence, cues: split };
}

function toNamedLayer({ layerId, name, box }: Layer): NamedLayer {
  return { layerId, name, box };
}

function unexpectedKind(placement: Placement | undefined): TypeError {
  return new TypeError(`unexpected placement of kind ${placement?.kind ?? 'none'}`);
}

const NO_COUNTERPART = 'no counterpart';
const UNCALIBRATED = 'Confidences of this backend are not calibrated: they rank matches, but are not probabilities.\n';

/** Renders the report of `match`, with positions in whole pixels. Items and layers are numbered as in drawings. */
export function matchTable({ backend, calibrated, device, source, targets }: MatchReport): string {
  const tables = targets.map((target) => `\n${source} → ${target.image}\n${sectionOf(target)}`);
  return `${titleOf(backend, device)}\n${tables.join('')}${calibrated ? '' : `\n${UNCALIBRATED}`}`;
}

function sectionOf(target: MatchedTarget | FailedFile): string {
  if ('error' in target) return `  failed: ${sentenceOf(target)}\n`;
  const { items, layers } = target;
  return (
    (items.length === 0 ? '' : itemTable(items)) + (layers === undefined ? '' : layerTable(layers, items.length + 1))
  );
}

function itemTable(items: readonly MatchedItem[]): string {
  const rows = items.map(({ source, target, confidence }, n) => [
    String(n + 1),
    formatShape(source),
    target === null ? NO_COUNTERPART : formatShape(target),
    formatPercent(confidence),
  ]);
  return textTable([['#', 'source', 'target', 'confidence'], ...rows]);
}

const CUES: readonly LayerCue['cue'][] = ['image', 'text', 'type', 'size', 'name', 'order', 'neighbours'];
const LAYER_HEADER = ['#', 'layer', 'target layer', 'confidence', 'pixels', ...CUES.slice(1)];
const LAYER_LEGEND = '  Cues: similarity × weight; – where a cue does not apply.\n';

/** @param first number of the first layer */
function layerTable(layers: readonly MatchedLayer[], first: number): string {
  const rows = layers.map((layer, n) => [String(first + n), ...layerCells(layer)]);
  return textTable([LAYER_HEADER, ...rows]) + LAYER_LEGEND;
}

function layerCells({ source, target, placed, confidence, cues }: MatchedLayer): string[] {
  const all = cues === null ? [] : [...cues.pixels, ...cues.structure];
  const unassigned = placed === null ? NO_COUNTERPART : `${NO_COUNTERPART}; pixels match ${formatShape(placed)}`;
  return [
    layerLabel(source),
    target === null ? unassigned : layerLabel(target),
    formatPercent(confidence),
    ...CUES.map((cue) => formatCue(all.find((one) => one.cue === cue))),
  ];
}

function layerLabel({ layerId, name }: NamedLayer): string {
  return name === '' || name === layerId ? layerId : `${layerId} ${name}`;
}

function formatCue(cue: LayerCue | undefined): string {
  return cue === undefined ? '–' : `${formatPercent(cue.value)} × ${cue.weight.toFixed(2)}`;
}

const NO_CONFIDENT_MATCH = `No match above ${formatPercent(MIN_POINT_CONFIDENCE)} confidence.\n`;

/** Renders the report of `inspect`, with positions in whole pixels. */
export function inspectTable({ calibrated, source, target, point, matches }: InspectReport): string {
  const rows = matches.map(({ point: candidate, similarity, confidence }, n) => [
    String(n + 1),
    formatShape(candidate),
    similarity.toFixed(2),
    formatPercent(confidence),
  ]);
  const table = textTable([['#', 'target', 'similarity', 'confidence'], ...rows]);
  const none = matches.some(({ confidence }) => confidence >= MIN_POINT_CONFIDENCE) ? '' : NO_CONFIDENT_MATCH;
  return `${source} ${point.x},${point.y} → ${target}\n${table}${none}${calibrated ? '' : UNCALIBRATED}`;
}
