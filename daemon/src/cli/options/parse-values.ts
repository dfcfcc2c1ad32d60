import { type Box, type Point, SamepointError } from '@samepoint/shared-protocol';
import { InvalidArgumentError } from 'commander';

/** Parses a whole number from 0. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number.');
}

/** Parses a whole number from 1. @throws InvalidArgumentError */
export function positiveInteger(text: string): number {
  const count = wholeNumber(text);
  if (count > 0) return count;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

const MAX_PORT = 65_535;

/** Parses a TCP port; 0 is any free one. @throws InvalidArgumentError */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Expected a number from 0 (any free port) to ${MAX_PORT}.`);
}

/**
 * Parses a value of an option that may be given several times.
 * @throws InvalidArgumentError
 * @internal for the benchmarks
 */
export function positiveIntegers(text: string, previous: readonly number[] = []): number[] {
  return [...previous, positiveInteger(text)];
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const POINT = new RegExp(`^(${NUMBER}),(${NUMBER})$`);
const BOX = new RegExp(`^(${NUMBER}),(${NUMBER}),(${NUMBER}),(${NUMBER})$`);

/** Parses `"x,y x,y …"`. @throws SamepointError `BAD_REQUEST` that quotes the invalid point */
export function parsePoints(text: string): Point[] {
  return splitList(text, '--points "x,y x,y …"').map((part) => {
    const [, x, y] = POINT.exec(part) ?? [];
    if (x === undefined || y === undefined) throw invalidShape(part, 'a point', '--points "120,80 300,412.5"');
    return { x: Number(x), y: Number(y) };
  });
}

/** Parses `"x,y,w,h …"`. @throws SamepointError `BAD_REQUEST` that quotes the invalid box */
export function parseBoxes(text: string): Box[] {
  return splitList(text, '--boxes "x,y,w,h …"').map((part) => {
    const [, x, y, w, h] = BOX.exec(part) ?? [];
    if (x === undefined || y === undefined || !(Number(w) > 0) || !(Number(h) > 0)) {
      throw invalidShape(part, 'a box with a width and a height', '--boxes "24,90,327,48"');
    }
    return { x: Number(x), y: Number(y), w: Number(w), h: Number(h) };
  });
}

function splitList(text: string, form: string): string[] {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.length === 0) throw new SamepointError('BAD_REQUEST', 'There is nothing to match.', `Use ${form}.`);
  return parts;
}

function invalidShape(part: string, expected: string, example: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `"${part}" is not ${expected}.`, `Example: ${example}`);
}
