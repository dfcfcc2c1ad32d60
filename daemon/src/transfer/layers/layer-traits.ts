import type { Layer } from '@samepoint/shared-protocol';
import { describeReferences, type ReferenceTraits } from './layer-references.js';
import { type Rank, rankAmongPeers } from './reading-order.js';

/** Default names of the design tool, which carry no information. */
const DEFAULT_NAME =
  /^(frame|group|rectangle|ellipse|vector|line|text|component|instance|image|polygon|star|union)\s*\d*$/i;

/** Scripts without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'word' });

/** A layer with the features that it is compared by, computed once a layer. */
export interface LayerTraits {
  layer: Layer;
  /** The words of a name chosen by a person. */
  name?: ReadonlySet<string>;
  /** Its text: normalised as one string, and as a set of words. */
  text?: { whole: string; words: ReadonlySet<string> };
  wordsAround?: WordsAround;
  rank: Rank;
  references?: ReferenceTraits;
}

/**
 * All words of the smallest container, such as a row or card, with a word that no other text of the frame has; if there is
 * none, of the smallest container with text. Never those of the frame.
 */
export interface WordsAround {
  words: ReadonlySet<string>;
  /** Of each word of the frame, the number of texts that have it. */
  counts: ReadonlyMap<string, number>;
}

/** @param layers all layers of one frame: ranks are relative */
export function describeLayers(layers: readonly Layer[]): LayerTraits[] {
  const ranks = rankAmongPeers(layers);
  const texts = layers.map(({ text }) => textOf(text));
  const around = wordsAroundLayers(layers, texts);
  const references = describeReferences(layers);
  return layers.map((layer, n) => ({
    layer,
    ...(isChosen(layer) ? { name: wordsOf(layer.name) } : {}),
    ...(texts[n] === undefined ? {} : { text: texts[n] }),
    ...(around[n] === undefined ? {} : { wordsAround: around[n] }),
    rank: ranks[n] ?? { index: 0, count: 1 },
    ...(references[n] === undefined ? {} : { references: references[n] }),
  }));
}

/** Undefined without words. */
function textOf(text = ''): LayerTraits['text'] {
  const whole = normalised(text);
  return whole === '' ? undefined : { whole, words: wordsOf(text) };
}

/** Layers with the same container share one set. */
function wordsAroundLayers(
  layers: readonly Layer[],
  texts: readonly LayerTraits['text'][],
): (WordsAround | undefined)[] {
  const byId = new Map(layers.map((layer) => [layer.layerId, layer]));
  const counts = countWords(texts);
  const wordsIn = new Map<string, Set<string>>();
  for (const [n, layer] of layers.entries()) {
    const text = texts[n];
    for (const { layerId } of text === undefined ? [] : containersOf(layer, byId)) {
      const all = wordsIn.get(layerId) ?? new Set();
      for (const word of text?.words ?? []) all.add(word);
      wordsIn.set(layerId, all);
    }
  }
  const all = new Map([...wordsIn].map(([id, words]): [string, WordsAround] => [id, { words, counts }]));
  const telling = new Set([...wordsIn].flatMap(([id, words]) => (hasUniqueWord(words, counts) ? [id] : [])));
  return layers.map((layer) => {
    const around = [layer, ...containersOf(layer, byId)].filter(({ layerId }) => wordsIn.has(layerId));
    const smallest = around.find(({ layerId }) => telling.has(layerId)) ?? around[0];
    return all.get(smallest?.layerId ?? '');
  });
}

function countWords(texts: readonly LayerTraits['text'][]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of text?.words ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function hasUniqueWord(words: ReadonlySet<string>, counts: ReadonlyMap<string, number>): boolean {
  return [...words].some((word) => hasLetters(word) && counts.get(word) === 1);
}

/** Numbers are kept in every language, and occur again by chance. */
export function hasLetters(text: string): boolean {
  return /\p{L}/u.test(text);
}

/** The ancestors of a layer, the nearest first, without the frame. */
function containersOf(layer: Layer, byId: ReadonlyMap<string, Layer>): Layer[] {
  const containers = new Set<Layer>();
  for (let parent = byId.get(layer.parentId ?? ''); parent?.parentId !== undefined; ) {
    if (containers.has(parent)) break;
    containers.add(parent);
    parent = byId.get(parent.parentId);
  }
  return [...containers];
}

/** The Dice coefficient of two sets of words (Dice, 1945), 0 to 1. */
export function sharedWords(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  return one.size + other.size === 0 ? 0 : (2 * commonWords(one, other)) / (one.size + other.size);
}

function commonWords(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [fewer, more] = one.size <= other.size ? [one, other] : [other, one];
  let common = 0;
  for (const word of fewer) if (more.has(word)) common++;
  return common;
}

/** Design tools name a text layer after its text until a person renames it. */
function isChosen({ name, text }: Layer): boolean {
  return name !== '' && !DEFAULT_NAME.test(name) && (text === undefined || normalised(name) !== normalised(text));
}

/** `Save button`, `save-button` and `SaveButton` are the same words. */
function wordsOf(text: string): ReadonlySet<string> {
  const separated = text
    .normalize('NFKC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase();
  const words = UNSPACED.test(separated)
    ? [...SEGMENTER.segment(separated)].flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []))
    : (separated.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
  return new Set(words.length === 0 ? [normalised(text)] : words);
}

function normalised(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}
