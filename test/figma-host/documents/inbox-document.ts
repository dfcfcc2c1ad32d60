import type { DocumentSpec } from '../spec.js';
import { disguise } from './disguise.js';
import { type Annotated, COMPACT_PHONE, inboxScreen, LARGE_PHONE, PHONE } from './inbox-screen.js';
import { overlayLayers } from './overlays.js';
import { DARK, LIGHT } from './theme.js';

/** What the designer wrote on the source, by the part it hangs on. */
export const ANNOTATED: Annotated = {
  title: [{ labelMarkdown: 'Uses **Heading / L**', properties: [{ type: 'fontSize' }], categoryId: 'cat:development' }],
  bell: [{ label: 'Opens the notification sheet', categoryId: 'cat:interaction' }],
  search: [{ labelMarkdown: 'Focus moves here on _pull down_', properties: [{ type: 'cornerRadius' }] }],
  'row-1/title': [{ label: 'Name of the person or the thread', properties: [{ type: 'fontWeight' }] }],
  'row-2/avatar': [{ label: 'Falls back to initials', categoryId: 'cat:development' }],
  'row-3/chevron': [{ label: 'Decorative, hidden from screen readers', categoryId: 'cat:accessibility' }],
  button: [
    { labelMarkdown: 'Opens the **invite** dialog', properties: [{ type: 'padding' }] },
    { label: 'At least 44 px high', categoryId: 'cat:accessibility' },
  ],
  'tab-2/icon': [{ label: 'Shows the number of unread messages' }],
};

/**
 * An annotated light inbox (`light`), its dark version with machine names and another order (`dark`), and a larger
 * dark one whose banner is above the list (`large`). Overlay layers lie in the source (`light:callout` …).
 */
export function inboxDocument(): DocumentSpec {
  const light = inboxScreen('light', 'Inbox / Light', LIGHT, PHONE, ANNOTATED);
  const dark = disguise(inboxScreen('dark', 'Frame 2041', DARK, COMPACT_PHONE));
  const large = disguise(inboxScreen('large', 'Frame 2042', DARK, LARGE_PHONE));
  return {
    name: 'Inbox',
    children: [
      { ...light, x: 0, y: 0, children: [...(light.children ?? []), ...overlayLayers('light')] },
      { ...dark, x: 520, y: 40 },
      { ...large, x: 1040, y: -30 },
    ],
    measurements: [{ startKey: 'light:row-1', endKey: 'light:row-2' }],
  };
}
