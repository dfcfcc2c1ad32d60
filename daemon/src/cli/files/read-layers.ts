import { basename } from 'node:path';
import { boxSchema, idSchema, type Layer, LIMITS, layerSchema, SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { readJson } from '../../read-text.js';

/** Layers of the source, and of each target in the order of the targets. */
export interface LayerLists {
  source: readonly Layer[];
  targets: readonly (readonly Layer[])[];
}

/** Parent of layers without a parentId: the frame, which is not in the list. */
const FRAME_ID = 'frame';

const fields = layerSchema.shape;
const entrySchema = z.strictObject({
  layerId: idSchema.optional(),
  parentId: fields.parentId,
  type: fields.type.default('FRAME'),
  name: fields.name.default(''),
  text: fields.text,
  box: boxSchema,
  candidate: fields.candidate.default(true),
  references: fields.references,
});

const fileSchema = z.strictObject({
  source: z.array(entrySchema).min(1).max(LIMITS.itemsPerJob),
  targets: z.record(z.string(), z.array(entrySchema).max(LIMITS.layersPerFrame)),
});

/**
 * Reads `{ "source": [layer …], "targets": { "<file>": [layer …] } }`. A file is named as on the command line, or by its base
 * name. Layers without `layerId` are numbered from 1.
 * @throws SamepointError `BAD_REQUEST` that names the entry
 */
export async function readLayers(path: string, targetPaths: readonly string[]): Promise<LayerLists> {
  const parsed = fileSchema.safeParse(await readJson(path, (reason, hint) => invalidLayers(path, reason, hint)));
  if (!parsed.success) throw invalidLayers(path, describeIssue(parsed.error));
  const { source, targets } = parsed.data;
  const names = targetPaths.map((target) => nameOf(path, target, Object.keys(targets)));
  const stray = Object.keys(targets).find((name) => !names.includes(name));
  if (stray !== undefined) throw invalidLayers(path, `it has layers of ${stray}, which is not a target`);
  return {
    source: toLayers(path, 'source', source),
    targets: names.map((name) => toLayers(path, name, targets[name] ?? [])),
  };
}

function nameOf(path: string, target: string, names: readonly string[]): string {
  const name = names.find((one) => one === target) ?? names.find((one) => one === basename(target));
  if (name !== undefined) return name;
  throw invalidLayers(path, `it has no layers of ${target}`);
}

function toLayers(path: string, list: string, entries: readonly z.infer<typeof entrySchema>[]): Layer[] {
  const known = new Set<string>();
  return entries.map(({ layerId = String(known.size + 1), parentId = FRAME_ID, text, references, ...rest }) => {
    if (known.has(layerId)) throw invalidLayers(path, `two layers of ${list} have the layerId "${layerId}"`);
    known.add(layerId);
    return { ...rest, layerId, parentId, ...(text === undefined ? {} : { text }), ...withReferences(references) };
  });
}

function withReferences(read: z.infer<typeof entrySchema>['references']): Pick<Layer, 'references'> {
  return read === undefined ? {} : { references: read };
}

/** `source, entry 3, box, w: invalid input …`; entries are counted from 1. */
function describeIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  const place = (issue?.path ?? []).map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part)));
  const message = issue?.message ?? 'it is malformed';
  return [...place, ''].join(', ').replace(/, $/, ': ') + message.charAt(0).toLowerCase() + message.slice(1);
}

function invalidLayers(path: string, reason: string, hint?: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `The layers of ${path} cannot be used: ${reason}.`,
    hint ??
      'Example: { "source": [{ "box": { "x": 24, "y": 90, "w": 327, "h": 48 }, "type": "TEXT", "name": "…", "text": "…" }], "targets": { "dark.png": [ … ] } }',
  );
}
