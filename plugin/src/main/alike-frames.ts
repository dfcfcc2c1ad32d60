import { framesAlike } from '../shared/alike.js';
import type { FrameSummary } from '../shared/messages.js';
import { summarizeFrame } from './canvas/frame-summaries.js';
import { type FrameLike, findFrame, isFrameLike, isPicture, isScreen, pageOf } from './canvas/nodes.js';
import { isPlaced } from './canvas/plugin-data.js';
import { nextTurn } from './canvas/thumbnails.js';

export interface AlikeFrames {
  byName: FrameSummary[];
  bySize: FrameSummary[];
}

/** Frames read in one turn. */
const FRAMES_PER_TURN = 8;

/**
 * The frames on the page of a frame that look like it, by the pattern of the name and by size: those beside it, on the page
 * and in its sections, of the same kind. Without what runs of Samepoint have placed, and without those that cannot be exported.
 */
export async function findAlike(nodeId: string): Promise<AlikeFrames> {
  const source = await findFrame(nodeId);
  const page = source === null ? null : pageOf(source);
  if (source === null || page === null) return { byName: [], bySize: [] };
  await page.loadAsync();
  const frames = new Map(candidates(source, page).map((frame) => [frame.id, frame]));
  const looks = [...frames].map(([id, { name, width, height }]) => ({ nodeId: id, name, width, height }));
  const { name, width, height } = source;
  const alike = framesAlike({ nodeId, name, width, height }, looks);
  const summaries = await summarize(
    [...alike.byName, ...alike.bySize].flatMap(({ nodeId: id }) => frames.get(id) ?? []),
  );
  const usable = (looking: readonly { nodeId: string }[]) =>
    looking.flatMap(({ nodeId: id }) => summaries.get(id) ?? []).filter(({ blocked }) => blocked === null);
  return { byName: usable(alike.byName), bySize: usable(alike.bySize) };
}

function candidates(source: FrameLike, page: PageNode): FrameLike[] {
  const { parent } = source;
  const beside = parent !== null && parent.type !== 'PAGE' && 'children' in parent ? parent.children : [];
  return [...beside, ...childrenOf(page)]
    .filter(isFrameLike)
    .filter((node) => isOfKind(source, node) && !isPlaced(node));
}

/** The children of a page or section, and those of the sections in it. */
function childrenOf(parent: PageNode | SectionNode): SceneNode[] {
  return parent.children.flatMap((child) => (child.type === 'SECTION' ? [child, ...childrenOf(child)] : [child]));
}

function isOfKind(source: FrameLike, node: FrameLike): boolean {
  if (isScreen(source)) return isScreen(node);
  return isPicture(source) ? isPicture(node) : source.type === node.type;
}

async function summarize(frames: readonly FrameLike[]): Promise<Map<string, FrameSummary>> {
  const summaries = new Map<string, FrameSummary>();
  for (const [index, frame] of frames.entries()) {
    if (index > 0 && index % FRAMES_PER_TURN === 0) await nextTurn();
    if (frame.removed) continue;
    const summary = summarizeFrame(frame);
    summaries.set(summary.nodeId, summary);
  }
  return summaries;
}
