/** A node that native annotations can hang on. */
export type Annotatable = SceneNode & AnnotationsMixin;

/** GROUP, SECTION, BOOLEAN_OPERATION and SLICE have no annotations. */
export function carriesAnnotations(node: SceneNode): node is Annotatable {
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

/** Has this node the property that an annotation wants to pin? Figma refuses the whole array otherwise. */
export function canPin(node: Annotatable, property: AnnotationPropertyType): boolean {
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

/** The annotation as `node` can carry it, or null when nothing is left to say there. */
export function writable(annotation: Annotation, node: Annotatable): Annotation | null {
  const properties = (annotation.properties ?? []).filter(({ type }) => canPin(node, type));
  if (wordsOf(annotation) === null && properties.length === 0) return null;
  return restate({ ...annotation, properties });
}

/** The annotation in the form Figma takes back: it hands out `label` and `labelMarkdown`, but wants only one of them. */
export function restate({ properties = [], categoryId, ...annotation }: Annotation): Annotation {
  return {
    ...wordsOf(annotation),
    ...(properties.length === 0 ? {} : { properties: properties.map(({ type }) => ({ type })) }),
    ...(categoryId === undefined ? {} : { categoryId }),
  };
}

function wordsOf(annotation: Annotation): { labelMarkdown: string } | { label: string } | null {
  if (annotation.labelMarkdown) return { labelMarkdown: annotation.labelMarkdown };
  return annotation.label ? { label: annotation.label } : null;
}

/** Equal for annotations that say the same, in whichever of the two forms their words are. */
export function fingerprint(annotation: Annotation): string {
  const words = annotation.labelMarkdown || annotation.label || '';
  const properties = (annotation.properties ?? []).map(({ type }) => type).sort();
  return JSON.stringify([words.trim(), properties, annotation.categoryId ?? '']);
}

/** The annotation as one line of plain words. */
export function describe(annotation: Annotation): string {
  const words = annotation.label || annotation.labelMarkdown || '';
  if (words.trim() !== '') return words.trim();
  return (annotation.properties ?? []).map(({ type }) => type).join(', ');
}
