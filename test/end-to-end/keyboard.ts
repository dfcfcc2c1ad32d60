import type { FigmaPage } from '../figma-host/figma-page.js';

/** More presses than any screen has tab stops. */
const MAX_STOPS = 60;

/** Moves the focus with Tab, as a designer without a mouse does, to the control with this accessible name. */
export async function tabTo(figma: FigmaPage, name: string | RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    await figma.page.keyboard.press(key);
    const focused = await nameOfFocus(figma);
    if (typeof name === 'string' ? focused === name : name.test(focused)) return;
    seen.push(focused);
  }
  throw new Error(`no tab stop is named ${name}; these are: ${[...new Set(seen)].join(' · ')}`);
}

/** Moves the focus to a control and presses a key there. */
export async function pressAt(figma: FigmaPage, name: string | RegExp, key: 'Enter' | 'Space'): Promise<void> {
  await tabTo(figma, name);
  await figma.page.keyboard.press(key);
}

/** The accessible name of the focused control: its label, else its text. */
async function nameOfFocus(figma: FigmaPage): Promise<string> {
  return figma.ui.locator(':focus').evaluateAll((elements) => {
    const [element] = elements;
    if (!(element instanceof HTMLElement)) return '';
    const label = element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent;
    return (label ?? '').trim();
  });
}
