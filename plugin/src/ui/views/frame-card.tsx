import { IconButton } from './button.js';

interface FrameCardProps {
  name: string;
  detail: string;
  /** Why it cannot be used. */
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

/** A picked frame or layer; a click on its name shows it on the canvas. */
export function FrameCard({ name, detail, blocked, kind, removeLabel, onRemove, onReveal }: FrameCardProps) {
  return (
    <li class="card">
      <button type="button" class="card-main" onClick={onReveal} title={`Show “${name}” on the canvas`}>
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <path d={ICONS[kind]} fill="none" stroke="currentColor" stroke-linejoin="round" />
        </svg>
        <span class="card-words">
          <span class="card-name">{name}</span>
          <span class={blocked === null ? 'card-detail' : 'card-detail danger-text'}>{blocked ?? detail}</span>
        </span>
      </button>
      <IconButton icon="close" label={removeLabel} onClick={onRemove} />
    </li>
  );
}
