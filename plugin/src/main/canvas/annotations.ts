import { walkVisible } from './nodes.js';

/** A node with native annotations. */
export type Annotatable = SceneNode & AnnotationsMixin;

/** GROUP, SECTION, BOOLEAN_OPERATION and SLICE don't support annotations. */
export function supportsAnnotations(node: SceneNode): node is Annotatable {
  return 'annotations' in node;
}

const TEXT_ONLY: ReadonlySet<AnnotationPropertyType> = new Set([
  'textStyleId',
  'textAlignHorizontal',
  'fontFamily',
  'fontStyle',
  'fontSize',
  'fontWeight',
  'lineHeight',
  'letterSpacing',
]);
const AUTO_LAYOUT_ONLY: ReadonlySet<AnnotationPropertyType> = new Set([
  'itemSpacing',
  'padding',
  'layoutMode',
  'alignItems',
]);
const GRID_ONLY: ReadonlySet<AnnotationPropertyType> = new Set([
  'gridRowGap',
  'gridColumnGap',
  'gridRowCount',
  'gridColumnCount',
]);
const GRID_CHILD_ONLY: ReadonlySet<AnnotationPropertyType> = new Set([
  'gridRowAnchorIndex',
  'gridColumnAnchorIndex',
  'gridRowSpan',
  'gridColumnSpan',
]);
const SIZE_LIMITS: ReadonlySet<AnnotationPropertyType> = new Set(['maxWidth', 'minWidth', 'maxHeight', 'minHeight']);

/** Whether an annotation on the node may pin the property. Figma rejects the whole array otherwise. */
function canPin(node: Annotatable, property: AnnotationPropertyType): boolean {
  if (TEXT_ONLY.has(property)) return node.type === 'TEXT';
  if (AUTO_LAYOUT_ONLY.has(property)) return layoutModeOf(node) !== 'NONE';
  if (GRID_ONLY.has(property)) return layoutModeOf(node) === 'GRID';
  if (GRID_CHILD_ONLY.has(property)) return layoutModeOf(node.parent) === 'GRID';
  if (SIZE_LIMITS.has(property)) return layoutModeOf(node) !== 'NONE' || layoutModeOf(node.parent) !== 'NONE';
  if (property === 'mainComponent') return node.type === 'INSTANCE';
  if (property === 'cornerRadius') return 'cornerRadius' in node;
  return true;
}

function layoutModeOf(node: BaseNode | null): string {
  return node !== null && 'layoutMode' in node ? node.layoutMode : 'NONE';
}

/** The annotation without the properties that `node` cannot pin; null if it has neither a label nor properties left. */
export function annotationFor(node: Annotatable, annotation: Annotation): Annotation | null {
  const properties = (annotation.properties ?? []).filter(({ type }) => canPin(node, type));
  if (labelOf(annotation) === null && properties.length === 0) return null;
  return toPlainAnnotation({ ...annotation, properties });
}

/** The annotation in the form that can be written: Figma returns `label` and `labelMarkdown` but accepts only one. */
export function toPlainAnnotation({ properties = [], categoryId, ...annotation }: Annotation): Annotation {
  return {
    ...labelOf(annotation),
    ...(properties.length === 0 ? {} : { properties: properties.map(({ type }) => ({ type })) }),
    ...(categoryId === undefined ? {} : { categoryId }),
  };
}

function labelOf(annotation: Annotation): { labelMarkdown: string } | { label: string } | null {
  if (annotation.labelMarkdown) return { labelMarkdown: annotation.labelMarkdown };
  return annotation.label ? { label: annotation.label } : null;
}

/** Equal for annotations with the same label, properties and category. */
export function fingerprint(annotation: Annotation): string {
  const label = annotation.labelMarkdown || annotation.label || '';
  const properties = (annotation.properties ?? []).map(({ type }) => type).sort();
  return JSON.stringify([label.trim(), properties, annotation.categoryId ?? '']);
}

/** The label as plain text, or the pinned properties of an annotation without a label. */
export function annotationText(annotation: Annotation): string {
  const label = annotation.label || annotation.labelMarkdown || '';
  if (label.trim() !== '') return label.trim();
  return (annotation.properties ?? []).map(({ type }) => type).join(', ');
}

/** The number of annotations on the node and its visible descendants. */
export function countAnnotations(root: SceneNode): number {
  let annotations = 0;
  walkVisible(root, (node) => {
    if (supportsAnnotations(node)) annotations += node.annotations.length;
    return true;
  });
  return annotations;
}
