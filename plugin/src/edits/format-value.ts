import type { Design, Value } from '../shared/design.js';
import { isList, isRecord } from './fingerprint.js';
import { hexOf, isRgb } from './merge/colour-map.js';
import { charactersOf, runsOf } from './runs.js';

/** Longer texts are cut in labels. */
const TEXT_LENGTH = 40;

/** A value as designers read it: `#RRGGBB`, a rounded number, a quoted text, the name of a style. */
export function formatValue(property: string, value: Value, design: Design | null = null): string {
  if (value === null || value === '') return 'none';
  if (typeof value === 'string') return formatString(property, value, design);
  if (typeof value === 'number') return property === 'opacity' ? percent(value) : formatNumber(value);
  if (typeof value === 'boolean') return formatBoolean(property, value);
  if (isList(value)) return property === 'runs' ? formatRuns(value) : formatList(property, value, design);
  return formatRecord(property, value as { readonly [key: string]: Value }, design);
}

/** A text in quotes, cut after some words. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `“${line.length > TEXT_LENGTH ? `${line.slice(0, TEXT_LENGTH - 1).trimEnd()}…` : line}”`;
}

export function formatNumber(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

function formatString(property: string, value: string, design: Design | null): string {
  const token = design?.tokens[value];
  if (token !== undefined) return token.name;
  if (property === 'characters' || property === 'name' || property.startsWith('component.')) return quoted(value);
  const words = value.replace(/_/g, ' ').toLowerCase();
  return /^[A-Z_]+$/.test(value) ? words.charAt(0).toUpperCase() + words.slice(1) : value;
}

function formatBoolean(property: string, value: boolean): string {
  if (property === 'visible') return value ? 'visible' : 'hidden';
  if (property === 'locked') return value ? 'locked' : 'unlocked';
  return value ? 'on' : 'off';
}

function formatList(property: string, values: readonly Value[], design: Design | null): string {
  if (values.length === 0) return 'none';
  return values.map((value) => formatValue(property, value, design)).join(', ');
}

function formatRuns(value: Value): string {
  const runs = runsOf(value);
  return runs.length === 0 ? 'uniform' : `${runs.length} ${runs.length === 1 ? 'style' : 'styles'}`;
}

function formatRecord(property: string, value: { readonly [key: string]: Value }, design: Design | null): string {
  if (isRgb(value)) return formatColour(value, value.a);
  if (typeof value.type === 'string') return formatPaint(value, design);
  if (property === 'fontName') return [value.family, value.style].join(' ');
  if ('unit' in value) return formatMeasure(value.unit ?? null, value.value ?? null);
  if ('horizontal' in value) {
    return [value.horizontal, value.vertical].map((part) => formatValue('', part ?? null)).join(', ');
  }
  return Object.entries(value)
    .slice(0, 3)
    .map(([key, item]) => `${key} ${formatValue(key, item, design)}`)
    .join(', ');
}

function formatMeasure(unit: Value, value: Value): string {
  if (unit === 'AUTO' || typeof value !== 'number') return 'auto';
  return unit === 'PERCENT' ? `${formatNumber(value)} %` : formatNumber(value);
}

/** `#RRGGBB`, with the opacity unless it is 100 %. */
function formatColour(colour: { r: number; g: number; b: number }, alpha: Value | undefined): string {
  const hex = hexOf(colour);
  return typeof alpha === 'number' && alpha < 0.995 ? `${hex} ${percent(alpha)}` : hex;
}

function formatPaint(paint: { readonly [key: string]: Value }, design: Design | null): string {
  const hidden = paint.visible === false ? ' (hidden)' : '';
  const bound = isRecord(paint.boundVariables) ? paint.boundVariables.color : null;
  const variable = isRecord(bound) && typeof bound.id === 'string' ? design?.tokens[bound.id] : undefined;
  if (variable !== undefined) return variable.name + hidden;
  if (paint.type === 'SOLID' && isRgb(paint.color)) return formatColour(paint.color, paint.opacity) + hidden;
  const stops = isList(paint.gradientStops) ? paint.gradientStops : [];
  const colours = stops.flatMap((stop) => (isRecord(stop) && isRgb(stop.color) ? hexOf(stop.color) : []));
  const colour = isRgb(paint.color) ? formatColour(paint.color, paint.color.a) : colours.join(' – ');
  return [typeLabel(String(paint.type)), colour, numbersOf(paint)]
    .filter((part) => part !== '')
    .join(' ')
    .concat(hidden);
}

/** `GRADIENT_LINEAR` as "Linear gradient". */
function typeLabel(type: string): string {
  const gradient = /^GRADIENT_(.*)$/.exec(type)?.[1];
  return formatString('', gradient === undefined ? type : `${gradient}_GRADIENT`, null);
}

/** Offset and blur of a shadow. */
function numbersOf(effect: { readonly [key: string]: Value }): string {
  const offset = isRecord(effect.offset) ? [effect.offset.x, effect.offset.y] : [];
  return [...offset, effect.radius]
    .flatMap((value) => (typeof value === 'number' ? formatNumber(value) : []))
    .join(' ');
}

/** What a layer is called in labels: its text, else its name. */
export function layerLabel(design: Design, layerId: string): string {
  const layer = design.layers[layerId];
  if (layer === undefined) return 'Layer';
  const text = charactersOf(layer);
  return layer.name !== '' ? layer.name : text === '' ? 'Layer' : quoted(text);
}
