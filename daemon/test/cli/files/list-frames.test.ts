import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFrames } from '../../../src/cli/files/list-frames.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();

/** A folder with empty files, or with the given text. */
function filled(name: string, files: readonly string[], content = ''): string {
  for (const file of files) {
    const path = folder.path(`${name}/${file}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder.path(name);
}

const namesIn = async (path: string) => (await listFrames(path)).map(({ name }) => name);

describe('the frames of a folder', () => {
  it('are its images in natural order, whatever the case of their extension', async () => {
    const files = ['b10.PNG', 'b2.jpeg', 'b1.Jpg', 'b3.webp', 'b4.jfif', 'notes.txt', 'b5.gif'];
    expect(await namesIn(filled('order', files))).toEqual(['b1.Jpg', 'b2.jpeg', 'b3.webp', 'b4.jfif', 'b10.PNG']);
  });

  it('do not depend on the order in the folder where numbers are equal', async () => {
    expect(await namesIn(filled('zeros', ['1.png', '01.png', '001.png']))).toEqual(['001.png', '01.png', '1.png']);
  });

  it('are neither hidden files nor those of a system', async () => {
    const files = ['0001.jpg', '._0001.jpg', '.0002.png', '0002.jpg', '.DS_Store', 'Thumbs.db', 'desktop.ini'];
    expect(await namesIn(filled('hidden', files))).toEqual(['0001.jpg', '0002.jpg']);
  });

  it.each([
    ['of one name and two formats', ['1.png', '10.png', '1.jpg'], /images named 1: 1\.jpg and 1\.png\.$/],
    ['of names that differ in case', ['a.png', 'B.png', 'A.jpg'], /two images named a: A\.jpg and a\.png\.$/],
    ['of which one is visible', ['1.png', '._2.png'], /only one image\.$/],
  ])('are refused if there are two %s', async (what, files, message) => {
    await expect(listFrames(filled(what, files))).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  it('are named by their format if it is another one', async () => {
    const svgs = filled('svgs', ['1.svg', '2.svg'], '<svg xmlns="http://www.w3.org/2000/svg"/>');
    filled('svgs', ['0.txt'], 'notes');
    await expect(listFrames(svgs)).rejects.toMatchObject({ message: `${svgs}/1.svg is an SVG drawing.` });
    await expect(listFrames(`${svgs}/2.svg`)).rejects.toMatchObject({ message: `${svgs}/2.svg is an SVG drawing.` });
    await expect(listFrames(filled('texts', ['0.txt'], 'notes'))).rejects.toMatchObject({
      message: expect.stringMatching(/texts contains no images\.$/),
    });
  });
});
