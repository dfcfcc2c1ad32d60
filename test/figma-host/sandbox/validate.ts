import type { Json } from '../spec.js';

type Fields = { [name: string]: Json };

const BLEND_MODES = [
  ...['PASS_THROUGH', 'NORMAL', 'DARKEN', 'MULTIPLY', 'LINEAR_BURN', 'COLOR_BURN', 'LIGHTEN', 'SCREEN'],
  ...['LINEAR_DODGE', 'COLOR_DODGE', 'OVERLAY', 'SOFT_LIGHT', 'HARD_LIGHT', 'DIFFERENCE', 'EXCLUSION'],
  ...['HUE', 'SATURATION', 'COLOR', 'LUMINOSITY'],
];

/** The values of each property that has a fixed list of them (typings: the property's type). */
const CHOICES: { readonly [property: string]: readonly Json[] } = {
  blendMode: BLEND_MODES,
  layoutMode: ['NONE', 'HORIZONTAL', 'VERTICAL'],
  layoutWrap: ['NO_WRAP', 'WRAP'],
  primaryAxisSizingMode: ['FIXED', 'AUTO'],
  counterAxisSizingMode: ['FIXED', 'AUTO'],
  primaryAxisAlignItems: ['MIN', 'MAX', 'CENTER', 'SPACE_BETWEEN', 'SPACE_EVENLY', 'SPACE_AROUND'],
  counterAxisAlignItems: ['MIN', 'MAX', 'CENTER', 'BASELINE'],
  counterAxisAlignContent: ['AUTO', 'SPACE_BETWEEN'],
  layoutAlign: ['MIN', 'CENTER', 'MAX', 'STRETCH', 'INHERIT'],
  layoutGrow: [0, 1],
  layoutPositioning: ['AUTO', 'ABSOLUTE'],
  strokeAlign: ['CENTER', 'INSIDE', 'OUTSIDE'],
  strokeJoin: ['MITER', 'BEVEL', 'ROUND'],
  maskType: ['ALPHA', 'VECTOR', 'LUMINANCE'],
  textAlignHorizontal: ['LEFT', 'CENTER', 'RIGHT', 'JUSTIFIED'],
  textAlignVertical: ['TOP', 'CENTER', 'BOTTOM'],
  textAutoResize: ['NONE', 'WIDTH_AND_HEIGHT', 'HEIGHT', 'TRUNCATE'],
  textTruncation: ['DISABLED', 'ENDING'],
  textCase: ['ORIGINAL', 'UPPER', 'LOWER', 'TITLE', 'SMALL_CAPS', 'SMALL_CAPS_FORCED'],
  textDecoration: ['NONE', 'UNDERLINE', 'STRIKETHROUGH'],
  leadingTrim: ['CAP_HEIGHT', 'NONE'],
  visible: [true, false],
  locked: [true, false],
  clipsContent: [true, false],
  isMask: [true, false],
};

/** The least value of numeric properties, and the greatest where there is one. */
const NUMBERS: { readonly [property: string]: readonly [least: number, most?: number] } = {
  opacity: [0, 1],
  cornerSmoothing: [0, 1],
  fontSize: [1],
  itemSpacing: [Number.NEGATIVE_INFINITY],
  rotation: [Number.NEGATIVE_INFINITY],
  x: [Number.NEGATIVE_INFINITY],
  y: [Number.NEGATIVE_INFINITY],
  ...Object.fromEntries(
    [
      ...['cornerRadius', 'topLeftRadius', 'topRightRadius', 'bottomLeftRadius', 'bottomRightRadius'],
      ...['strokeWeight', 'strokeTopWeight', 'strokeRightWeight', 'strokeBottomWeight', 'strokeLeftWeight'],
      ...['paddingLeft', 'paddingRight', 'paddingTop', 'paddingBottom'],
    ].map((name): [string, readonly [number]] => [name, [0]]),
  ),
};

const OPTIONAL_NUMBERS: ReadonlySet<string> = new Set([
  ...['minWidth', 'maxWidth', 'minHeight', 'maxHeight'],
  ...['counterAxisSpacing', 'maxLines'],
]);

/** Throws like Figma if a property cannot have this value. */
export function checkValue(name: string, value: Json): void {
  const fail = (reason: string): never => {
    throw new Error(`in set_${name}: Property "${name}" failed validation: ${reason}`);
  };
  const choices = CHOICES[name];
  if (choices !== undefined && !choices.includes(value)) fail(`Invalid value ${JSON.stringify(value)}`);
  const range = NUMBERS[name];
  if (range !== undefined) checkNumber(value, range, fail);
  if (OPTIONAL_NUMBERS.has(name) && value !== null) checkNumber(value, [0], fail);
  if (name === 'fills' || name === 'strokes') checkList(value, checkPaint, fail);
  if (name === 'effects') checkList(value, checkEffect, fail);
}

type Fail = (reason: string) => never;

