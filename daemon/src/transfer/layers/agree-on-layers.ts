import { invariant } from '../../invariant.js';
import { companionsOf, sameRelation } from './layer-context.js';
import { areKin, weighContents } from './layer-families.js';
import type { QueryLayer } from './layer-likeness.js';
import { type Nesting, nestingOf } from './layer-nesting.js';
import { ownOdds, type Scene } from './layer-odds.js';
import type { LayerTraits } from './layer-traits.js';

/** How layers that are seen together agree on where they went. */
export const LAYER_AGREEMENT = {
  /** Candidates of a layer that are looked at, the likeliest first. */
  options: 12,
  rounds: 5,
  /** Log odds between no companion beside the counterpart, and all of them. */
  context: 12,
  /** The share of companions that says nothing either way, and how many companions it counts for at first. */
  neutral: 0.4,
  prior: 1,
  /** A companion that is gone itself counts as little as that. */
  gone: 0.3,
  /** A companion in another container counts so much of one in the same: rows hold together, whatever comes between them. */
  stranger: 0.5,
  /**
   * Log odds of lying in the counterpart of the parent, at whatever depth, and of lying elsewhere, or in the counterpart of a
   * container that the layer is not in.
   */
  parent: 1,
  otherParent: -6,
  /** Relations that fit less than this are not looked at again. */
  minFit: 0.05,
} as const;

/** How sure the companions are of a layer that has none. */
const NO_COMPANY = 0.5;

/** A candidate of a layer. */
export interface Option {
  candidate: number;
  /** Log odds by itself, and with what its companions say. */
  own: number;
  odds: number;
  /** Probability among all options of the layer and all layers that want the candidate. */
  belief: number;
  /** Share of the companions that lie beside the candidate as they lie beside the layer. */
  support: number;
}

/** What a layer may have become. */
export interface AgreedLayer {
  /** Its likeliest candidates. */
  options: Option[];
  /** How sure its companions are of what they became, 0 to 1; half where it has none. */
  company: number;
}

/**
 * Which candidates each layer may have become, by itself and by its companions: the parent and what is nearest should lie
 * around the counterpart as around the layer. What each believes goes into what its companions believe, round after
 * round (relaxation labelling; Rosenfeld, Hummel and Zucker, 1976).
 * @param sources all layers of the source, of which `sought` are some
 * @returns for each sought layer
 */
export function agreeOnLayers(
  sought: readonly QueryLayer[],
  sources: readonly LayerTraits[],
  candidates: readonly LayerTraits[],
  scene: Scene,
): AgreedLayer[] {
  const options = sought.map((one) => likeliest(one, candidates, scene));
  const nesting = nestingOf(candidates.map(({ layer }) => layer));
  weighContents(sought, nesting, options);
  const companions = companionsAmong(sought, sources);
  const ties = tiesOf(sought, companions, candidates, nesting, options, scene);
  const claims = claimsOf(sought, sources, nesting, options);
  believe(options, candidates.length);
  for (let round = 0; round < LAYER_AGREEMENT.rounds; round++) {
    const found = options.map(strongest);
    for (const { option, companions, parent } of ties) {
      option.support = supportOf(companions, found);
      option.odds =
        option.own +
        LAYER_AGREEMENT.context * (option.support - LAYER_AGREEMENT.neutral) +
        parentOdds(parent, claims.get(option) ?? [], found);
    }
    believe(options, candidates.length);
  }
  const found = options.map(strongest);
  return options.map((row, n) => ({
    options: row,
    company: mean((companions[n] ?? []).map((other) => found[other] ?? 0)) ?? NO_COMPANY,
  }));
}

function likeliest(sought: QueryLayer, candidates: readonly LayerTraits[], scene: Scene): Option[] {
  return candidates
    .map((candidate, index) => ({
      index,
      own: ownOdds(sought, candidate, sought.resemblance?.log[index] ?? Number.NaN, scene),
    }))
    .sort((a, b) => b.own - a.own)
    .slice(0, LAYER_AGREEMENT.options)
    .map(({ index, own }) => ({ candidate: index, own, odds: own, belief: 0, support: LAYER_AGREEMENT.neutral }));
}

/** Another layer, and those of its options that lie to a candidate as it lies to the layer. */
interface Companion {
  layer: number;
  /** How much it counts. */
  weight: number;
  fitting: readonly { option: Option; fit: number }[];
}

interface Tie {
  option: Option;
  companions: readonly Companion[];
  /** The options of the parent that the candidate lies in, with frames between them or without. */
  parent: { layer: number; around: readonly Option[] } | null;
}

/** For each sought layer the indices of those of its companions that are sought, too. */
function companionsAmong(sought: readonly QueryLayer[], sources: readonly LayerTraits[]): number[][] {
  const indexById = new Map(sought.map(({ traits }, n) => [traits.layer.layerId, n]));
  const layers = sources.map(({ layer }) => layer);
  const companions = companionsOf(layers, ({ layerId }) => indexById.has(layerId));
  const byId = new Map(layers.map(({ layerId }, n) => [layerId, companions[n] ?? []]));
  return sought.map(({ traits }) =>
    (byId.get(traits.layer.layerId) ?? []).flatMap((n) => indexById.get(layers[n]?.layerId ?? '') ?? []),
  );
}

