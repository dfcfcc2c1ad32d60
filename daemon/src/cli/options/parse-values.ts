import { type Box, type Point, SamepointError } from '@samepoint/shared-protocol';
import { InvalidArgumentError } from 'commander';

/** Reads an option that counts. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

/** The same without 0. */
export function positiveInteger(text: string): number {
  const count = wholeNumber(text);
  if (count > 0) return count;
  throw new InvalidArgumentError('Give a whole number from 1.');
}

/** The same of an option that may have several values. */
export function positiveIntegers(text: string, before: readonly number[] = []): number[] {
  return [...before, positiveInteger(text)];
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const POINT = new RegExp(`^(${NUMBER}),(${NUMBER})$`);
const BOX = new RegExp(`^(${NUMBER}),(${NUMBER}),(${NUMBER}),(${NUMBER})$`);

/** Reads `"x,y x,y …"`. @throws SamepointError `BAD_REQUEST` naming the part that is no point */
export function parsePoints(text: string): Point[] {
  return parts(text, '--points "x,y x,y …"').map((part) => {
    const [, x, y] = POINT.exec(part) ?? [];
    if (x === undefined || y === undefined) throw unparsable(part, 'a point', '--points "120,80 300,412.5"');
    return { x: Number(x), y: Number(y) };
  });
}

/** Reads `"x,y,w,h …"`. @throws SamepointError `BAD_REQUEST` naming the part that is no box */
export function parseBoxes(text: string): Box[] {
  return parts(text, '--boxes "x,y,w,h …"').map((part) => {
    const [, x, y, w, h] = BOX.exec(part) ?? [];
    if (x === undefined || y === undefined || !(Number(w) > 0) || !(Number(h) > 0)) {
      throw unparsable(part, 'a box with a width and a height', '--boxes "24,90,327,48"');
    }
    return { x: Number(x), y: Number(y), w: Number(w), h: Number(h) };
  });
}

function parts(text: string, form: string): string[] {
  const found = text.split(/\s+/).filter((part) => part !== '');
  if (found.length === 0) throw new SamepointError('BAD_REQUEST', 'Nothing to match was given.', `Write ${form}.`);
  return found;
}

function unparsable(part: string, what: string, example: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `"${part}" is not ${what}.`, `Write for example ${example}.`);
}
