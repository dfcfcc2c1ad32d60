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
  /** What the items are a choice of: with another one the list starts at its top. */
  choice?: string;
}

const CONTROLS = 'input:not(:disabled), button:not(:disabled), a[href], summary';

/**
 * A list that draws only the items in view, in the nearest ancestor with the class `scroll`. It is one tab stop: the up
 * and down arrows move between items, left and right between the controls of one, Home and End to the ends. Space and
 * Enter on a control with `data-key` press the item's control of that key. The focus stays in the list when its item goes.
 */
export function VirtualList<Item extends VirtualItem>({ label, items, render, choice }: VirtualListProps<Item>) {
  const list = useRef<HTMLUListElement>(null);
  const { offsets, observe } = useMeasuredOffsets(list, items);
  const part = useVisiblePart(list);
  useScrollToTop(list, choice);
  const { active, ...handlers } = useKeyboard(list, items, offsets);
  const sticky = part.top < 0 ? -1 : lastIndexBefore(items, indexAt(offsets, part.top) + 1, isStickyItem);
  const drawn = drawnIndices(offsets, part, [active, sticky]);
  useLayoutEffect(() => {
    if (list.current !== null) observe(list.current);
  });
  return (
    <ul ref={list} class="virtual-list" aria-label={label} style={{ height: `${offsets.at(-1) ?? 0}px` }} {...handlers}>
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

/** Scrolls to the top of the list when it shows another choice of items, unless the list starts below. */
function useScrollToTop(list: RefObject<HTMLUListElement>, choice: string | undefined): void {
  const shown = useRef(choice);
  useLayoutEffect(() => {
    if (shown.current === choice) return;
    shown.current = choice;
    const element = list.current;
    const scroller = element?.closest('.scroll');
    if (element === null || scroller === null || scroller === undefined) return;
    scroller.scrollTop += Math.min(0, topIn(scroller, element));
  }, [choice]);
}

function isStickyItem({ isSticky }: VirtualItem): boolean {
  return isSticky === true;
}

function isReachable({ isPassive }: VirtualItem): boolean {
  return isPassive !== true;
}

/** One item at a time can be reached with Tab; the arrow keys choose it. */
function useKeyboard(list: RefObject<HTMLUListElement>, items: readonly VirtualItem[], offsets: readonly number[]) {
  const [activeKey, setActiveKey] = useState('');
  /** Of the item that was active when the list was drawn last. */
  const lastIndex = useRef(0);
  /** The control of the active item to focus: its position among the item's controls; null for none. */
  const wanted = useRef<number | null>(null);
  const column = useRef(0);
  const focus = useOwnFocus(list);
  const active = activeIndex(items, activeKey, lastIndex.current);
  useLayoutEffect(() => {
    lastIndex.current = active;
    if (focus.isLost()) wanted.current ??= column.current;
    for (const child of list.current?.children ?? []) {
      const isActive = child.getAttribute('data-key') === items[active]?.key;
      for (const control of controlsIn(child)) control.tabIndex = isActive ? 0 : -1;
      if (!isActive || wanted.current === null) continue;
      const controls = controlsIn(child);
      controls[Math.min(wanted.current, controls.length - 1)]?.focus();
      wanted.current = null;
    }
  });

  function onFocusIn({ target }: FocusEvent): void {
    const item = target instanceof HTMLElement ? itemOf(target) : null;
    const key = item?.getAttribute('data-key');
    if (item === null || !(target instanceof HTMLElement) || key === null || key === undefined) return;
    column.current = Math.max(0, controlsIn(item).indexOf(target));
    if (key !== activeKey) setActiveKey(key);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : null;
    const item = target === null ? null : itemOf(target);
    if (target === null || item === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const key = event.code === 'Space' ? 'Space' : event.key;
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      controlsIn(item)[controlsIn(item).indexOf(target) + (key === 'ArrowRight' ? 1 : -1)]?.focus();
    } else if (key === 'Space' || key === 'Enter') {
      const control = controlOf(item, target, key);
      if (control === null || control === target) return;
      control.click();
    } else {
      const next = nextIndex(items, active, key);
      const nextKey = items[next]?.key;
      if (nextKey === undefined) return;
      wanted.current = controlsIn(item).indexOf(target);
      revealItem(list.current, offsets, next, items);
      setActiveKey(nextKey);
    }
    event.preventDefault();
  }

  /** Some browsers press a button when Space goes up. */
  function onKeyUp(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : null;
    const item = target === null ? null : itemOf(target);
    if (target === null || item === null || event.code !== 'Space') return;
    const control = controlOf(item, target, 'Space');
    if (control !== null && control !== target) event.preventDefault();
  }

  return { active, onFocusIn, onKeyDown, onKeyUp };
}

/** The active item; the one before it if it is gone, or the first that can be reached. */
function activeIndex(items: readonly VirtualItem[], activeKey: string, lastIndex: number): number {
  const found = items.findIndex((item) => item.key === activeKey && isReachable(item));
  if (found >= 0) return found;
  const before = lastIndexBefore(items, lastIndex, isReachable);
  return before >= 0 ? before : items.findIndex(isReachable);
}

/** Whether the focus was in the list and went with the element that had it. */
function useOwnFocus(list: RefObject<HTMLUListElement>) {
  const isOwn = useRef(false);
  useLayoutEffect(() => {
    const update = ({ target }: Event) => {
      isOwn.current = target instanceof Node && list.current?.contains(target) === true;
    };
    document.addEventListener('focusin', update);
    document.addEventListener('pointerdown', update);
    return () => {
      document.removeEventListener('focusin', update);
      document.removeEventListener('pointerdown', update);
    };
  }, []);
  const isLost = () => isOwn.current && (document.activeElement === null || document.activeElement === document.body);
  return { isLost };
}

/** The item's control that the key presses; null where the key presses the focused control itself. */
function controlOf(item: Element, focused: HTMLElement, key: 'Space' | 'Enter'): HTMLElement | null {
  if (focused.dataset.key === undefined) return null;
  return item.querySelector<HTMLElement>(`[data-key="${key}"]:not(:disabled)`);
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
