import { propertyLabel } from '../../../edits/labels.js';
import type { Write } from '../../../shared/operation.js';

const LENGTH_LIMITS: ReadonlySet<string> = new Set(['minWidth', 'maxWidth', 'minHeight', 'maxHeight']);

/**
 * Why Figma would reject a write now, after those before it; null if that is not known. The rules are those of the
 * typings: `layoutSizingHorizontal`, `layoutPositioning`, `layoutWrap`, `counterAxisAlignContent`, `minWidth`.
 */
export function rejectionOf(node: SceneNode, write: Write): string | null {
  if (write.kind !== 'set') return null;
  const { property, after } = write;
  const place = (need: string) => `${propertyLabel(property)} of “${node.name}” needs ${need}.`;
  const isInAutoLayout = node.parent !== null && isAutoLayout(node.parent);
  if (property === 'layoutSizingHorizontal' || property === 'layoutSizingVertical') {
    if (after === 'FILL' && !isInAutoLayout) return place('a parent with auto layout');
    if (after === 'HUG' && !isAutoLayout(node) && node.type !== 'TEXT') return place('auto layout');
    return isInAutoLayout || isAutoLayout(node) || node.type === 'TEXT' ? null : place('auto layout');
  }
  if (property === 'layoutPositioning' && after === 'ABSOLUTE' && !isInAutoLayout) {
    return place('a parent with auto layout');
  }
  if (property === 'layoutWrap' && !isAutoLayout(node)) return place('auto layout');
  if (property === 'counterAxisAlignContent' && !wraps(node)) return place('auto layout that wraps');
  if (LENGTH_LIMITS.has(property) && after !== null && !isInAutoLayout && !isAutoLayout(node)) {
    return place('auto layout');
  }
  return null;
}

function isAutoLayout(node: BaseNode): boolean {
  return 'layoutMode' in node && node.layoutMode !== 'NONE';
}

function wraps(node: SceneNode): boolean {
  return 'layoutWrap' in node && node.layoutWrap === 'WRAP';
}
