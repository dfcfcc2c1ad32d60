import type { ElementType } from './scope.js';

/** Left, top, width, height. */
export type Box = [number, number, number, number];

/** A measured element, in CSS pixels of the image's area. */
export interface Measured {
  id: string;
  type: ElementType;
  /** Visible part, or the whole box where `visibility` is `no`. */
  box: Box;
  visibility: 'whole' | 'partly' | 'no';
  /** Equal on both sides if the insides correspond: the image, or the text and its typesetting. */
  same: string;
  words: { text: string; box: Box }[];
}

/**
 * Measures every element with a `data-id`. Runs inside the page, so it cannot use module scope.
 *
 * @param area visible area of the page
 */
export function measure(area: { x: number; y: number; width: number; height: number }): Measured[] {
  /** Tolerance for rounding: less than this outside is not a cut. */
  const slackPx = 1.5;
  interface Edges {
    left: number;
    top: number;
    right: number;
    bottom: number;
  }
  const whole: Edges = { left: area.x, top: area.y, right: area.x + area.width, bottom: area.y + area.height };
  const intersect = (a: Edges, b: Edges): Edges => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const windows = new Map<Element, Edges>();
  /** Area of an element that its ancestors do not clip. */
  const windowOf = (element: Element): Edges => {
    const known = windows.get(element);
    if (known !== undefined) return known;
    const parent = element.parentElement;
    let window = parent === null ? whole : windowOf(parent);
    if (getComputedStyle(element).overflow === 'hidden') window = intersect(window, element.getBoundingClientRect());
    windows.set(element, window);
    return window;
  };
  const visiblePart = (edges: Edges, window: Edges) => {
    const visible = intersect(edges, window);
    if (visible.right - visible.left < 1 || visible.bottom - visible.top < 1)
      return { visible: edges, visibility: 'no' as const };
    const cut = Math.max(
      visible.left - edges.left,
      visible.top - edges.top,
      edges.right - visible.right,
      edges.bottom - visible.bottom,
    );
    return { visible, visibility: cut > slackPx ? ('partly' as const) : ('whole' as const) };
  };
  /** Whether an unrelated element covers this point. */
  const coveredAt = (element: Element, x: number, y: number) => {
    const top = document.elementsFromPoint(x, y).find((hit) => !hit.hasAttribute('data-through'));
    return top !== undefined && !element.contains(top) && !top.contains(element);
  };
  const covered = (element: Element, { left, top, right, bottom }: Edges) => {
    const hidden = [0.12, 0.5, 0.88].flatMap((ay) =>
      [0.12, 0.5, 0.88].map((ax) => coveredAt(element, left + ax * (right - left), top + ay * (bottom - top))),
    );
    const count = hidden.filter(Boolean).length;
    return count === 0 ? 'not' : count === hidden.length ? 'whole' : 'partly';
  };
  const boxOf = ({ left, top, right, bottom }: Edges): Box => [left - area.x, top - area.y, right - left, bottom - top];
  const union = (rects: Edges[]): Edges => ({
    left: Math.min(...rects.map((r) => r.left)),
    top: Math.min(...rects.map((r) => r.top)),
    right: Math.max(...rects.map((r) => r.right)),
    bottom: Math.max(...rects.map((r) => r.bottom)),
  });
  const range = document.createRange();
  const wordsOf = (element: Element, window: Edges) => {
    const words: { text: string; box: Box }[] = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (const match of (node.textContent ?? '').matchAll(/\S+/g)) {
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const rects = [...range.getClientRects()];
        const [first] = rects;
        if (first === undefined) continue;
        const { visible, visibility } = visiblePart(first, window);
        // keep cut or broken words in the list: words pair by index
        const usable = rects.length === 1 && visibility === 'whole';
        words.push({ text: usable ? match[0] : '', box: boxOf(visible) });
      }
    }
    return words;
  };

  const lettering = (element: Element, lines: number) => {
    const { fontFamily, fontWeight, fontStyle, textTransform } = getComputedStyle(element);
    return [element.textContent, fontFamily.split(',')[0], fontWeight, fontStyle, textTransform, lines].join('|');
  };
  return [...document.querySelectorAll<HTMLElement | SVGElement>('[data-id]')].map((element) => {
    const { id = '', type = 'box', same = '' } = element.dataset;
    const text = type === 'text';
    range.selectNodeContents(element);
    const rects = text ? [...range.getClientRects()] : [];
    const edges = rects.length > 0 ? union(rects) : element.getBoundingClientRect();
    const window = windowOf(text ? element : (element.parentElement ?? element));
    const { visible, visibility } = visiblePart(edges, window);
    const over = visibility === 'no' ? 'whole' : covered(element, visible);
    const lines = new Set(rects.map((r) => Math.round(r.top / 4))).size;
    // a wireframe draws only the position of an image
    const drawn = type !== 'image' || !document.body.classList.contains('wireframe');
    const flipped = !text && getComputedStyle(element).transform !== 'none' ? ':flipped' : '';
    return {
      id,
      type: type as ElementType,
      box: boxOf(visible),
      visibility: visibility === 'no' || over === 'whole' ? 'no' : over === 'partly' ? 'partly' : visibility,
      same: text ? lettering(element, lines) : drawn ? `${same}${flipped}` : '',
      words: text && over === 'not' && visibility !== 'no' ? wordsOf(element, window) : [],
    };
  });
}
