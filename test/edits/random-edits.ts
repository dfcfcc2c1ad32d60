import fc from 'fast-check';
import { isList, isRecord } from '../../plugin/src/edits/fingerprint.js';
import type { Design, Value } from '../../plugin/src/shared/design.js';
import { COMPONENT_IDS, LABEL, SHOWS_ICON } from './components.js';
import { Draft, type DraftLayer, type Props, translation } from './draft.js';
import { hasAutoLayout, isGroup, isLaidOut, isSizeDecided, moveBy, resize } from './layer-geometry.js';
import { setProperty } from './layer-properties.js';
import {
  boundPaint,
  FIXED_COLOURS,
  hexOf,
  NEW_COLOURS,
  NUMBER_VARIABLES,
  paint,
  ROLE_NAMES,
  type Role,
  styleId,
  TEXT_STYLES,
} from './library.js';
import { NEW_PARTS, newPart } from './screens.js';
import { setRange } from './text-runs.js';

/** What a designer does to one layer. Each of `layer`, `a` and `b` picks one of what there is. */
export interface EditChoice {
  kind: EditKind;
  layer: number;
  a: number;
  b: number;
}

interface Action {
  isFor(layer: DraftLayer, draft: Draft): boolean;
  act(draft: Draft, layer: DraftLayer, a: number, b: number): void;
}

const TEXTS = ['Add to cart', 'Now open', 'See all', '3 new', 'Ready in a minute', 'Try it out'];

function pick<T>(list: readonly T[], n: number): T {
  const item = list[n % list.length];
  if (item === undefined) throw new Error('nothing to pick');
  return item;
}

function set(draft: Draft, { id }: DraftLayer, property: string, value: Value): void {
  setProperty(draft, id, property, value, 'light');
}

function isText({ type }: DraftLayer): boolean {
  return type === 'TEXT';
}

function isInInstance({ id }: DraftLayer, draft: Draft): boolean {
  return draft.instanceAbove(id) !== null;
}

/** Not the root, and free to be moved about in the tree. */
function isStructural(layer: DraftLayer, draft: Draft): boolean {
  return layer.id !== draft.rootId && !isInInstance(layer, draft);
}

function hasAutoLayoutOfItsOwn(layer: DraftLayer, draft: Draft): boolean {
  return layer.type === 'FRAME' && hasAutoLayout(layer) && !isInInstance(layer, draft);
}

/** Colours of the kind that the design has: raw, by style, or by variables of its collection. */
function colours(draft: Draft, role: Role): Props {
  const { fills = null, fillStyleId } = draft.get(draft.rootId).props;
  if (fillStyleId !== '') return { fillStyleId: styleId(role, 'light') };
  const text = JSON.stringify(fills);
  if (!text.includes('VARIABLE_ALIAS')) return { fills: [paint(hexOf(role))] };
  return { fills: [boundPaint(role, text.includes(':Theme/') ? 'Theme' : 'Light', 'light')] };
}

function partColours(draft: Draft): (role: Role) => Props {
  return (role) => {
    const { fillStyleId, fills } = colours(draft, role);
    return fillStyleId === undefined ? { fills: fills ?? [] } : { fillStyleId, fills: [paint(hexOf(role))] };
  };
}

function isPainted({ props }: DraftLayer): boolean {
  return isList(props.fills) && props.fills.length === 1 && !isPicture(props);
}

function isPicture({ fills }: Props): boolean {
  const text = JSON.stringify(fills ?? null);
  return FIXED_COLOURS.some((hex) => text.includes(JSON.stringify(colourIn(paint(hex)))));
}

function colourIn(value: Props): Value {
  return value.color ?? null;
}

function roundedTo(value: number, step: number): number {
  return Math.round(value / step) * step;
}

const uniform = (property: string, values: readonly Value[], isFor: Action['isFor']): Action => ({
  isFor: (layer, draft) => property in layer.props && isFor(layer, draft),
  act: (draft, layer, a) => set(draft, layer, property, pick(values, a)),
});

/** Edits of the whole text; of a mixed one they make the property uniform. */
const ofText = (property: string, values: readonly Value[]): Action => ({
  isFor: isText,
  act: (draft, layer, a) => set(draft, layer, property, pick(values, a)),
});

