import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLayers } from '../src/cli/files/read-layers.js';
import { readPoints } from '../src/cli/files/read-point-file.js';
import { readPairs } from '../src/eval/datasets/pairs.js';
import { decodeText, parseJson, readJson, readJsonSync } from '../src/read-text.js';
import { useTempFolder } from './support/temp-folder.js';

const folder = useTempFolder();
const refuse = (reason: string, hint?: string) => new TypeError(hint === undefined ? reason : `${reason} (${hint})`);

function utf16(text: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

/** The encodings in which programs save text. */
const ENCODINGS: readonly (readonly [name: string, encode: (text: string) => Buffer])[] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16 LE', (text) => utf16(`\ufeff${text}`, 'le')],
  ['UTF-16 BE', (text) => utf16(`\ufeff${text}`, 'be')],
  ['UTF-16 LE without a mark', (text) => utf16(text, 'le')],
  ['UTF-16 BE without a mark', (text) => utf16(text, 'be')],
];

describe.each(ENCODINGS)('text in %s', (name, encode) => {
  const write = (file: string, text: string) => {
    mkdirSync(folder.path(name), { recursive: true });
    const path = folder.path(`${name}/${file}`);
    writeFileSync(path, encode(text));
    return path;
  };

  it('is decoded without its mark', () => {
    expect(decodeText(encode('{ "name": "Größe — 大小" }\n'), refuse)).toBe('{ "name": "Größe — 大小" }\n');
  });

  it('is read as layers', async () => {
    const box = { x: 1, y: 2, w: 3, h: 4 };
    const path = write(
      'layers.json',
      JSON.stringify({ source: [{ box, text: 'Größe' }], targets: { 'a.png': [{ box }] } }),
    );
    const { source, targets } = await readLayers(path, ['a.png']);
    expect(source).toMatchObject([{ text: 'Größe', box }]);
    expect(targets).toMatchObject([[{ box }]]);
  });

  it('is read as points, JSON and CSV', async () => {
    const expected = [{ name: 'Größe', point: { x: 1, y: 2.5 } }];
    expect(await readPoints(write('points.json', '[{ "name": "Größe", "x": 1, "y": 2.5 }]'))).toEqual(expected);
    for (const end of ['\n', '\r\n', '\r']) {
      expect(await readPoints(write('points.csv', `name,x,y${end}Größe,1,2.5${end}`))).toEqual(expected);
    }
  });

  it('is read as annotations of pairs', async () => {
    write(
      'pairs.json',
      '[{ "source": "ä.png", "target": "b.png", "sourcePoints": [[1, 2]], "targetPoints": [[3, 4]] }]',
    );
    expect(await readPairs(folder.path(name))).toMatchObject([{ source: 'ä.png', targetPoints: [{ x: 3, y: 4 }] }]);
  });
});

describe('bytes that are no text are named', () => {
  const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;

  it.each([
    [
      'Latin-1',
      Buffer.from('a,1,2\nGr\xf6\xdfe,3,4\n', 'latin1'),
      /^line 2 has bytes that are not UTF-8; save it as UTF-8$/,
    ],
    ['half of UTF-16', utf16('\ufeffabc', 'le').subarray(0, 7), /^it starts as UTF-16/],
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), /^it is a PNG image/],
    ['a ZIP', Buffer.from('PK\x03\x04\x14\0', 'latin1'), /^it is a ZIP archive/],
    ['any binary file', Buffer.from([7, 0, 0, 1, 2, 0, 0, 200, 9]), /^it is a binary file, not text$/],
    ['nothing', Buffer.alloc(0), /^it is an empty file/],
    ['a pointer', Buffer.from(LFS), /^it is a Git LFS pointer.*git lfs pull/],
    ['a web page', Buffer.from('<!doctype html><title>Sign in</title>'), /^it is a web page .*direct download link/],
  ])('%s', (_name, bytes, reason) => {
    expect(() => decodeText(bytes, refuse)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(reason) }),
    );
  });

  it('and so are missing files and folders', async () => {
    mkdirSync(folder.path('folder.json'));
    for (const [name, reason] of [
      ['none.json', 'it does not exist'],
      ['folder.json', 'it is a folder'],
    ] as const) {
      await expect(readJson(folder.path(name), refuse)).rejects.toThrow(reason);
      expect(() => readJsonSync(folder.path(name), refuse)).toThrow(reason);
    }
  });
});

describe('an error of JSON has its line, column and what is there', () => {
  it.each([
    ['{ "a": 1\n  "b": 2 }', 'line 2, column 3: expected "," or "}", found a double quote'],
    ['[1, 2,\n]', 'line 2, column 1: expected a value, found "]"'],
    ['{\n  "a": 1,\n}', 'line 3, column 1: expected a name in double quotes, found "}"'],
    ["{ 'a': 1 }", 'line 1, column 3: expected a name in double quotes or "}", found "\'"'],
    ['{ "a" 1 }', 'line 1, column 7: expected ":", found "1"'],
    ['// notes\n[]', 'line 1, column 1: expected a value, found "/"'],
    ['[{ "x": 1 }', 'line 1, column 12: expected "," or "]", found the end of the file'],
    ['[NaN]', 'line 1, column 2: expected a value or "]", found "NaN"'],
    ['[01]', 'line 1, column 2: expected a value or "]", found "01"'],
    ['[] []', 'line 1, column 4: expected the end of the file, found "["'],
    ['{ "a": "b\n" }', 'line 1, column 8: expected a value, found a double quote'],
    ['[1]\r\n\r\n]', 'line 3, column 1: expected the end of the file, found "]"'],
    ['name,x,y', 'line 1, column 1: expected a value, found "name"'],
  ])('%j', (text, message) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(() => parseJson(text, refuse)).toThrow(`it is not JSON (${message})`);
  });

  it('of a layers file, in the words of its command', async () => {
    writeFileSync(folder.path('broken.json'), '{ "source": [}');
    await expect(readLayers(folder.path('broken.json'), [])).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: `The layers of ${folder.path('broken.json')} cannot be used: it is not JSON (line 1, column 14: expected a value or "]", found "}").`,
    });
  });
});
