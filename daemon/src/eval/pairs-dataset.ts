import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';

const pointSchema = z.tuple([z.number(), z.number()]).transform(([x, y]) => ({ x, y }));

const pairSchema = z
  .object({
    source: z.string().min(1),
    target: z.string().min(1),
    sourcePoints: z.array(pointSchema).min(1),
    targetPoints: z.array(pointSchema).min(1),
    group: z.string().optional(),
  })
  .refine(({ sourcePoints, targetPoints }) => sourcePoints.length === targetPoints.length, {
    message: 'sourcePoints and targetPoints differ in number',
  });

/** Two images of one folder and points that correspond, in pixels of each. */
export type ImagePair = z.infer<typeof pairSchema>;

/**
 * Reads `pairs.json` of a folder: `[{ source, target, sourcePoints: [[x,y]…], targetPoints: [[x,y]…], group? }]`.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function readPairs(folder: string): Promise<ImagePair[]> {
  const path = join(folder, 'pairs.json');
  try {
    return z
      .array(pairSchema)
      .min(1)
      .parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? (cause.issues[0]?.message ?? 'it is malformed') : String(cause);
    throw new SamepointError(
      'BAD_REQUEST',
      `${path} cannot be used: ${reason}.`,
      'Give a folder with a pairs.json of source, target, sourcePoints and targetPoints.',
    );
  }
}
