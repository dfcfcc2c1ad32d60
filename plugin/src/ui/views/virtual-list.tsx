import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { drawnIndices, indexAt, lastIndexBefore, offsetsOf, type VisiblePart } from './virtual-range.js';

/** What a virtual list must know about an item. */
export interface VirtualItem {
  /** Unique in the list. */
  key: string;
  /** Expected height in CSS pixels, until the drawn item is measured. */
  estimatePx: number;
  /** Headings stay at the top while what they head is in view; they have no controls if `isPassive`. */
  isSticky?: boolean;
  /** Without controls: the arrow keys pass over it. */
  isPassive?: boolean;
}

interface VirtualListProps<Item extends VirtualItem> {
  label: string;
  items: readonly Item[];
  render: (item: Item) => ComponentChildren;
}

const CONTROLS = 'input:not(:disabled), button:not(:disabled), a[href], summary';

/**
 * A list that draws only the items in view, in the nearest ancestor with the class `scroll`. It is one tab stop: the up
 * and down arrows move between items, left and right between the controls of one, Home and End to the ends.
 */
export function VirtualList<Item extends VirtualItem>({ label, items, render }: VirtualListProps<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const { offsets, observe } = useMeasuredOffsets(list, items);
  const part = useVisiblePart(list);
  const { active, onFocusIn, onKeyDown } = useArrowKeys(list, items, offsets);
  const sticky = part.top < 0 ? -1 : lastIndexBefore(items, indexAt(offsets, part.top) + 1, isStickyItem);
  const drawn = drawnIndices(offsets, part, [active, sticky]);
  useLayoutEffect(() => {
    if (list.current !== null) observe(list.current);
  });
  return (
    <ul
      ref={list}
      class="virtual-list"
      aria-label={label}
      style={{ height: `${offsets.at(-1) ?? 0}px` }}
      onFocusIn={onFocusIn}
      onKeyDown={onKeyDown}
    >
      {drawn.flatMap((index) => {
        const item = items[index];
        if (item === undefined) return [];
        const isStuck = index === sticky;
        return (
          <li
            key={item.key}
            class={isStuck ? 'virtual-item stuck' : 'virtual-item'}
            data-key={item.key}
            data-index={index}
            aria-setsize={items.length}
            aria-posinset={index + 1}
            style={isStuck ? {} : { top: `${offsets[index] ?? 0}px` }}
          >
            {render(item)}
          </li>
        );
      })}
    </ul>
  );
}

/** Tops of the items: measured where an item was drawn, else estimated. Keeps what is in view where it is. */
function useMeasuredOffsets(list: RefObject<HTMLUListElement>, items: readonly VirtualItem[]) {
  const heights = useRef(new Map<string, number>()).current;
  const [version, bump] = useReducer((number: number) => number + 1, 0);
  const offsets = useMemo(
    () => offsetsOf(items.map(({ key, estimatePx }) => heights.get(key) ?? estimatePx)),
    [items, version],
  );
  const latest = useRef(offsets);
  latest.current = offsets;
  const observer = useRef<ResizeObserver | null>(null);
  useLayoutEffect(() => () => observer.current?.disconnect(), []);

  function measure(entries: readonly ResizeObserverEntry[]): void {
    const element = list.current;
    const scroller = element?.closest('.scroll') ?? null;
    let shift = 0;
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      const height = borderBoxSize[0]?.blockSize ?? 0;
      const key = target.getAttribute('data-key');
      if (key === null || height === 0 || !target.isConnected || heights.get(key) === height) continue;
      const index = Number(target.getAttribute('data-index'));
      const start = latest.current[index] ?? 0;
      const end = latest.current[index + 1] ?? start;
      if (scroller !== null && element !== null && end <= -topIn(scroller, element)) shift += height - (end - start);
      heights.set(key, height);
      changed = true;
    }
    if (!changed) return;
    if (shift !== 0 && scroller !== null) scroller.scrollTop += shift;
    bump(0);
  }

  function observe(element: HTMLElement): void {
    observer.current ??= new ResizeObserver(measure);
    // observing an element again does nothing; removed elements are garbage-collected with their observation
    for (const child of element.children) observer.current.observe(child);
  }

  return { offsets, observe };
}

/** The top of the list relative to the visible top of its scroller. */
function topIn(scroller: Element, element: Element): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

