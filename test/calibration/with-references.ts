import type { Layer, LayerReferences } from '@samepoint/shared-protocol';
import type { LayerPair, LayerScreen } from './layer-pair.js';

/** Containers that a design system has no component of. */
const PLAIN = new Set(['', 'screen', 'list']);

/**
 * The pair as if its design used a design system: containers are instances, and equal rows are instances of one component.
 * @param partOf the part of the design that a layer is, such as `row-2/title`; empty for an addition
 */
export function withReferences(pair: LayerPair, partOf: (layerId: string) => string): LayerPair {
  const refer = (screen: LayerScreen): LayerScreen => ({ ...screen, layers: referring(screen.layers, partOf) });
  return {
    ...pair,
    name: `${pair.name}, with components`,
    change: `${pair.change}, with components`,
    source: refer(pair.source),
    target: refer(pair.target),
  };
}

function referring(layers: readonly Layer[], partOf: (layerId: string) => string): Layer[] {
  const byId = new Map(layers.map((layer) => [layer.layerId, layer]));
  const containers = new Set(layers.flatMap(({ parentId }) => parentId ?? []));
  const isComponent = ({ layerId }: Layer) => containers.has(layerId) && !PLAIN.has(partOf(layerId));
  return layers.map((layer) => {
    const part = partOf(layer.layerId);
    const references: LayerReferences = {
      ...(isComponent(layer) ? { component: unnumbered(part) } : {}),
      ...(part !== '' && ancestorsOf(layer, byId).some(isComponent) ? { path: unnumbered(part) } : {}),
    };
    return Object.keys(references).length === 0 ? layer : { ...layer, references };
  });
}

function ancestorsOf({ parentId = '' }: Layer, byId: ReadonlyMap<string, Layer>): Layer[] {
  const parent = byId.get(parentId);
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent, byId)];
}

/** `row/title` for `row-2/title`. */
function unnumbered(part: string): string {
  return part.replace(/-\d+(?=\/|$)/, '');
}
