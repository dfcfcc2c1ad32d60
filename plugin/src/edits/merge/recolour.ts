import type { Design, DesignLayer, Value } from '../../shared/design.js';
import type { CopySet } from '../../shared/operation.js';
import { sameValue } from '../fingerprint.js';
import { instanceAbove } from '../tree.js';
import type { MergeContext } from './context.js';
import { paintsInTarget } from './merge-paints.js';
import { tokenInTarget, tokenOf } from './merge-token.js';

/** Paints, and the property with the id of their style. */
const PAINTS = { fills: 'fillStyleId', strokes: 'strokeStyleId' } as const;

/** An added subtree as its copy is in the target, and what is set on the copy for that. */
export interface Recoloured {
  design: Design;
  sets: CopySet[];
}

/**
 * An added subtree in the colours of the target, where those of the source have one counterpart each there, and with its
 * styles. Layers of instances keep what their main component gives them.
 */
export function recoloured(context: MergeContext, added: Design): Recoloured {
  const sets = Object.values(added.layers).flatMap((layer) => setsOf(context, added, layer));
  if (sets.length === 0) return { design: added, sets };
  const layers: { [id: string]: DesignLayer } = { ...added.layers };
  for (const { sourceLayerId, property, value } of sets) {
    const layer = layers[sourceLayerId];
    if (layer !== undefined) layers[layer.id] = { ...layer, props: { ...layer.props, [property]: value } };
  }
  return { design: { ...added, layers, tokens: { ...context.theirs.tokens, ...added.tokens } }, sets };
}

function setsOf(context: MergeContext, added: Design, layer: DesignLayer): CopySet[] {
  if (layer.type === 'INSTANCE' || instanceAbove(added, layer) !== null) return [];
  return (['fills', 'strokes'] as const).flatMap((property) => {
    const set = (name: string, value: Value): CopySet => ({ sourceLayerId: layer.id, property: name, value });
    const value = layer.props[property];
    const style = tokenOf(context.ours, layer.props[PAINTS[property]]);
    if (value === undefined) return [];
    if (style === null) {
      const role = property === 'fills' && layer.type === 'TEXT' ? 'text' : property;
      const there = paintsInTarget(context, role, value);
      return there === null || sameValue(there, value) ? [] : [set(property, there)];
    }
    const there = tokenInTarget(context.tokens, style);
    const paints = there === null ? undefined : paintsOfStyle(context.theirs, property, there.id);
    if (there === null || there.id === style.id || paints === undefined) return [];
    return [set(property, paints), set(PAINTS[property], there.id)];
  });
}

/** What a style of the target gives, by a layer that has it. */
function paintsOfStyle({ layers }: Design, property: keyof typeof PAINTS, styleId: string): Value | undefined {
  return Object.values(layers).find(({ props }) => props[PAINTS[property]] === styleId)?.props[property];
}
