import { isDeepStrictEqual } from 'node:util';
import type { Annotated } from '../figma-host/documents/inbox-screen.js';
import type { FigmaHost } from '../figma-host/figma-host.js';
import type { Json } from '../figma-host/spec.js';

/** What an annotation says, in whichever of Figma's forms its words are. */
interface Said {
  words: string;
  properties: Json;
  category: Json;
}

/** All annotations of one screen, by the part of the design they hang on; notes on the canvas are no part. */
export function annotationsByPart(host: FigmaHost, prefix: string): { [part: string]: Said[] } {
  const found = host.nodes().flatMap((node): [string, Said[]][] => {
    const [screen, part = ''] = node.key?.split(':') ?? [];
    const annotations = host.annotations(node.id);
    return screen === prefix && annotations.length > 0 ? [[part, annotations.map(said)]] : [];
  });
  return Object.fromEntries(found);
}

/** The same of what a document builder was given. */
export function saidByPart(annotated: Annotated): { [part: string]: Said[] } {
  const entries = Object.entries(annotated).map(([part, list]) => [part, Array.isArray(list) ? list.map(said) : []]);
  return Object.fromEntries(entries);
}

/** How many annotations of `expected` hang on their part. */
export function countRight(found: { [part: string]: Said[] }, expected: { [part: string]: Said[] }): number {
  const pairs = Object.entries(expected).flatMap(([part, list]) => list.map((one) => ({ part, one })));
  return pairs.filter(({ part, one }) => found[part]?.some((other) => isDeepStrictEqual(other, one))).length;
}

function said(annotation: Json): Said {
  if (typeof annotation !== 'object' || annotation === null || Array.isArray(annotation)) {
    throw new Error(`not an annotation: ${JSON.stringify(annotation)}`);
  }
  const { labelMarkdown, label, properties, categoryId } = annotation;
  return { words: String(labelMarkdown ?? label), properties: properties ?? [], category: categoryId ?? null };
}
