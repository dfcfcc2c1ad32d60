import { describe, expect, it } from 'vitest';
import { COLOUR_MAPS } from '../../../src/shared/messages.js';
import { colourTable } from '../../../src/ui/views/inspect/colour-maps.js';

/** CIE 1976 L* of an sRGB colour, 0…100. */
function lightness(rgb: Uint8Array): number {
  const [red = 0, green = 0, blue = 0] = [...rgb].map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

describe.each(COLOUR_MAPS)('the colour map %s', (map) => {
  const table = colourTable(map);
  const steps = Array.from({ length: 17 }, (_, step) => lightness(table.subarray(45 * step, 45 * step + 3)));

  it('gets lighter with the similarity, by about the same at each step', () => {
    const differences = steps.slice(1).map((step, index) => step - (steps[index] ?? 0));
    const mean = ((steps.at(-1) ?? 0) - (steps[0] ?? 0)) / differences.length;
    expect(Math.min(...differences)).toBeGreaterThan(0.5 * mean);
    expect(Math.max(...differences)).toBeLessThan(1.8 * mean);
  });

  it('goes from dark to light', () => {
    expect(steps[0]).toBeLessThan(20);
    expect(steps.at(-1)).toBeGreaterThan(85);
  });
});

it('the map of the DIFT demo is matplotlib’s viridis', () => {
  const table = colourTable('viridis');
  // within 6 of 255, since colours between the stops are interpolated
  // matplotlib.colormaps['viridis'](np.array([0, 85, 170, 255]), bytes=True)
  const published = [
    [68, 1, 84],
    [49, 104, 142],
    [53, 183, 121],
    [253, 231, 37],
  ];
  for (const [index, colour] of published.entries()) {
    for (const [channel, value] of colour.entries()) {
      expect(Math.abs((table[255 * index + channel] ?? 0) - value)).toBeLessThanOrEqual(6);
    }
  }
});
