import { type Box, type Point, SamepointError } from '@samepoint/shared-protocol';

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
