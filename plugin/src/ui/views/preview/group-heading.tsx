import type { ComponentChildren } from 'preact';
import { Checkbox } from './controls.js';

interface GroupHeadingProps {
  title: string;
  /** Whether all rows are on; null for a group that cannot be switched as a whole. */
  checked: boolean | 'mixed' | null;
  /** Accessible name of the checkbox. */
  switchLabel: string;
  onSwitch: (on: boolean) => void;
  /** How many rows are on: `3 of 5 selected`. */
  amount: ComponentChildren;
  /** A group that opens and closes; a click on another one shows its frame on the canvas. */
  isOpen?: boolean;
  onClick: () => void;
  /** Tooltip of the title. */
  hint?: string;
  /** Below the title, in its button. */
  children?: ComponentChildren;
  /** Below the button. */
  extra?: ComponentChildren;
}

/** The heading of a group of rows, with a checkbox for all of them. */
export function GroupHeading(props: GroupHeadingProps) {
  const { title, checked, switchLabel, onSwitch, amount, isOpen, onClick, hint, children, extra } = props;
  return (
    <div class="group-head">
      {checked === null ? (
        <span class="check-space" />
      ) : (
        <Checkbox checked={checked} label={switchLabel} onChange={onSwitch} />
      )}
      <div class="group-head-main">
        <button
          type="button"
          class="group-head-button"
          data-key="Enter"
          title={hint}
          {...(isOpen === undefined ? {} : { 'aria-expanded': isOpen })}
          onClick={onClick}
        >
          {isOpen === undefined ? null : <Chevron isOpen={isOpen} />}
          <span class={children === undefined ? 'row-text inline' : 'row-text'}>
            <span class="row-label" title={hint === undefined ? title : undefined}>
              <bdi>{title}</bdi>
            </span>
            {children}
            <span class="row-reason">{amount}</span>
          </span>
        </button>
        {extra}
      </div>
    </div>
  );
}

function Chevron({ isOpen }: { isOpen: boolean }) {
  return (
    <svg class={isOpen ? 'chevron open' : 'chevron'} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      <path d="M4.5 3l3 3-3 3" fill="none" stroke="currentColor" stroke-width="1.2" stroke-linecap="round" />
    </svg>
  );
}
