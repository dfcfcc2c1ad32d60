import type { RawNode } from '../spec.js';
import { emit, type Handler, later, listen, promise, shuffled, unlisten } from './event-loop.js';
import { enclosingInstance } from './instances.js';
import { addMeasurement, deleteMeasurement, measurementsOf } from './measurements.js';
import { unwrap, type Wrapped, wrap } from './node-proxy.js';
import { documentState, find, get, pageIdOf, prop } from './store.js';

const loaded = new Set<string>();

/** Settings of the running plugin. */
export const access = { areAllLoaded: false, skipsInvisible: false };

export function currentPage(): RawNode {
  return get(documentState().currentPageId);
}

/** Forgets what an earlier run loaded; the current page is always loaded. */
export function startAccess(): void {
  loaded.clear();
  access.areAllLoaded = false;
  access.skipsInvisible = false;
}

function isLoaded(pageId: string): boolean {
  return access.areAllLoaded || loaded.has(pageId) || pageId === documentState().currentPageId;
}

/**
 * Throws like Figma where a plugin reads the contents of a page that it has not loaded
 * (https://developers.figma.com/docs/plugins/api/api-errors/).
 */
export function requireLoaded(node: RawNode, member: string): void {
  if (node.type === 'DOCUMENT' && !access.areAllLoaded) {
    throw new Error(
      `in ${member}: Cannot call with documentAccess: dynamic-page without calling figma.loadAllPagesAsync() first: it would search unloaded pages.`,
    );
  }
  if (node.type !== 'PAGE' || isLoaded(node.id)) return;
  throw new Error(
    `in ${member}: Cannot access ${member} on a page that has not been explicitly loaded. Remember to call \`await page.loadAsync()\` or \`await figma.loadAllPagesAsync()\` first.`,
  );
}

/** Whether `figma.skipInvisibleInstanceChildren` hides the node: it or what contains it in an instance is invisible. */
export function isSkipped(node: RawNode): boolean {
  if (!access.skipsInvisible || enclosingInstance(node) === null) return false;
  if (prop(node, 'visible', true) === false) return true;
  return node.parentId !== null && isSkipped(get(node.parentId));
}

/** `figma.getNodeByIdAsync`: loads the page of the node. */
export function getNodeByIdAsync(id: string): Promise<Wrapped | null> {
  return promise(() => {
    const node = find(id);
    if (node === null || isSkipped(node)) return null;
    const pageId = pageIdOf(node);
    if (pageId !== null && node.type !== 'PAGE') loaded.add(pageId);
    return wrap(id);
  });
}

/** Shows another page. The plugin hears of it in a later turn. */
export function showPage(page: RawNode): void {
  if (page.type !== 'PAGE') throw new Error('in setCurrentPageAsync: Expected node of type PAGE');
  if (documentState().currentPageId === page.id) return;
  documentState().currentPageId = page.id;
  later(() => emit('currentpagechange', undefined));
}

/** The page functions of `figma`. */
export const pageApi = {
  getNodeByIdAsync,
  setCurrentPageAsync: (page: Wrapped) => promise(() => showPage(unwrap(page))),
  loadAllPagesAsync: () =>
    promise(() => {
      access.areAllLoaded = true;
    }),
};

export function selectionOf(page: RawNode): string[] {
  return (documentState().selections[page.id] ?? []).filter((id) => find(id) !== null);
}

/** Selects nodes of a page, without descendants of selected nodes, as Figma does. */
export function select(page: RawNode, nodes: readonly RawNode[]): void {
  for (const node of nodes) {
    if (pageIdOf(node) !== page.id || node.type === 'PAGE') {
      throw new Error('in set_selection: The selection of a page can only include nodes in that page');
    }
  }
  const ids = new Set(nodes.map(({ id }) => id));
  const isInOther = (node: RawNode): boolean =>
    node.parentId !== null && (ids.has(node.parentId) || isInOther(get(node.parentId)));
  documentState().selections[page.id] = [...ids].filter((id) => !isInOther(get(id)));
  if (page.id === documentState().currentPageId) later(() => emit('selectionchange', undefined));
}

const PAGE_EVENTS = new Set(['nodechange']);

/** The additional methods of a page. */
export function pageMethods(id: string): { readonly [name: string]: () => unknown } {
  return {
    selection: () => {
      requireLoaded(get(id), 'selection');
      return Object.freeze(shuffled(selectionOf(get(id))).map(wrap));
    },
    on: () => (type: string, handler: Handler) => {
      requireLoaded(get(id), 'on');
      listen(`${pageEvent(type)} ${id}`, handler);
    },
    off: () => (type: string, handler: Handler) => unlisten(`${pageEvent(type)} ${id}`, handler),
    getMeasurements: () => () => {
      requireLoaded(get(id), 'getMeasurements');
      return measurementsOf(id);
    },
    addMeasurement: () => addMeasurement,
    deleteMeasurement: () => deleteMeasurement,
    loadAsync: () => () =>
      promise(() => {
        loaded.add(id);
      }),
  };
}

function pageEvent(type: string): string {
  if (!PAGE_EVENTS.has(type)) throw new Error(`in on: "${type}" is not an event of a page`);
  return type;
}
