import type { Box } from '@samepoint/shared-protocol';
import type { MainToUi } from '../../shared/messages.js';
import { count, listNames } from '../../shared/text.js';
import { reveal } from './export-space.js';
import { ancestors, findSceneNode, isVisible, pageOf } from './nodes.js';

type Selected = Extract<MainToUi, { type: 'selected' | 'select.failed' }>;
type Targets = readonly { targetId: string; layerIds: readonly string[] }[];

/** Replaces Figma's selection by layers of the current page. Those that cannot be selected are named. */
export async function selectLayers(targets: Targets): Promise<Selected> {
  const nodes = await Promise.all(targets.flatMap(({ layerIds }) => layerIds.map(findSceneNode)));
  const found = nodes.filter((node) => node !== null);
  const here = found.filter(isOnCurrentPage);
  if (here.length === 0) return { type: 'select.failed', problem: NOTHING_TO_SELECT };
  figma.currentPage.selection = here;
  figma.viewport.scrollAndZoomIntoView(here);
  const notices = [
    deletedNotice(nodes.length - found.length),
    elsewhereNotice(found.filter((node) => !isOnCurrentPage(node))),
    hiddenNotice(here.filter((node) => !isVisible(node)).length),
  ];
  return { type: 'selected', count: here.length, notices: notices.filter((notice) => notice !== null) };
}

/** Selects one layer on its page and scrolls to it. `box` is in pixels of the frame's export. */
export async function showLayer(frameId: string, layerId: string, box: Box): Promise<Selected> {
  const node = await findSceneNode(layerId);
  if (node === null) return { type: 'select.failed', problem: LAYER_DELETED };
  await reveal(frameId, box);
  figma.currentPage.selection = [node];
  return { type: 'selected', count: 1, notices: isVisible(node) ? [] : ['The layer is hidden.'] };
}

const LAYER_DELETED = {
  message: 'The layer was deleted since the export.',
  hint: 'Export again to compare the frames as they are now.',
};

/** Selects what was made and is still there: that of the current page, else that of the page with the most of it. */
export async function selectMade(nodeIds: readonly string[]): Promise<void> {
  const nodes = (await Promise.all(nodeIds.map(findSceneNode))).filter((node) => node !== null);
  // by id, since Figma may return other objects for the same page
  const pages = new Map<string, { page: PageNode; made: SceneNode[] }>();
  for (const node of nodes) {
    const page = pageOf(node);
    if (page === null) continue;
    const { made } = pages.get(page.id) ?? { made: [] };
    pages.set(page.id, { page, made: [...made, node] });
  }
  const [most] = [...pages.values()].sort((one, other) => other.made.length - one.made.length);
  const chosen = pages.get(figma.currentPage.id) ?? most;
  if (chosen === undefined) return;
  const { page, made } = chosen;
  if (page.id !== figma.currentPage.id) await figma.setCurrentPageAsync(page);
  page.selection = made;
  figma.viewport.scrollAndZoomIntoView(made);
}

const NOTHING_TO_SELECT = {
  message: 'None of the layers is on this page.',
  hint: 'They may be deleted, or on another page. Find matches again.',
};

function isOnCurrentPage(node: SceneNode): boolean {
  return ancestors(node).some((parent) => parent.id === figma.currentPage.id);
}

function deletedNotice(deleted: number): string | null {
  if (deleted === 0) return null;
  return `${count(deleted, 'layer was', 'layers were')} deleted since the frames were compared.`;
}

/** Figma selects layers of one page only. */
function elsewhereNotice(nodes: readonly SceneNode[]): string | null {
  const names = [...new Set(nodes.map(({ name }) => name))];
  if (names.length === 0) return null;
  return `${count(nodes.length, 'layer is', 'layers are')} on another page and not selected: ${listNames(names)}.`;
}

function hiddenNotice(hidden: number): string | null {
  return hidden === 0 ? null : `${count(hidden, 'selected layer is', 'selected layers are')} hidden.`;
}
