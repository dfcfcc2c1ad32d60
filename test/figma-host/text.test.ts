import { describe, expect, test } from 'vitest';
import { runPluginScript } from './script-session.js';
import type { NodeSpec } from './spec.js';
import { layOutText } from './text-layout.js';

const BOLD = { family: 'Inter', style: 'Bold' };
const LORA = { family: 'Lora', style: 'Regular' };

async function run(spec: Partial<NodeSpec>, script: string): Promise<unknown> {
  const document = { name: 'D', children: [{ key: 'text', type: 'TEXT' as const, name: 'T', ...spec }] };
  const prefix = `const text = await node('text');
    const load = (family, style) => figma.loadFontAsync({ family, style });
    await load('Inter', 'Regular');`;
  const { host, answer } = await runPluginScript(prefix + script, ['text'], { document });
  host.dispose();
  return answer;
}

const HELLO = { props: { characters: 'Hello world' }, runs: [{ start: 0, end: 5, fontName: BOLD }] };

describe('a text with mixed styles', () => {
  test('reports what is mixed, and each segment', async () => {
    const script = `return [text.fontName === figma.mixed, text.fontSize, text.getRangeFontWeight(0, 5),
      text.getStyledTextSegments(['fontName', 'fontSize']).map((one) => [one.start, one.end, one.characters, one.fontName.style]),
      text.getStyledTextSegments(['fontSize']).length, text.getStyledTextSegments(['fontWeight'], 3, 8).length];`;
    const segments = [
      [0, 5, 'Hello', 'Bold'],
      [5, 11, ' world', 'Regular'],
    ];
    expect(await run(HELLO, script)).toEqual([true, 12, 700, segments, 1, 2]);
  });

  test('keeps its styles where characters are inserted and deleted', async () => {
    const script = `await load('Inter', 'Bold');
      text.insertCharacters(5, '!!'); text.insertCharacters(0, '>'); text.deleteCharacters(2, 4);
      return text.getStyledTextSegments(['fontName']).map((one) => [one.characters, one.fontName.style]);`;
    expect(await run(HELLO, script)).toEqual([
      ['>Hlo!!', 'Bold'],
      [' world', 'Regular'],
    ]);
  });

  test('loses them when its characters are set', async () => {
    const script = `await load('Inter', 'Bold'); text.characters = 'New'; return [text.characters, text.fontName];`;
    expect(await run(HELLO, script)).toEqual(['New', BOLD]);
  });

  test('is even again when all ranges agree', async () => {
    const script = `await load('Inter', 'Bold'); text.setRangeFontSize(0, 5, 20); const mixed = text.fontSize === figma.mixed;
      text.setRangeFontSize(5, 11, 20); text.fontName = { family: 'Inter', style: 'Bold' };
      return [mixed, text.fontSize, text.fontName];`;
    expect(await run(HELLO, script)).toEqual([true, 20, BOLD]);
  });

  test.each([
    ['a write while a font of a range is not loaded', 'text.characters = "x"', /unloaded font "Inter Bold"/],
    [
      'a range with another font that is not loaded',
      'text.setRangeFontName(6, 8, { family: "Lora", style: "Bold" })',
      /unloaded font "Lora Bold"/,
    ],
    ['a range outside of the text', 'text.setRangeFontSize(0, 99, 10)', /outside of available characters/],
  ])('rejects %s', async (_, script, message) => {
    expect(await run(HELLO, script)).toMatch(message);
  });

  test('can be written in a range whose font is loaded', async () => {
    expect(await run(HELLO, 'text.setRangeFontSize(6, 11, 20); return text.getRangeFontSize(7, 8);')).toBe(20);
  });
});

describe('a text', () => {
  test('has a missing font that cannot be loaded', async () => {
    const script = `const missing = text.hasMissingFont;
      const refusal = await load('Rare', 'Thin').then(() => 'loaded', (error) => error.message);
      return [missing, refusal];`;
    const props = { characters: 'x', fontName: { family: 'Rare', style: 'Thin' } };
    expect(await run({ props }, script)).toEqual([true, expect.stringMatching(/could not be loaded/)]);
  });

  test('resizes with its characters, font, case and spacing', async () => {
    const script = `const widths = []; const note = () => widths.push(text.width);
      note(); text.textCase = 'UPPER'; note(); text.letterSpacing = { unit: 'PIXELS', value: 2 }; note();
      await load('Lora', 'Regular'); text.fontName = { family: 'Lora', style: 'Regular' }; note();
      return widths;`;
    const widths = await run({ props: { characters: 'Hello' } }, script);
    const [plain = 0, upper = 0, spaced = 0, lora = 0] = Array.isArray(widths) ? widths.map(Number) : [];
    expect(upper).toBeGreaterThan(plain);
    expect(spaced).toBeCloseTo(upper + 10, 5);
    expect(lora).not.toBeCloseTo(spaced, 0);
  });

  test('resizes in height at a fixed width', async () => {
    const script = `text.resize(60, 10); text.textAutoResize = 'HEIGHT';
      const before = text.height; text.characters = 'Some more words than before'; return [text.width, text.height > before];`;
    expect(await run({ props: { characters: 'Some words' } }, script)).toEqual([60, true]);
  });

  test('renames itself only if it was never named', async () => {
    const script = `const made = figma.createText(); made.characters = 'One'; const auto = made.name;
      made.name = 'Title'; made.characters = 'Two'; text.characters = 'Three';
      return [auto, made.name, text.name];`;
    expect(await run({ props: { characters: 'x' } }, script)).toEqual(['One', 'Title', 'T']);
  });
});

describe('text layout', () => {
  const shown = (props: Parameters<typeof layOutText>[0], width: number | null, height: number | null = null) =>
    layOutText(props, width, height).lines.map((line) =>
      line.pieces
        .map((piece) => piece.text)
        .join('')
        .trimEnd(),
    );

  test('wraps at spaces, and within words that are too long', () => {
    expect(shown({ characters: 'one two three' }, 50)).toEqual(['one two', 'three']);
    expect(shown({ characters: 'extraordinarily' }, 50).length).toBeGreaterThan(1);
  });

  test('does not wrap inside a word of two styles', () => {
    const runs = [
      { start: 0, end: 7, values: { fontName: LORA } },
      { start: 7, end: 12, values: { fontName: BOLD } },
    ];
    expect(shown({ characters: 'one two'.concat('three'), __runs: runs }, 70)).toEqual(['one', 'twothree']);
  });

  test('truncates after its last line', () => {
    const props = { characters: 'one two three four', textTruncation: 'ENDING' };
    expect(shown({ ...props, maxLines: 1 }, 50)).toEqual(['one tw…']);
    expect(shown(props, 50, 30)).toHaveLength(2);
  });

  test('spaces paragraphs and gives a line the height of its tallest run', () => {
    const runs = [
      { start: 0, end: 1, values: { fontSize: 40 } },
      { start: 1, end: 3, values: { fontSize: 10 } },
    ];
    const { lines } = layOutText({ characters: 'a\nb', __runs: runs, paragraphSpacing: 7 }, null);
    expect(lines.map((line) => line.height)).toEqual([40 * 1.21, 10 * 1.21]);
    expect(lines[1]?.top).toBeCloseTo(40 * 1.21 + 7, 5);
  });
});