/** The part of the list that its scroller shows. */
function useVisiblePart(list: RefObject<HTMLUListElement>): VisiblePart {
  const [part, setPart] = useState<VisiblePart>({ top: 0, height: globalThis.innerHeight });
  useLayoutEffect(() => {
    const element = list.current;
    const scroller = element?.closest('.scroll');
    if (element === null || scroller === null || scroller === undefined) return;
    const update = () => {
      const next = { top: -topIn(scroller, element), height: scroller.clientHeight };
      setPart((part) => (part.top === next.top && part.height === next.height ? part : next));
    };
    const resized = new ResizeObserver(update);
    // what lies above the list in the scroller moves it
    for (const watched of [scroller, ...scroller.children]) resized.observe(watched);
    scroller.addEventListener('scroll', update, { passive: true });
    update();
    return () => {
      resized.disconnect();
      scroller.removeEventListener('scroll', update);
    };
  }, []);
  return part;
}

function isStickyItem({ isSticky }: VirtualItem): boolean {
  return isSticky === true;
}

function isReachable({ isPassive }: VirtualItem): boolean {
  return isPassive !== true;
}

/** One item at a time can be reached with Tab; the arrow keys choose it. */
function useArrowKeys(list: RefObject<HTMLUListElement>, items: readonly VirtualItem[], offsets: readonly number[]) {
  const [activeKey, setActiveKey] = useState('');
  const wanted = useRef<number | null>(null);
  const found = items.findIndex((item) => item.key === activeKey && isReachable(item));
  const active = found >= 0 ? found : items.findIndex(isReachable);
  useLayoutEffect(() => {
    for (const child of list.current?.children ?? []) {
      const isActive = child.getAttribute('data-key') === items[active]?.key;
      for (const control of controlsIn(child)) control.tabIndex = isActive ? 0 : -1;
      if (!isActive || wanted.current === null) continue;
      const controls = controlsIn(child);
      controls[Math.min(wanted.current, controls.length - 1)]?.focus();
      wanted.current = null;
    }
  });

  function onFocusIn(event: FocusEvent): void {
    const key = event.target instanceof Element ? itemOf(event.target)?.getAttribute('data-key') : null;
    if (key !== null && key !== undefined && key !== activeKey) setActiveKey(key);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : null;
    const item = target === null ? null : itemOf(target);
    if (target === null || item === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const column = controlsIn(item).indexOf(target);
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      controlsIn(item)[column + (event.key === 'ArrowRight' ? 1 : -1)]?.focus();
    } else {
      const next = nextIndex(items, active, event.key);
      const key = items[next]?.key;
      if (key === undefined) return;
      wanted.current = column;
      revealItem(list.current, offsets, next, items);
      setActiveKey(key);
    }
    event.preventDefault();
  }

  return { active, onFocusIn, onKeyDown };
}

function controlsIn(item: Element): HTMLElement[] {
  return [...item.querySelectorAll<HTMLElement>(CONTROLS)];
}

function itemOf(element: Element): Element | null {
  return element.closest('.virtual-item');
}

/** The item that a key moves to; -1 for none. */
function nextIndex(items: readonly VirtualItem[], active: number, key: string): number {
  switch (key) {
    case 'ArrowDown':
      return items.findIndex((item, index) => index > active && isReachable(item));
    case 'ArrowUp':
      return lastIndexBefore(items, active, isReachable);
    case 'Home':
      return items.findIndex(isReachable);
    case 'End':
      return lastIndexBefore(items, items.length, isReachable);
    default:
      return -1;
  }
}

/** Scrolls an item into view, below the heading that sticks to the top. */
function revealItem(
  element: HTMLElement | null,
  offsets: readonly number[],
  index: number,
  items: readonly VirtualItem[],
): void {
  const scroller = element?.closest('.scroll');
  if (element === null || scroller === null || scroller === undefined) return;
  const heading = lastIndexBefore(items, index, isStickyItem);
  const headingHeight = heading < 0 ? 0 : (offsets[heading + 1] ?? 0) - (offsets[heading] ?? 0);
  const start = topIn(scroller, element) + (offsets[index] ?? 0);
  const end = topIn(scroller, element) + (offsets[index + 1] ?? 0);
  if (start < headingHeight) scroller.scrollTop += start - headingHeight;
  else if (end > scroller.clientHeight) scroller.scrollTop += end - scroller.clientHeight;
}