function checkNumber(value: Json, [least, most = Number.POSITIVE_INFINITY]: readonly [number, number?], fail: Fail) {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    fail('Expected number');
    return;
  }
  if (value < least) fail(`Number must be greater than or equal to ${least}`);
  if (value > most) fail(`Number must be less than or equal to ${most}`);
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkList(value: Json, check: (item: Fields, fail: Fail) => void, fail: Fail): void {
  if (!Array.isArray(value)) {
    fail('Expected array');
    return;
  }
  for (const [index, item] of value.entries()) {
    const failAt: Fail = (reason) => fail(`${reason} at [${index}]`);
    if (isFields(item)) check(item, failAt);
    else failAt('Expected object');
  }
}

const OF_PAINT = ['type', 'visible', 'opacity', 'blendMode', 'boundVariables'];
const IMAGE = ['scaleMode', 'imageHash', 'imageTransform', 'scalingFactor', 'rotation', 'filters'];
/** The fields of each type of paint (typings: SolidPaint, GradientPaint, ImagePaint). */
const PAINTS: { readonly [type: string]: readonly string[] } = {
  SOLID: [...OF_PAINT, 'color'],
  GRADIENT_LINEAR: [...OF_PAINT, 'gradientTransform', 'gradientStops'],
  GRADIENT_RADIAL: [...OF_PAINT, 'gradientTransform', 'gradientStops'],
  GRADIENT_ANGULAR: [...OF_PAINT, 'gradientTransform', 'gradientStops'],
  GRADIENT_DIAMOND: [...OF_PAINT, 'gradientTransform', 'gradientStops'],
  IMAGE: [...OF_PAINT, ...IMAGE],
};

function checkKeys(fields: Fields, known: readonly string[], fail: Fail): void {
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  if (unknown.length > 0) fail(`Unrecognized key(s) in object: ${unknown.map((name) => `'${name}'`).join(', ')}`);
}

/** Colours have channels from 0 to 1; that of a solid paint has no alpha. */
function checkColor(color: Json | undefined, channels: readonly string[], fail: Fail): void {
  if (!isFields(color)) {
    fail('Required color');
    return;
  }
  checkKeys(color, channels, fail);
  for (const name of channels) checkNumber(color[name] ?? null, [0, 1], fail);
}

function checkPaint(paint: Fields, fail: Fail): void {
  const known = PAINTS[String(paint.type)];
  if (known === undefined) fail('Invalid discriminator value');
  else checkKeys(paint, known, fail);
  if (paint.opacity !== undefined) checkNumber(paint.opacity, [0, 1], fail);
  if (paint.blendMode !== undefined && !BLEND_MODES.includes(String(paint.blendMode))) fail('Invalid blendMode');
  if (paint.type === 'SOLID') checkColor(paint.color, ['r', 'g', 'b'], fail);
  if (paint.type === 'IMAGE' && typeof paint.scaleMode !== 'string') fail('Required scaleMode');
  if (!String(paint.type).startsWith('GRADIENT_')) return;
  if (!Array.isArray(paint.gradientTransform)) fail('Required gradientTransform');
  if (!Array.isArray(paint.gradientStops)) fail('Required gradientStops');
  for (const stop of Array.isArray(paint.gradientStops) ? paint.gradientStops : []) {
    if (isFields(stop)) checkColor(stop.color, ['r', 'g', 'b', 'a'], fail);
  }
}

const SHADOW = ['type', 'color', 'offset', 'radius', 'spread', 'visible', 'blendMode', 'boundVariables'];
const BLUR = ['type', 'radius', 'visible', 'blurType', 'boundVariables', 'startRadius', 'startOffset', 'endOffset'];
/** The fields of each type of effect (typings: DropShadowEffect, InnerShadowEffect, BlurEffect). */
const EFFECTS: { readonly [type: string]: readonly string[] } = {
  DROP_SHADOW: [...SHADOW, 'showShadowBehindNode'],
  INNER_SHADOW: SHADOW,
  LAYER_BLUR: BLUR,
  BACKGROUND_BLUR: BLUR,
};

function checkEffect(effect: Fields, fail: Fail): void {
  const known = EFFECTS[String(effect.type)];
  if (known === undefined) fail('Invalid discriminator value');
  else checkKeys(effect, known, fail);
  checkNumber(effect.radius ?? null, [0], fail);
  if (typeof effect.visible !== 'boolean') fail('Required visible');
  if (known?.includes('color') === true) {
    checkColor(effect.color, ['r', 'g', 'b', 'a'], fail);
    if (!isFields(effect.offset)) fail('Required offset');
    if (typeof effect.blendMode !== 'string') fail('Required blendMode');
  }
}

const PAINT_DEFAULTS: Fields = { visible: true, opacity: 1, blendMode: 'NORMAL' };

/** Paints as Figma returns them, with the defaults of the fields that may be left out. */
export function readPaints(paints: Json): Json {
  if (!Array.isArray(paints)) return paints;
  return paints.map((paint) => (isFields(paint) ? { ...PAINT_DEFAULTS, ...paint } : paint));
}