function tiesOf(
  sought: readonly QueryLayer[],
  companions: readonly (readonly number[])[],
  candidates: readonly LayerTraits[],
  nesting: Nesting,
  options: readonly (readonly Option[])[],
  { scale, targetSidePx }: Scene,
): Tie[] {
  const layers = sought.map(({ traits }) => traits.layer);
  const indexById = new Map(layers.map(({ layerId }, n) => [layerId, n]));
  const boxOf = (option: Option) => candidates[option.candidate]?.layer.box ?? invariant('every index has a layer');
  return layers.flatMap((layer, n) => {
    const parent = indexById.get(layer.parentId ?? '');
    return (options[n] ?? []).map((option): Tie => {
      const to = boxOf(option);
      return {
        option,
        companions: (companions[n] ?? []).map((other) => {
          const pair = [layer.box, layers[other]?.box ?? invariant('every index has a layer')] as const;
          const fitting = (options[other] ?? []).flatMap((one) => {
            const fit =
              one.candidate === option.candidate ? 0 : sameRelation(pair, [to, boxOf(one)], scale, targetSidePx);
            return fit < LAYER_AGREEMENT.minFit ? [] : [{ option: one, fit }];
          });
          const weight = areKin(layer, layers[other] ?? invariant('every index has a layer'))
            ? 1
            : LAYER_AGREEMENT.stranger;
          return { layer: other, weight, fitting };
        }),
        parent:
          parent === undefined || !nesting.hasParent(option.candidate)
            ? null
            : { layer: parent, around: around(option, options[parent], nesting) },
      };
    });
  });
}

function around({ candidate }: Option, options: readonly Option[] = [], nesting: Nesting): Option[] {
  return options.filter((one) => nesting.isWithin(candidate, one.candidate));
}

/** @param found how sure each layer is that it has a counterpart at all */
function supportOf(companions: readonly Companion[], found: readonly number[]): number {
  let support = LAYER_AGREEMENT.prior * LAYER_AGREEMENT.neutral;
  let most: number = LAYER_AGREEMENT.prior;
  for (const { layer, weight, fitting } of companions) {
    let best = 0;
    for (const { option, fit } of fitting) best = Math.max(best, option.belief * fit);
    support += weight * best;
    const there = found[layer] ?? 0;
    most += weight * (there + LAYER_AGREEMENT.gone * (1 - there));
  }
  return support / most;
}

/**
 * For each option the options of other containers for a container of its candidate: a row that the layer is not in, which
 * became the row that the candidate is in.
 */
function claimsOf(
  sought: readonly QueryLayer[],
  sources: readonly LayerTraits[],
  nesting: Nesting,
  options: readonly (readonly Option[])[],
): ReadonlyMap<Option, readonly Option[]> {
  const all = sources.map(({ layer }) => layer);
  const here = nestingOf(all);
  const indexById = new Map(all.map(({ layerId }, n) => [layerId, n]));
  const indices = sought.map(
    ({ traits }) => indexById.get(traits.layer.layerId) ?? invariant('it is one of the sources'),
  );
  const containers = new Set(all.flatMap(({ parentId }) => indexById.get(parentId ?? '') ?? []));
  const byCandidate = new Map<number, { index: number; option: Option }[]>();
  for (const [layer, row] of options.entries()) {
    const index = indices[layer] ?? invariant('every sought layer has an index');
    if (!containers.has(index)) continue;
    for (const option of row) {
      byCandidate.set(option.candidate, [...(byCandidate.get(option.candidate) ?? []), { index, option }]);
    }
  }
  return new Map(
    options.flatMap((row, n) =>
      row.map((option) => {
        const around = nesting.around(option.candidate).flatMap((outer) => byCandidate.get(outer) ?? []);
        const own = indices[n] ?? invariant('every sought layer has an index');
        const others = around.filter(({ index }) => index !== own && !here.isWithin(own, index));
        return [option, others.map((one) => one.option)] as const;
      }),
    ),
  );
}

function parentOdds(parent: Tie['parent'], claims: readonly Option[], found: readonly number[]): number {
  const same = parent === null ? 0 : parent.around.reduce((sum, { belief }) => sum + belief, 0);
  const left = parent === null ? 0 : (found[parent.layer] ?? 0) - same;
  return LAYER_AGREEMENT.parent * same + LAYER_AGREEMENT.otherParent * Math.max(0, left, strongest(claims));
}

/** Of one layer: how sure it is that it has a counterpart at all. */
function strongest(options: readonly Option[]): number {
  return options.reduce((most, { belief }) => Math.max(most, belief), 0);
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** One to one: an option is believed as far as neither the layer has a likelier one nor the candidate. */
function believe(options: readonly (readonly Option[])[], candidates: number): void {
  // the first of each sum stands for "none"
  const wanted = new Array<number>(candidates).fill(1);
  for (const { candidate, odds } of options.flat()) wanted[candidate] = (wanted[candidate] ?? 1) + Math.exp(odds);
  for (const row of options) {
    const all = row.reduce((sum, { odds }) => sum + Math.exp(odds), 1);
    for (const option of row) option.belief = Math.exp(option.odds) / Math.max(all, wanted[option.candidate] ?? 1);
  }
}
