import type { ComponentChildren } from 'preact';
import { Button } from './button.js';

interface PickSectionProps {
  title: string;
  /** What to do here; shown while nothing is picked. */
  empty: string;
  /** The cards of what is picked. */
  cards: ComponentChildren[];
  /** The button that takes the selection; null: the selection holds nothing for this section. */
  add: { label: string; onClick: () => void } | null;
  /** Why the selection cannot be taken, when that is not obvious. */
  remark?: string | undefined;
}

/** One of the lists of the first screen: its title, what is picked, and the button that adds the selection. */
export function PickSection({ title, empty, cards, add, remark }: PickSectionProps) {
  return (
    <section class="section" aria-label={title}>
      <h2>
        {title}
        {cards.length > 1 ? <span class="amount">{cards.length}</span> : null}
      </h2>
      {cards.length === 0 ? <p class="empty">{empty}</p> : <ul class="cards">{cards}</ul>}
      {remark === undefined ? null : <p class="secondary-text">{remark}</p>}
      {add === null ? null : (
        <Button wide onClick={add.onClick}>
          <span class="ellipsis">{add.label}</span>
        </Button>
      )}
    </section>
  );
}
