import { type Handler, listen, shuffledSelection, unlisten } from './events.js';
import type { Methods } from './node-methods.js';
import { wrap } from './node-proxy.js';
import { documentState, find } from './store.js';
import { findByKey } from './tree.js';

const PAGE_EVENTS = new Set(['nodechange']);

/** What a page has beyond other containers. */
export function pageMethods(_id: string): Methods {
  return {
    selection: () =>
      Object.freeze(
        shuffledSelection()
          .filter((id) => find(id) !== null)
          .map(wrap),
      ),
    on: () => (type: string, handler: Handler) => listen(pageEvent(type), handler),
    off: () => (type: string, handler: Handler) => unlisten(pageEvent(type), handler),
    getMeasurements: () => () => measurements(),
    loadAsync: () => async () => undefined,
  };
}

function pageEvent(type: string): string {
  if (!PAGE_EVENTS.has(type)) throw new Error(`in on: "${type}" is not an event of a page`);
  return type;
}

function measurements(): unknown[] {
  return documentState().measurements.flatMap(({ startKey, endKey }, index) => {
    const [start, end] = [findByKey(startKey), findByKey(endKey)];
    if (start === null || end === null) return [];
    return [
      {
        id: `m:${index}`,
        start: { node: wrap(start.id), side: 'BOTTOM' },
        end: { node: wrap(end.id), side: 'TOP' },
        offset: { type: 'OUTER', fixed: 0 },
        freeText: '',
      },
    ];
  });
}
