import type { Design, DesignLayer, Value } from '../../shared/design.js';
import type { AppliedRecord } from '../../shared/operation.js';
import type { Edit } from '../edit.js';
import type { Counterpart, MergeInput } from '../merged-edit.js';
import { layersInOrder } from '../tree.js';
import { type ColourMap, colourMapOf } from './colour-map.js';
import { copiedCounterparts } from './copies.js';
import { type TokenMap, tokenMapOf } from './merge-token.js';
import { isMirrored } from './mirrored.js';
import { scaleOf } from './scale.js';

/** A layer of the target with the confidence that it is the counterpart. */
export interface Match {
  layer: DesignLayer;
  confidence: number;
}

/** What all edits of one merge share. */
export interface MergeContext {
  base: Design;
  ours: Design;
  theirs: Design;
  edits: readonly Edit[];
  /** By the id of the source layer; each layer of the target at most once. */
  matches: ReadonlyMap<string, Match>;
  /** By `recordKey`. */
  records: ReadonlyMap<string, AppliedRecord>;
  /** Lengths of the target to those of the source: 1 for another width, 2 for @2x. */
  scale: number;
  /** Whether the target is laid out in the other direction across. */
  isMirrored: boolean;
  colours: ColourMap;
  tokens: TokenMap;
  /** Source layers that an edit puts in another place among their siblings. */
  placed: ReadonlySet<string>;
  /** Values that this merge writes by default, by layer of the target. */
  planned: Map<string, Map<string, Value>>;
}

const PLACING: ReadonlySet<Edit['kind']> = new Set(['add', 'reorder', 'reparent']);

export function recordKey(sourceLayerId: string, what: string): string {
  return `${what}\n${sourceLayerId}`;
}

export function contextOf(input: MergeInput): MergeContext {
  const { base, ours, theirs, edits, applied } = input;
  const records = new Map(applied.map((record) => [recordKey(record.sourceLayerId, record.what), record]));
  const matches = matchesOf(input);
  for (const [id, match] of copiedCounterparts(ours, theirs, applied)) matches.set(id, match);
  const written = new Set(applied.map(({ layerId, what }) => recordKey(layerId, what)));
  const pairs = pairsOf(base, matches).filter(({ after }) => !copiesOf(applied).has(after.id));
  return {
    base,
    ours,
    theirs,
    edits,
    matches,
    records,
    scale: scaleOf(pairs, written),
    isMirrored: isMirrored(base, theirs, (id) => matches.get(id)?.layer),
    colours: colourMapOf(pairs, written),
    tokens: tokenMapOf(base, theirs, pairs),
    placed: new Set(edits.filter(({ kind }) => PLACING.has(kind)).map(({ layerId }) => layerId)),
    planned: new Map(),
  };
}

function copiesOf(applied: readonly AppliedRecord[]): Set<string> {
  return new Set(applied.filter(({ what }) => what === 'add').map(({ layerId }) => layerId));
}

/** A layer of base and its counterpart. */
export interface Pair {
  before: DesignLayer;
  after: DesignLayer;
  confidence: number;
}

function pairsOf(base: Design, matches: ReadonlyMap<string, Match>): Pair[] {
  return Object.values(base.layers).flatMap((before) => {
    const match = matches.get(before.id);
    return match === undefined ? [] : [{ before, after: match.layer, confidence: match.confidence }];
  });
}

/** The surest source layer keeps a counterpart that several share. */
function matchesOf({ base, theirs, counterparts, applied }: MergeInput): Map<string, Match> {
  const byTarget = new Map<string, { sourceId: string; confidence: number }>();
  const recorded = recordedCounterparts(theirs, applied);
  for (const { id } of layersInOrder(base)) {
    const found = chosen(counterparts[id], recorded.get(id));
    if (found === null || theirs.layers[found.layerId] === undefined || found.layerId === theirs.rootId) continue;
    const rival = byTarget.get(found.layerId);
    if (rival !== undefined && rival.confidence >= found.confidence) continue;
    byTarget.set(found.layerId, { sourceId: id, confidence: found.confidence });
  }
  const root = theirs.layers[theirs.rootId];
  const matches = new Map<string, Match>();
  for (const [layerId, { sourceId, confidence }] of byTarget) {
    const layer = theirs.layers[layerId];
    if (layer !== undefined) matches.set(sourceId, { layer, confidence });
  }
  if (root !== undefined) matches.set(base.rootId, { layer: root, confidence: 1 });
  return matches;
}

/** Where an earlier run wrote an edit of the layer. */
function recordedCounterparts(theirs: Design, applied: readonly AppliedRecord[]): Map<string, string> {
  const kept = applied.filter(({ what, layerId }) => what !== 'add' && theirs.layers[layerId] !== undefined);
  return new Map(kept.map(({ sourceLayerId, layerId }) => [sourceLayerId, layerId]));
}

/** An earlier run's counterpart stays, unless it is certain by now that another layer is the right one. */
function chosen(counterpart: Counterpart | undefined, recorded: string | undefined) {
  if (counterpart?.layerId != null && (recorded === undefined || counterpart.confidence >= 1)) {
    return { layerId: counterpart.layerId, confidence: counterpart.confidence };
  }
  if (recorded === undefined) return null;
  const agrees = counterpart?.layerId === recorded;
  return { layerId: recorded, confidence: agrees ? Math.max(counterpart.confidence, RECORDED) : RECORDED };
}

/** The designer accepted this counterpart once. */
const RECORDED = 0.95;
