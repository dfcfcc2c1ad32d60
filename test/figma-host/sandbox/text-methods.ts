import type { Json, RawNode } from '../spec.js';
import { deleteCharacters, fontsOf, insertCharacters, rangeValue, setRange, styledSegments } from '../text-runs.js';
import { promise } from './event-loop.js';
import type { Methods } from './node-methods.js';
import { settle } from './node-proxy.js';
import { checkWritable, recordOverride } from './overrides.js';
import { isRangeField } from './property-access.js';
import { get, recordChange } from './store.js';
import { findStyle, valuesOfStyle } from './styles.js';
import { fitText, requireFont, requireFonts } from './text.js';
import { checkValue, readPaints } from './validate.js';

/** Fields with `getRange…` and `setRange…`. Only reading: fontWeight, openTypeFeatures. Styles have async setters. */
const RANGE_METHODS = [
  ...['fontSize', 'fontName', 'fontWeight', 'textCase', 'letterSpacing', 'hyperlink', 'fills', 'textStyleId'],
  ...['fillStyleId', 'textDecoration', 'textDecorationStyle', 'textDecorationOffset', 'textDecorationThickness'],
  ...['textDecorationColor', 'textDecorationSkipInk', 'lineHeight', 'listOptions', 'listSpacing', 'indentation'],
  ...['paragraphIndent', 'paragraphSpacing', 'textWrapStyle', 'openTypeFeatures'],
];
const READ_ONLY_RANGES = new Set(['fontWeight', 'openTypeFeatures', 'textStyleId', 'fillStyleId']);
/** Fields that a range can get without its font (typings: no "Requires the font" at their setters). */
const FONTLESS = new Set([
  'hyperlink',
  'listOptions',
  'listSpacing',
  'indentation',
  'paragraphIndent',
  'paragraphSpacing',
]);

function titled(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}

/** The methods of a text (typings: BaseNonResizableTextMixin, NonResizableTextMixin). */
export function textMethods(id: string): Methods {
  const ranges = RANGE_METHODS.flatMap((field): [string, () => unknown][] => [
    [`getRange${titled(field)}`, () => (start: number, end: number) => getRange(get(id), field, start, end)],
    ...(READ_ONLY_RANGES.has(field) ? [] : [rangeSetter(id, field)]),
  ]);
  return {
    ...Object.fromEntries(ranges),
    ...styleSetters(id),
    getRangeAllFontNames: () => (start: number, end: number) => {
      checkRange(get(id), 'getRangeAllFontNames', start, end);
      return fontsOf(get(id).props, start, end);
    },
    getStyledTextSegments: () => (fields: string[], start?: number, end?: number) =>
      segments(get(id), fields, start, end),
    insertCharacters:
      () =>
      (start: number, characters: string, use: 'BEFORE' | 'AFTER' = 'BEFORE') =>
        edit(get(id), 'insertCharacters', (node) => {
          checkRange(node, 'insertCharacters', start, start);
          requireFonts(node);
          insertCharacters(node.props, start, characters, use);
        }),
    deleteCharacters: () => (start: number, end: number) =>
      edit(get(id), 'deleteCharacters', (node) => {
        checkRange(node, 'deleteCharacters', start, end);
        requireFonts(node);
        deleteCharacters(node.props, start, end);
      }),
  };
}

/** Links a range to a style. Only asynchronous with dynamic pages (typings: `setRangeTextStyleIdAsync`). */
function styleSetters(id: string): Methods {
  const setter = (field: 'textStyleId' | 'fillStyleId') => () => (start: number, end: number, styleId: string) =>
    promise(() =>
      edit(
        get(id),
        `setRange${titled(field)}Async`,
        (node) => {
          const style = findStyle(styleId);
          if (styleId !== '' && style === null) throw new Error(`Style with id "${styleId}" does not exist`);
          checkRange(node, `setRange${titled(field)}Async`, start, end);
          requireFonts(node, start, end);
          const values = style === null ? {} : valuesOfStyle(style, field);
          if (values.fontName !== undefined) requireFont(values.fontName);
          setRange(node.props, start, end, { ...values, [field]: styleId });
        },
        field,
      ),
    );
  return { setRangeTextStyleIdAsync: setter('textStyleId'), setRangeFillStyleIdAsync: setter('fillStyleId') };
}

function rangeSetter(id: string, field: string): [string, () => unknown] {
  const method = `setRange${titled(field)}`;
  const set = (start: number, end: number, value: Json) =>
    edit(get(id), method, (node) => setRangeField(node, field, start, end, value), field);
  return [method, () => set];
}

/** Sets a field of a range. Throws where Figma does. */
export function setRangeField(node: RawNode, field: string, start: number, end: number, value: Json): void {
  checkRange(node, `setRange${titled(field)}`, start, end);
  checkValue(field, value);
  if (field === 'fontName') requireFont(value);
  else if (!FONTLESS.has(field)) requireFonts(node, start, end);
  const copy: Json = JSON.parse(JSON.stringify(value));
  setRange(node.props, start, end, { [field]: copy });
}

function edit(node: RawNode, method: string, act: (node: RawNode) => void, field = 'characters'): void {
  checkWritable(node, method);
  recordChange(node.id, field);
  act(node);
  for (const name of [field, '__runs']) recordOverride(node, name);
  fitText(node);
  settle();
}

function getRange(node: RawNode, field: string, start: number, end: number): unknown {
  checkRange(node, `getRange${titled(field)}`, start, end);
  const value = rangeValue(node.props, field, start, end);
  return field === 'fills' && typeof value !== 'symbol' ? readPaints(value) : value;
}

function checkRange(node: RawNode, method: string, start: number, end: number): void {
  const { length } = String(node.props.characters ?? '');
  const isRange = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= length;
  if (!isRange) throw new Error(`in ${method}: Range outside of available characters. Expected 0 to ${length}`);
}

function segments(node: RawNode, fields: string[], start?: number, end?: number): Json[] {
  for (const field of fields) {
    if (!isRangeField(field)) throw new Error(`in getStyledTextSegments: Invalid field "${field}"`);
  }
  if ((start === undefined) !== (end === undefined)) {
    throw new Error('in getStyledTextSegments: Expected both start and end, or neither');
  }
  if (start !== undefined && end !== undefined) checkRange(node, 'getStyledTextSegments', start, end);
  return styledSegments(node.props, fields, start, end).map((segment) =>
    typeof segment === 'object' && segment !== null && !Array.isArray(segment) && segment.fills !== undefined
      ? { ...segment, fills: readPaints(segment.fills) }
      : segment,
  );
}
