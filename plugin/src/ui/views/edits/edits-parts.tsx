import type { ComponentChildren } from 'preact';
import type { ShownChange, ShownValue } from '../../flow/edits/edits-values.js';

/** A value: its colours as swatches, and its text. */
export function ValueView({ value }: { value: ShownValue }) {
  return (
    <span class="value">
      {value.colours.map((colour, index) => (
        <span key={`${index} ${colour}`} class="swatch" aria-hidden="true">
          <span style={{ background: colour }} />
        </span>
      ))}
      {/* isolates right-to-left text from the arrow */}
      <bdi>{value.text}</bdi>
    </span>
  );
}

/** `before → after`. */
export function ChangeView({ change: { before, after } }: { change: ShownChange }) {
  return (
    <span class="change">
      {before === null ? null : (
        <>
          <ValueView value={before} />
          <span class="visually-hidden"> becomes </span>
          <span aria-hidden="true">→</span>
        </>
      )}
      <ValueView value={after} />
    </span>
  );
}

interface ToggleProps {
  on: boolean;
  onClick: () => void;
  children: ComponentChildren;
  label?: string;
}

/** A button that stays pressed. */
export function Toggle({ on, onClick, children, label }: ToggleProps) {
  return (
    <button type="button" class="toggle" aria-pressed={on} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}

interface CheckboxProps {
  checked: boolean | 'mixed';
  label: string;
  onChange: (on: boolean) => void;
}

export function Checkbox({ checked, label, onChange }: CheckboxProps) {
  return (
    <input
      type="checkbox"
      class="edit-check"
      checked={checked === true}
      indeterminate={checked === 'mixed'}
      aria-label={label}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
