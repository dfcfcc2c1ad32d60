import { isDeepStrictEqual } from 'node:util';
import type { Annotated } from '../figma-host/documents/inbox-screen.js';
import type { FigmaHost } from '../figma-host/figma-host.js';
import type { Json } from '../figma-host/spec.js';

/** An annotation with one form of its label. */
interface AnnotationContent {
  label: string;
  properties: Json;
  category: Json;
}

/** The annotations of a screen by part, without notes on the canvas. */
export function annotationsByPart(host: FigmaHost, prefix: string): { [part: string]: AnnotationContent[] } {
  const found = host.nodes().flatMap((node): [string, AnnotationContent[]][] => {
    const [screen, part = ''] = node.key?.split(':') ?? [];
    const annotations = host.annotations(node.id);
    return screen === prefix && annotations.length > 0 ? [[part, annotations.map(contentOf)]] : [];
  });
  return Object.fromEntries(found);
}

/** The annotations of a document spec by part. */
export function contentByPart(annotated: Annotated): { [part: string]: AnnotationContent[] } {
  const entries = Object.entries(annotated).map(([part, list]) => [
    part,
    Array.isArray(list) ? list.map(contentOf) : [],
  ]);
  return Object.fromEntries(entries);
}

/** The number of annotations in `expected` that `found` has on the same part. */
export function countCorrect(
  found: { [part: string]: AnnotationContent[] },
  expected: { [part: string]: AnnotationContent[] },
): number {
  const pairs = Object.entries(expected).flatMap(([part, list]) => list.map((one) => ({ part, one })));
  return pairs.filter(({ part, one }) => found[part]?.some((other) => isDeepStrictEqual(other, one))).length;
}

function contentOf(annotation: Json): AnnotationContent {
  if (typeof annotation !== 'object' || annotation === null || Array.isArray(annotation)) {
    throw new Error(`not an annotation: ${JSON.stringify(annotation)}`);
  }
  const { labelMarkdown, label, properties, categoryId } = annotation;
  return { label: String(labelMarkdown ?? label), properties: properties ?? [], category: categoryId ?? null };
}
