import type { ComponentChildren } from 'preact';
import { Button, IconButton } from './components.js';

interface PickListProps {
  title: string;
  /** Instructions while nothing is picked. */
  empty: string;
  /** One card for each pick. */
  cards: ComponentChildren[];
  /** Adds the selection; null if the selection has nothing for this list. */
  add: { label: string; onClick: () => void } | null;
  /** Explains why the selection cannot be added. */
  hint?: string | undefined;
  /** Another action with the picks. */
  extra?: { label: string; onClick: () => void };
}

/** A list of picks with its title and the button that adds the selection. */
export function PickList({ title, empty, cards, add, hint, extra }: PickListProps) {
  return (
    <section class="section" aria-label={title}>
      <h2>
        {title}
        {cards.length > 1 ? <span class="amount">{cards.length}</span> : null}
      </h2>
      {cards.length === 0 ? <p class="empty">{empty}</p> : <ul class="cards">{cards}</ul>}
      {hint === undefined ? null : <p class="secondary-text">{hint}</p>}
      {add === null ? null : (
        <Button wide onClick={add.onClick}>
          <span class="ellipsis">{add.label}</span>
        </Button>
      )}
      {extra === undefined ? null : (
        <Button look="quiet" onClick={extra.onClick}>
          {extra.label}
        </Button>
      )}
    </section>
  );
}

interface PickCardProps {
  name: string;
  detail: string;
  /** The reason why it cannot be used, or null. */
  blocked: string | null;
  kind: 'frame' | 'layer';
  removeLabel: string;
  onRemove: () => void;
  onReveal: () => void;
}

const ICONS = {
  frame: 'M5 2v12M11 2v12M2 5h12M2 11h12',
  layer: 'M8 2.5L14 6l-6 3.5L2 6zM2.5 9.5L8 12.5l5.5-3',
} as const;

/** A picked frame or layer. A click zooms to it on the canvas. */
export function PickCard({ name, detail, blocked, kind, removeLabel, onRemove, onReveal }: PickCardProps) {
  return (
    <li class="card">
      <button type="button" class="card-main" onClick={onReveal} title={`Zoom to “${name}”`}>
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <path d={ICONS[kind]} fill="none" stroke="currentColor" stroke-linejoin="round" />
        </svg>
        <span class="card-text">
          <span class="card-name">{name}</span>
          <span class={blocked === null ? 'card-detail' : 'card-detail danger-text'}>{blocked ?? detail}</span>
        </span>
      </button>
      <IconButton icon="close" label={removeLabel} onClick={onRemove} />
    </li>
  );
}
