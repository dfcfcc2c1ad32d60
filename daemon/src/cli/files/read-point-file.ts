import { extname } from 'node:path';
import { LIMITS, type Point, pointSchema, SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { parseJson, readText } from '../../read-text.js';

/** A point with its name in the results. */
export interface NamedPoint {
  name: string;
  point: Point;
}

const jsonSchema = z.array(z.object({ name: z.string().optional(), x: z.number(), y: z.number() }));

/**
 * Reads points: JSON `[{ "x", "y", "name"? } …]`, or CSV lines of `x,y` or `name,x,y` with an optional header. Points without
 * a name are numbered from 1.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function readPoints(path: string): Promise<NamedPoint[]> {
  const text = await readText(path, (reason, hint) => invalidPoints(path, reason, hint));
  const points = extname(path).toLowerCase() === '.json' ? pointsOfJson(path, text) : pointsOfCsv(path, text);
  if (points.length === 0) throw invalidPoints(path, 'it contains no points');
  if (points.length > LIMITS.itemsPerJob)
    throw invalidPoints(path, `it contains more than ${LIMITS.itemsPerJob} points`);
  return points;
}

function pointsOfJson(path: string, text: string): NamedPoint[] {
  const json = parseJson(text, (reason) => invalidPoints(path, reason));
  try {
    const points = jsonSchema.parse(json);
    return points.map(({ name, x, y }, n) => ({ name: name ?? String(n + 1), point: pointSchema.parse({ x, y }) }));
  } catch {
    throw invalidPoints(path, 'it is not a list of objects with x and y');
  }
}

function pointsOfCsv(path: string, text: string): NamedPoint[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const [header = ''] = lines;
  const isHeader = header
    .split(',')
    .slice(-2)
    .every((cell) => cell.trim() !== '' && Number.isNaN(Number(cell)));
  return lines.slice(isHeader ? 1 : 0).map((line, n) => {
    const cells = line.split(',').map((cell) => cell.trim());
    const [x, y] = cells.slice(-2).map((cell) => (cell === '' ? Number.NaN : Number(cell)));
    const point = pointSchema.safeParse({ x, y });
    if (cells.length > 3 || !point.success) throw invalidPoints(path, `"${line}" is neither x,y nor name,x,y`);
    return { name: cells.length === 3 ? (cells[0] ?? '') : String(n + 1), point: point.data };
  });
}

function invalidPoints(path: string, reason: string, hint?: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `The points of ${path} cannot be used: ${reason}.`,
    hint ?? 'Use JSON [{ "x": 120, "y": 80, "name": "handle" }] or CSV lines of name,x,y.',
  );
}
