import type { Locator } from 'playwright-core';
import type { FigmaPage } from '../figma-host/figma-page.js';

/** More presses than any screen has tab stops. */
const MAX_STOPS = 80;

/** A control, or its accessible name. */
type Control = Locator | string | RegExp;

/** Moves the focus to a control with Tab, as a designer without a mouse does. */
export async function tabTo(figma: FigmaPage, control: Control): Promise<void> {
  const isName = typeof control === 'string' || control instanceof RegExp;
  if (!isName) await control.waitFor();
  const seen: string[] = [];
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    const focused = await nameOfFocus(figma);
    if (isName ? isNamed(focused, control) : await hasFocus(control)) return;
    seen.push(focused);
    await figma.page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${control}, but ${[...new Set(seen)].join(' · ')}`);
}

/** Presses a key on a control that Tab reaches, once it is enabled. */
export async function press(figma: FigmaPage, control: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await control.waitFor();
  // a trial waits like a click, and does nothing
  await control.click({ trial: true });
  await tabTo(figma, control);
  await figma.page.keyboard.press(key);
}

function isNamed(focused: string, name: string | RegExp): boolean {
  return typeof name === 'string' ? focused === name : name.test(focused);
}

function hasFocus(control: Locator): Promise<boolean> {
  return control.evaluate((element) => element === element.ownerDocument.activeElement);
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
