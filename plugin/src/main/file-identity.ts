import { ancestors, findSceneNode } from './canvas/nodes.js';

/** What a node is known by in a later session. */
export type NodeFact = [id: string, type: string, name: string];

/**
 * What tells a file from others. Node ids repeat in other files, names such as “Untitled” too, and `figma.fileKey` is for
 * private plugins only; so a file is known by its name and by nodes that it has.
 */
export interface FileFacts {
  file: string;
  /** Some layers of the frame in question, the frame first. */
  inside: NodeFact[];
  /** Some of what is beside it on its page, for when the frame is edited beyond recognition or deleted. */
  around: NodeFact[];
}

/**
 * `copy`: a file of another name that has the same nodes, such as a renamed or a copied one. Both look alike, so that what
 * is stored for the other name can be used and must not be changed.
 */
export type FileMatch = 'same' | 'copy' | 'other';

/** Nodes of each kind that are kept. */
const KEPT = 12;

/** The facts of this file, from a frame and layers in it. */
export async function fileFacts(frameId: string, layers: readonly Named[]): Promise<FileFacts> {
  const frame = await findSceneNode(frameId);
  const page = frame === null ? undefined : ancestors(frame).find((node) => node.type === 'PAGE');
  // a page that is not shown may not be loaded
  if (page?.type === 'PAGE' && page.id !== figma.currentPage.id) await page.loadAsync();
  const beside = page?.type === 'PAGE' ? page.children.filter(({ id }) => id !== frameId) : [];
  const factsOf = (nodes: readonly Named[]) =>
    nodes.slice(0, KEPT).map(({ id, type, name }): NodeFact => [id, type, name]);
  return { file: figma.root.name, inside: factsOf(layers), around: factsOf(beside) };
}

interface Named {
  id: string;
  type: string;
  name: string;
}

/** Whether this file is the one that the facts are of. */
export async function matchFile({ file, inside, around }: FileFacts): Promise<FileMatch> {
  const [own, beside] = [await countHere(inside), await countHere(around)];
  const isMost = own > inside.length / 2;
  if (file !== figma.root.name) return isMost ? 'copy' : 'other';
  if (isMost || beside > around.length / 2) return 'same';
  // alone on its page: a deleted frame belongs to the file of its name, an edited one is known by two layers
  const isDeleted = around.length === 0 && (await findSceneNode(inside[0]?.[0] ?? '')) === null;
  return isDeleted || (around.length === 0 && own >= 2) ? 'same' : 'other';
}

async function countHere(facts: readonly NodeFact[]): Promise<number> {
  const found = await Promise.all(
    facts.map(async ([id, type, name]) => {
      const node = await findSceneNode(id);
      return node !== null && node.type === type && node.name === name;
    }),
  );
  return found.filter((one) => one).length;
}

/** Stored facts; null if they are none. */
export function toFileFacts(value: unknown): FileFacts | null {
  if (typeof value !== 'object' || value === null) return null;
  const { file, inside, around }: Partial<Record<string, unknown>> = { ...value };
  return typeof file === 'string' && isFacts(inside) && isFacts(around) ? { file, inside, around } : null;
}

function isFacts(value: unknown): value is NodeFact[] {
  const isFact = (fact: unknown) =>
    Array.isArray(fact) && fact.length === 3 && fact.every((part) => typeof part === 'string');
  return Array.isArray(value) && value.every(isFact);
}
