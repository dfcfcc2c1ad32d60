import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawText, haloWidth, textWidth } from '../../../src/cli/files/vector-text.js';
import { renderSvg } from '../../../src/images/encode.js';

const CHARACTERS = [...'0123456789%:,nocuterpa'];
const HEIGHT = 24;
const MARGIN = 20;
const STYLE = { height: HEIGHT, colour: '#fff', halo: '#000' };

/** The opaque part of a text, drawn at the margin. */
async function drawn(text: string) {
  const [width, height] = [Math.ceil(textWidth(text, HEIGHT)) + 2 * MARGIN, HEIGHT + 2 * MARGIN];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawText(text, MARGIN, MARGIN, STYLE)}</svg>`;
  const { data, info } = await sharp(await renderSvg(svg))
    .trim({ background: '#0000', threshold: 0 })
    .png()
    .toBuffer({ resolveWithObject: true });
  const { trimOffsetLeft = 0, trimOffsetTop = 0 } = info;
  return { data, left: -trimOffsetLeft, top: -trimOffsetTop, right: info.width - trimOffsetLeft, ...info };
}

describe('text without fonts', () => {
  it('consists of paths', () => {
    expect(drawText('12: 98%', 0, 0, STYLE)).not.toMatch(/<text|font/);
  });

  it('has a different glyph for each character', async () => {
    const glyphs = new Set<string>();
    for (const one of CHARACTERS) glyphs.add((await drawn(one)).data.toString('base64'));
    expect(glyphs.size).toBe(CHARACTERS.length);
  });

  it.each(['1', '888', '7: 100%', 'no counterpart: 3'])('%s lies within its width and its halo', async (text) => {
    const { left, right, top } = await drawn(text);
    const halo = haloWidth(HEIGHT) + 1;
    expect(left).toBeGreaterThanOrEqual(MARGIN - halo);
    expect(top).toBeGreaterThanOrEqual(MARGIN - halo);
    expect(right).toBeLessThanOrEqual(MARGIN + textWidth(text, HEIGHT) + halo);
    expect(right - left).toBeGreaterThan(0.6 * textWidth(text, HEIGHT));
  });

  it('grows with its height and its characters', () => {
    expect(textWidth('10', 24)).toBeCloseTo(2 * textWidth('10', 12), 6);
    expect(textWidth('100', 12)).toBeGreaterThan(textWidth('10', 12));
  });

  it('refuses a character without a glyph', () => {
    expect(() => drawText('ü', 0, 0, STYLE)).toThrow('no glyph for "ü"');
  });
});
