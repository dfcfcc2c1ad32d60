import type { ComponentChildren } from 'preact';

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

interface ToggleGroupProps<Key extends string> {
  label: string;
  keys: readonly Key[];
  chosen: Key;
  render: (key: Key) => ComponentChildren;
  onChoose: (key: Key) => void;
}

/** Buttons of which one is pressed. */
export function ToggleGroup<Key extends string>({ label, keys, chosen, render, onChoose }: ToggleGroupProps<Key>) {
  return (
    <fieldset class="toggle-group" aria-label={label}>
      {keys.map((key) => (
        <Toggle key={key} on={key === chosen} onClick={() => onChoose(key)}>
          {render(key)}
        </Toggle>
      ))}
    </fieldset>
  );
}

interface CheckboxProps {
  checked: boolean | 'mixed';
  label: string;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

/** The checkbox of a row or group. In a list, Space switches it wherever the focus is in the row. */
export function Checkbox({ checked, label, disabled = false, onChange }: CheckboxProps) {
  return (
    <input
      type="checkbox"
      class="check"
      data-key="Space"
      checked={checked === true}
      indeterminate={checked === 'mixed'}
      disabled={disabled}
      aria-label={label}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
