import type { ColourMap } from '../../../shared/messages.js';

type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Colours at equal distances, from the lowest value to the highest. Viridis and magma (Smith and van der Walt, 2015,
 * public domain) get lighter evenly, so that equal differences of similarity look equal.
 */
const STOPS: Record<ColourMap, readonly string[]> = {
  viridis: ['440154', '472d7b', '3b528b', '2c728e', '21918c', '28ae80', '5ec962', 'addc30', 'fde725'],
  magma: ['000004', '1d1147', '51127c', '822681', 'b73779', 'e75263', 'fc8961', 'fec488', 'fcfdbf'],
  gray: ['000000', 'ffffff'],
};

export const COLOUR_MAP_NAMES: Record<ColourMap, string> = { viridis: 'Viridis', magma: 'Magma', gray: 'Gray' };

/** The colour of each byte, three bytes a colour. */
export function colourTable(map: ColourMap): Uint8Array {
  const stops = STOPS[map].map(parseHex);
  const table = new Uint8Array(3 * 256);
  for (let value = 0; value < 256; value++) table.set(mix(stops, (value / 255) * (stops.length - 1)), 3 * value);
  return table;
}

/** The colour map as a CSS gradient from left to right. */
export function gradientOf(map: ColourMap): string {
  return `linear-gradient(to right, ${STOPS[map].map((stop) => `#${stop}`).join(', ')})`;
}

function mix(stops: readonly Rgb[], at: number): number[] {
  const index = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [stops[index], stops[index + 1]];
  if (from === undefined || to === undefined) return [0, 0, 0];
  return from.map((channel, n) => Math.round(channel + (at - index) * ((to[n] ?? 0) - channel)));
}

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