const anyLayer = () => true;

const ACTIONS = {
  text: {
    isFor: (layer) => isText(layer) && layer.follows === undefined,
    act: (draft, layer, a, b) => {
      const old = String(layer.props.characters);
      const word = pick(TEXTS, a);
      const variants = [word, `${old} now`, old.replace(/ .*/, ` ${word}`), `${word} ${old}`];
      set(draft, layer, 'characters', pick(variants, b));
    },
  },
  runs: {
    isFor: (layer) => isText(layer) && String(layer.props.characters).length > 3,
    act: (draft, layer, a, b) => {
      const length = String(layer.props.characters).length;
      const start = a % (length - 2);
      const end = Math.min(length, start + 1 + (b % length));
      const [property, value] = pick<readonly [string, Value]>(
        [
          ['fontName', { family: 'Inter', style: 'Bold' }],
          ['textDecoration', 'UNDERLINE'],
        ],
        a + b,
      );
      setRange(layer.props, start, end, property, value);
      layer.props.textStyleId = '';
      if (isInInstance(layer, draft)) layer.overrides = [...new Set([...(layer.overrides ?? []), property])].sort();
    },
  },
  'text and runs': {
    isFor: (layer) => isText(layer) && layer.follows === undefined,
    act: (draft, layer, a) => {
      const text = `${pick(TEXTS, a)} at once`;
      set(draft, layer, 'characters', text);
      setRange(layer.props, text.length - 7, text.length, 'fontName', { family: 'Inter', style: 'Bold' });
      layer.props.textStyleId = '';
    },
  },
  'font size': ofText('fontSize', [13, 15, 17, 20]),
  font: ofText('fontName', [
    { family: 'Inter', style: 'Medium' },
    { family: 'Inter', style: 'Semi Bold' },
  ]),
  'line height': ofText('lineHeight', [
    { unit: 'PIXELS', value: 24 },
    { unit: 'PERCENT', value: 140 },
  ]),
  'letter spacing': ofText('letterSpacing', [
    { unit: 'PERCENT', value: 2 },
    { unit: 'PIXELS', value: 1 },
  ]),
  'text case': ofText('textCase', ['UPPER', 'TITLE']),
  'text style': ofText('textStyleId', Object.keys(TEXT_STYLES)),
  fill: {
    isFor: isPainted,
    act: (draft, layer, a) => {
      for (const [property, value] of Object.entries(colours(draft, pick(ROLE_NAMES, a)))) {
        set(draft, layer, property, value);
      }
    },
  },
  'new colour': {
    isFor: isPainted,
    act: (draft, layer, a) => set(draft, layer, 'fills', [paint(pick(NEW_COLOURS, a))]),
  },
  'second fill': {
    isFor: (layer) => isPainted(layer) && !isText(layer),
    act: (draft, layer) => {
      set(draft, layer, 'fills', [...(isList(layer.props.fills) ? layer.props.fills : []), paint(FIXED_COLOURS[0])]);
    },
  },
  'fill opacity': {
    isFor: isPainted,
    act: (draft, layer, a) => {
      const fills = isList(layer.props.fills) ? layer.props.fills : [];
      const faded = fills.map((one) => (isRecord(one) ? { ...one, opacity: pick([0.5, 0.8], a) } : one));
      set(draft, layer, 'fills', faded);
    },
  },
  stroke: {
    isFor: ({ type, props }) => props.strokes !== undefined && type !== 'TEXT',
    act: (draft, layer, a) => {
      const { fills, fillStyleId } = colours(draft, pick(ROLE_NAMES, a));
      if (fillStyleId === undefined) set(draft, layer, 'strokes', fills ?? []);
      else set(draft, layer, 'strokeStyleId', fillStyleId);
    },
  },
  'stroke weight': uniform('strokeWeight', [3, 4], ({ props }) => isList(props.strokes) && props.strokes.length > 0),
  effects: {
    isFor: ({ type, props }) => props.effects !== undefined && type !== 'TEXT',
    act: (draft, layer, a, b) => {
      const [radius, y] = [pick([6, 12, 24], a), pick([2, 8], b)];
      const color = { r: 0, g: 0, b: 0, a: 0.2 };
      const shadow = { type: 'DROP_SHADOW', visible: true, spread: 0, blendMode: 'NORMAL', color };
      set(draft, layer, 'effects', a % 5 === 4 ? [] : [{ ...shadow, radius, offset: { x: 0, y } }]);
    },
  },
  radius: {
    isFor: ({ props }) => 'topLeftRadius' in props,
    act: (draft, layer, a, b) => {
      set(
        draft,
        layer,
        pick(['cornerRadius', 'cornerRadius', 'topLeftRadius', 'bottomRightRadius'], b),
        pick([4, 10, 18], a),
      );
    },
  },
  opacity: uniform('opacity', [0.4, 0.7], anyLayer),
  visible: {
    isFor: (layer, draft) => layer.id !== draft.rootId && layer.follows?.visible === undefined,
    act: (draft, layer) => set(draft, layer, 'visible', layer.props.visible !== true),
  },
  'blend mode': uniform('blendMode', ['MULTIPLY', 'SCREEN'], anyLayer),
  name: { isFor: anyLayer, act: (draft, layer) => set(draft, layer, 'name', 'Main') },
  'number variable': {
    isFor: hasAutoLayoutOfItsOwn,
    act: (draft, layer, a, b) => {
      const field = pick(['itemSpacing', 'topLeftRadius', 'paddingTop'], b);
      set(draft, layer, `variable.${field}`, pick(Object.keys(NUMBER_VARIABLES), a));
    },
  },
  swap: {
    isFor: ({ type }) => type === 'INSTANCE',
    act: (draft, layer, a) => {
      const others = COMPONENT_IDS.filter((id) => id !== layer.props.mainComponent);
      set(draft, layer, 'mainComponent', pick(others, a));
    },
  },
  'component property': {
    isFor: ({ type }) => type === 'INSTANCE',
    act: (draft, layer, a, b) => {
      if (b % 2 === 0) set(draft, layer, `component.${LABEL}`, pick(TEXTS, a));
      else set(draft, layer, `component.${SHOWS_ICON}`, layer.props[`component.${SHOWS_ICON}`] !== true);
    },
  },
  gap: uniform('itemSpacing', [4, 10, 24], hasAutoLayoutOfItsOwn),
  padding: {
    isFor: hasAutoLayoutOfItsOwn,
    act: (draft, layer, a, b) => {
      set(draft, layer, pick(['paddingTop', 'paddingLeft', 'paddingRight', 'paddingBottom'], b), pick([6, 18, 28], a));
    },
  },
  alignment: uniform('primaryAxisAlignItems', ['CENTER', 'SPACE_BETWEEN'], hasAutoLayoutOfItsOwn),
  constraints: {
    isFor: (layer, draft) => isStructural(layer, draft) && !isLaidOut(draft, layer.id) && !isGroup(layer),
    act: (draft, layer, a) => {
      set(draft, layer, 'constraints', { horizontal: pick(['MAX', 'STRETCH', 'CENTER'], a), vertical: 'MIN' });
    },
  },
  move: {
    isFor: (layer, draft) => isStructural(layer, draft) && !isLaidOut(draft, layer.id),
    act: (draft, layer, a, b) => moveBy(draft, layer.id, (a % 41) - 20, (b % 41) - 20),
  },
  resize: {
    isFor: (layer, draft) =>
      isStructural(layer, draft) && !(isSizeDecided(draft, layer, 'width') && isSizeDecided(draft, layer, 'height')),
    act: (draft, layer, a, b) => {
      const grown = (length: number, dimension: 'width' | 'height', n: number) =>
        isSizeDecided(draft, layer, dimension) ? length : length + (n % 31);
      resize(draft, layer.id, grown(layer.width, 'width', a), grown(layer.height, 'height', b));
    },
  },
  add: {
    isFor: (layer, draft) => layer.type === 'FRAME' && !isInInstance(layer, draft),
    act: (draft, layer, a, b) => {
      const part = newPart(pick(NEW_PARTS, a), freeKey(draft), partColours(draft));
      const place = hasAutoLayout(layer) ? {} : { x: roundedTo((layer.width * (b % 7)) / 9, 1), y: 4 + (a % 9) };
      draft.insertPart({ ...part, ...place }, layer.id, b % (layer.childIds.length + 1));
    },
  },
  remove: {
    isFor: (layer, draft) => isStructural(layer, draft) && hasSiblings(layer, draft),
    act: (draft, layer) => draft.remove(layer.id),
  },
  reorder: {
    isFor: (layer, draft) => isStructural(layer, draft) && hasSiblings(layer, draft),
    act: (draft, layer, a) => {
      const siblings = (draft.parentOf(layer.id)?.childIds ?? []).filter((id) => id !== layer.id);
      draft.place(layer.id, layer.parentId ?? '', pick([null, ...siblings], a));
    },
  },
  reparent: {
    isFor: (layer, draft) =>
      isStructural(layer, draft) && hasSiblings(layer, draft) && targets(layer, draft).length > 0,
    act: (draft, layer, a, b) => {
      const parent = draft.get(pick(targets(layer, draft), a));
      const below = pick([null, ...parent.childIds], b);
      draft.place(layer.id, parent.id, below);
      if (isGroup(layer)) return;
      layer.transform = translation(a % 23, b % 23);
    },
  },
  wrap: {
    isFor: (layer, draft) =>
      isStructural(layer, draft) && !isLaidOut(draft, layer.id) && !isGroup(layer) && !isInGroup(layer, draft),
    act: (draft, layer) => {
      const below = siblingBelow(layer, draft);
      const { width, height } = layer;
      const { e, f } = layer.transform;
      const frame = {
        key: freeKey(draft),
        type: 'FRAME',
        name: 'Group',
        x: e - 4,
        y: f - 4,
        width: width + 8,
        height: height + 8,
      };
      const parent = draft.get(layer.parentId ?? '');
      draft.insertPart(frame, parent.id, below === null ? 0 : parent.childIds.indexOf(below) + 1);
      draft.get(frame.key).props.constraints = layer.props.constraints ?? null;
      draft.place(layer.id, frame.key, null);
      layer.transform = translation(4, 4);
    },
  },
} as const satisfies { readonly [kind: string]: Action };

