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
