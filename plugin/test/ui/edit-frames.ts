import type { Placement, TransferResult } from '@samepoint/shared-protocol';
import type { Design, Token, Value } from '../../src/shared/design.js';
import type { ExportedItem } from '../../src/shared/messages.js';
import { design, solid, text } from '../edits/designs.js';
import { layerItem, layerPlacement } from './fixtures.js';
import { PARTS } from './mockup.js';

/** How a settings screen differs from the recorded one. */
interface ScreenOptions {
  label?: string;
  labelFill?: string;
  button?: string;
  radius?: number;
  title?: string;
  /** A new row in the card. */
  hasBadge?: boolean;
  hasAvatar?: boolean;
  /** The card is an instance of this component. */
  card?: Token;
  children?: readonly { id: string }[];
}

const ITEM_PARTS = ['avatar', 'title', 'card', 'button', 'label'] as const;

/** The design of the mockup of 400 × 300 pixels; ids are `PREFIX-avatar`, `PREFIX-title` … */
export function screen(prefix: string, options: ScreenOptions = {}): Design {
  const { label = 'Buy', labelFill = '#FFFFFF', button = '#7B61FF', radius = 12, title = 'Settings' } = options;
  const box = (part: keyof typeof PARTS) => {
    const { x, y, w, h } = PARTS[part];
    return [x, y, w, h] as const;
  };
  const corners: { [property: string]: Value } = {
    topLeftRadius: radius,
    topRightRadius: radius,
    cornerRadius: radius,
  };
  const badge = { id: `${prefix}-badge`, name: 'Badge', box: [20, 90, 60, 20] as const };
  const avatar = { id: `${prefix}-avatar`, name: 'Avatar', type: 'RECTANGLE', box: box('avatar') };
  return design(
    [
      ...(options.hasAvatar === false ? [] : [avatar]),
      text(`${prefix}-title`, title, { name: 'Title', box: box('title') }),
      {
        id: `${prefix}-card`,
        name: 'Card',
        box: box('card'),
        ...(options.card === undefined ? {} : { type: 'INSTANCE' }),
        props: { ...corners, ...(options.card === undefined ? {} : { mainComponent: options.card.id }) },
        children: options.hasBadge === true ? [badge] : [],
      },
      {
        id: `${prefix}-button`,
        name: 'Button',
        box: box('button'),
        props: { fills: solid(button) },
        children: [
          text(`${prefix}-label`, label, {
            name: 'Button label',
            box: [10, 8, 100, 20],
            props: { fills: solid(labelFill) },
          }),
        ],
      },
    ],
    { root: { id: prefix, box: [0, 0, 400, 300] }, tokens: options.card === undefined ? [] : [options.card] },
  );
}

/** The source as it was recorded, and as it is now: label, button colour and radius edited, a badge added. */
export const BASE = screen('s');
export const OURS = screen('s', { label: 'Add to cart', button: '#FF5500', radius: 16, hasBadge: true });

export const EDIT_ITEMS: ExportedItem[] = ITEM_PARTS.map((part) => layerItem(part, `s-${part}`));

interface Match {
  layerId?: string | null;
  confidence?: number;
  runnersUp?: { layerId: string; confidence: number }[];
}

/** What the daemon says about a target: every layer has its counterpart, except as given. */
export function editPlacements(
  prefix: string,
  matches: Partial<Record<(typeof ITEM_PARTS)[number], Match>> = {},
): Placement[] {
  return ITEM_PARTS.map((part): Placement => {
    const { layerId = `${prefix}-${part}`, confidence = 0.9, runnersUp } = matches[part] ?? {};
    const placement = layerPlacement(part, confidence, { layerId, box: null });
    return placement.kind === 'layer' && runnersUp !== undefined ? { ...placement, runnersUp } : placement;
  });
}

export function editResult(targets: { [targetId: string]: Placement[] }): TransferResult {
  return {
    kind: 'transfer',
    targets: Object.entries(targets).map(([targetId, placements]) => ({ targetId, placements })),
  };
}
