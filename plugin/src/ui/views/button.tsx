import type { ComponentChildren } from 'preact';

interface ButtonProps {
  children: ComponentChildren;
  onClick: () => void;
  /** `primary` once a screen; `quiet` has no outline. */
  look?: 'primary' | 'secondary' | 'quiet';
  wide?: boolean;
  disabled?: boolean;
  busy?: boolean;
  label?: string;
  describedBy?: string;
}

/** A button in Figma's look. */
export function Button({
  children,
  onClick,
  look = 'secondary',
  wide,
  disabled,
  busy,
  label,
  describedBy,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${look}${wide === true ? ' wide' : ''}`}
      disabled={disabled === true || busy === true}
      aria-busy={busy === true}
      aria-label={label}
      aria-describedby={describedBy}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

interface IconButtonProps {
  label: string;
  onClick: () => void;
  icon: 'close' | 'back';
}

const ICONS = { close: 'M4 4l8 8M12 4l-8 8', back: 'M10 3.5L5.5 8l4.5 4.5' } as const;

/** A square button with an icon; its words are for screen readers and the tooltip. */
export function IconButton({ label, onClick, icon }: IconButtonProps) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={onClick}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path d={ICONS[icon]} fill="none" stroke="currentColor" stroke-width="1.2" stroke-linecap="round" />
      </svg>
    </button>
  );
}