export type EditKind = keyof typeof ACTIONS;
export const EDIT_KINDS = Object.keys(ACTIONS) as readonly EditKind[];

export function editChoices(kinds: readonly EditKind[] = EDIT_KINDS, maxLength = 4): fc.Arbitrary<EditChoice[]> {
  const choice = fc.record({ kind: fc.constantFrom(...kinds), layer: fc.nat(999), a: fc.nat(99), b: fc.nat(99) });
  return fc.array(choice, { minLength: 1, maxLength });
}

/** The design after the edits. An edit that no layer allows is left out. */
export function edited(design: Design, choices: readonly EditChoice[]): Design {
  const draft = Draft.of(design);
  for (const { kind, layer, a, b } of choices) {
    const { isFor, act }: Action = ACTIONS[kind];
    const layers = draft.ids().map((id) => draft.get(id));
    const allowed = layers.filter((one) => isFor(one, draft));
    const chosen = allowed[layer % allowed.length];
    if (chosen !== undefined) act(draft, chosen, a, b);
  }
  return draft.design();
}

function hasSiblings(layer: DraftLayer, draft: Draft): boolean {
  return (draft.parentOf(layer.id)?.childIds.length ?? 0) > 1;
}

function isInGroup(layer: DraftLayer, draft: Draft): boolean {
  const parent = draft.parentOf(layer.id);
  return parent !== null && isGroup(parent);
}

function siblingBelow(layer: DraftLayer, draft: Draft): string | null {
  const siblings = draft.parentOf(layer.id)?.childIds ?? [];
  return siblings[siblings.indexOf(layer.id) - 1] ?? null;
}

/** Frames that the layer can go into. */
function targets(layer: DraftLayer, draft: Draft): string[] {
  return draft.ids().filter((id) => {
    const one = draft.get(id);
    const isOther = id !== layer.id && id !== layer.parentId && !draft.isInside(id, layer.id);
    return isOther && one.type === 'FRAME' && draft.instanceAbove(id) === null;
  });
}

/** A key that no layer has. */
function freeKey(draft: Draft): string {
  let n = 1;
  while (draft.has(`new-${n}`)) n++;
  return `new-${n}`;
}
