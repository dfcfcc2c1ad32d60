import type { Design } from '../shared/design.js';
import type { Edit } from './edit.js';
import { parentOf } from './tree.js';

/**
 * Names of edited layers of base that are hidden in base or ours and not among the `visible` ones of the picture, so that
 * no counterparts are found for them.
 */
export function hiddenEditedLayers(
  edits: readonly Edit[],
  visible: ReadonlySet<string>,
  base: Design,
  ours: Design,
): string[] {
  const edited = [...new Set(edits.map(({ layerId }) => layerId))].filter((id) => !visible.has(id));
  return edited.flatMap((id) => {
    const layer = base.layers[id];
    return layer !== undefined && (isHidden(base, id) || isHidden(ours, id)) ? [layer.name] : [];
  });
}

/** Whether a layer or one around it is hidden. */
function isHidden(design: Design, layerId: string): boolean {
  let layer = design.layers[layerId] ?? null;
  while (layer !== null && layer.props.visible !== false) layer = parentOf(design, layer);
  return layer !== null;
}
