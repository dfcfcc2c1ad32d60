import type { Json, RawNode } from '../spec.js';
import { get, prop } from './store.js';

const KNOWN_FIELDS = new Set(['label', 'labelMarkdown', 'properties', 'categoryId']);
const COMMON = ['width', 'height', 'fills', 'strokes', 'effects', 'strokeWeight', 'opacity'];
const TEXT = ['textStyleId', 'textAlignHorizontal', 'fontFamily', 'fontStyle', 'fontSize', 'fontWeight'];
const TEXT_SPACING = ['lineHeight', 'letterSpacing'];
const FLOW = ['itemSpacing', 'padding', 'layoutMode', 'alignItems'];
const SIZE_LIMITS = ['maxWidth', 'minWidth', 'maxHeight', 'minHeight'];
const ROUNDED = new Set(['FRAME', 'COMPONENT', 'INSTANCE', 'RECTANGLE', 'VECTOR']);

/** The properties that an annotation on this node may pin. */
function pinnable(node: RawNode): Set<string> {
  const isFlow = (one: RawNode) => prop(one, 'layoutMode', 'NONE') !== 'NONE';
  const parent = node.parentId === null ? null : get(node.parentId);
  return new Set([
    ...COMMON,
    ...(node.type === 'TEXT' ? [...TEXT, ...TEXT_SPACING] : []),
    ...(isFlow(node) ? FLOW : []),
    ...(isFlow(node) || (parent !== null && isFlow(parent)) ? SIZE_LIMITS : []),
    ...(node.type === 'INSTANCE' ? ['mainComponent'] : []),
    ...(ROUNDED.has(node.type) ? ['cornerRadius'] : []),
  ]);
}

/** Validates an array of annotations like Figma, and stores both forms of each label. */
export function validateAnnotations(node: RawNode, value: unknown, categories: ReadonlySet<string>): Json[] {
  if (!Array.isArray(value)) throw new Error('in set_annotations: Expected an array');
  return value.map((entry: unknown) => validateAnnotation(node, entry, categories));
}

function validateAnnotation(node: RawNode, entry: unknown, categories: ReadonlySet<string>): Json {
  if (typeof entry !== 'object' || entry === null) throw new Error('in set_annotations: Expected an object');
  const fields: { [field: string]: unknown } = { ...entry };
  for (const field of Object.keys(fields)) {
    if (!KNOWN_FIELDS.has(field)) throw new Error(`in set_annotations: Unrecognized key "${field}"`);
  }
  const { label, labelMarkdown, properties = [], categoryId } = fields;
  if (label !== undefined && labelMarkdown !== undefined) {
    throw new Error('in set_annotations: Specify either label or labelMarkdown, but not both');
  }
  if (categoryId !== undefined && (typeof categoryId !== 'string' || !categories.has(categoryId))) {
    throw new Error('in set_annotations: No annotation category with this id');
  }
  const text = labelMarkdown ?? label;
  if (text !== undefined && typeof text !== 'string') throw new Error('in set_annotations: Expected string');
  return {
    ...(text === undefined
      ? {}
      : { label: labelMarkdown === undefined ? text : withoutMarkdown(text), labelMarkdown: text }),
    properties: validateProperties(node, properties),
    ...(categoryId === undefined ? {} : { categoryId }),
  };
}

function validateProperties(node: RawNode, properties: unknown): Json[] {
  if (!Array.isArray(properties)) throw new Error('in set_annotations: Expected an array of properties');
  const allowed = pinnable(node);
  return properties.map((entry: { type?: unknown }) => {
    const { type } = entry;
    if (typeof type !== 'string' || !allowed.has(type)) {
      throw new Error(`in set_annotations: Property "${String(type)}" is not valid on a ${node.type} node`);
    }
    return { type };
  });
}

function withoutMarkdown(markdown: string): string {
  return markdown.replace(/[*_`]/g, '');
}
