import type { Layer } from '@samepoint/shared-protocol';

/** What each reference adds to the log odds that two layers are the same; `npm run bench -- layer-accuracy` measures it. */
const REFERENCE_ODDS = {
  /** The same component, where each frame has one instance of it; see {@link rarityOf}. */
  sameComponent: 6,
  /** Another component, where the target keeps the components of the source; none in another design system. */
  otherComponent: -3,
  /** The same layer of a component, where each frame has one instance of it. */
  samePath: 5,
  /** Another layer of the same component. */
  otherPath: -6,
  /** All styles and variables the same, where no other layer uses them. */
  sameTokens: 2,
} as const;

/** The references of a layer, as they are compared. */
export interface ReferenceTraits {
  component?: string;
  /** Within an instance: the component of the outermost instance, and the path from there. */
  within?: { owner: string; path: string };
  tokens?: ReadonlySet<string>;
}

/** The references of a pair of frames; null if one of them has none. */
export interface ReferenceContext {
  /** By the key of a component, a path or a token: 1 divided by the greater number of layers that have it in one frame. */
  rarityOf: ReadonlyMap<string, number>;
  /** Fraction of the source's components that the target has too. */
  componentsKept: number;
}

/** One entry a layer, undefined for a layer without references. */
export function describeReferences(layers: readonly Layer[]): (ReferenceTraits | undefined)[] {
  if (layers.every(({ references }) => references === undefined)) return layers.map(() => undefined);
  const byId = new Map(layers.map((layer) => [layer.layerId, layer]));
  return layers.map((layer) => {
    const { references } = layer;
    if (references === undefined) return undefined;
    const { component, path, tokens = [] } = references;
    return {
      ...(component === undefined ? {} : { component }),
      ...(path === undefined ? {} : { within: { owner: ownerOf(layer, byId), path } }),
      ...(tokens.length === 0 ? {} : { tokens: new Set(tokens) }),
    };
  });
}

/** The component of the outermost instance around a layer; empty if that lies outside the frame. */
function ownerOf(layer: Layer, byId: ReadonlyMap<string, Layer>): string {
  const seen = new Set<Layer>();
  for (let parent = byId.get(layer.parentId ?? ''); parent !== undefined && !seen.has(parent); ) {
    const { component, path } = parent.references ?? {};
    if (component !== undefined && path === undefined) return component;
    seen.add(parent);
    parent = byId.get(parent.parentId ?? '');
  }
  return '';
}

type Described = readonly { references?: ReferenceTraits }[];

export function referenceContext(sources: Described, candidates: Described): ReferenceContext | null {
  const [here, there] = [countKeys(sources), countKeys(candidates)];
  if (here.size === 0 || there.size === 0) return null;
  const shared = [...here].flatMap(([key, count]): [string, number][] => {
    const other = there.get(key);
    return other === undefined ? [] : [[key, 1 / Math.max(count, other)]];
  });
  const components = new Set(sources.flatMap(({ references }) => references?.component ?? []));
  const kept = [...components].filter((component) => there.has(componentKey(component))).length;
  return { rarityOf: new Map(shared), componentsKept: components.size === 0 ? 0 : kept / components.size };
}

/** The log odds of two layers by their references; 0 without any. */
export function referenceOdds(
  source: ReferenceTraits | undefined,
  candidate: ReferenceTraits | undefined,
  context: ReferenceContext | null,
): number {
  if (source === undefined || candidate === undefined || context === null) return 0;
  return (
    componentOdds(source, candidate, context) +
    pathOdds(source, candidate, context) +
    tokenOdds(source, candidate, context)
  );
}

function componentOdds(
  { component }: ReferenceTraits,
  { component: other }: ReferenceTraits,
  { rarityOf, componentsKept }: ReferenceContext,
): number {
  if (component === undefined || other === undefined) return 0;
  if (component !== other) return REFERENCE_ODDS.otherComponent * componentsKept;
  return REFERENCE_ODDS.sameComponent * (rarityOf.get(componentKey(component)) ?? 0);
}

function pathOdds(
  { within }: ReferenceTraits,
  { within: other }: ReferenceTraits,
  { rarityOf }: ReferenceContext,
): number {
  if (within === undefined || other === undefined || within.owner !== other.owner) return 0;
  if (within.path !== other.path) {
    // another variant of the component has other paths, so a difference counts only where one of them is in both frames
    const isShared = rarityOf.has(pathKey(within)) || rarityOf.has(pathKey(other));
    return isShared ? REFERENCE_ODDS.otherPath : 0;
  }
  return REFERENCE_ODDS.samePath * (rarityOf.get(pathKey(within)) ?? 0);
}

function tokenOdds(source: ReferenceTraits, candidate: ReferenceTraits, { rarityOf }: ReferenceContext): number {
  const [tokens, others] = [source.tokens, candidate.tokens];
  if (tokens === undefined || others === undefined) return 0;
  let common = 0;
  for (const token of tokens) if (others.has(token)) common += rarityOf.get(tokenKey(token)) ?? 0;
  return (REFERENCE_ODDS.sameTokens * common) / Math.max(tokens.size, others.size);
}

function countKeys(layers: Described): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { references } of layers) {
    if (references === undefined) continue;
    for (const key of keysOf(references)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function keysOf({ component, within, tokens = new Set() }: ReferenceTraits): string[] {
  return [
    ...(component === undefined ? [] : [componentKey(component)]),
    ...(within === undefined ? [] : [pathKey(within)]),
    ...[...tokens].map(tokenKey),
  ];
}

function componentKey(component: string): string {
  return `component ${component}`;
}

function pathKey({ owner, path }: { owner: string; path: string }): string {
  return JSON.stringify(['path', owner, path]);
}

function tokenKey(token: string): string {
  return `token ${token}`;
}
