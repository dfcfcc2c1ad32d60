import type { ComponentChildren } from 'preact';
import { percent } from '../../../shared/text.js';
import { PREVIEW_FILTERS, type PreviewFilter } from '../../flow/preview/preview-state.js';
import type { FlowEvent } from '../../flow/state.js';
import { ToggleGroup } from './controls.js';

interface PreviewToolsProps {
  threshold: number;
  /** The filter, and the number of rows that pass each; absent for no filter. */
  filter?: { chosen: PreviewFilter; amounts: Readonly<Record<PreviewFilter, number>> };
  dispatch: (event: FlowEvent) => void;
  /** Further choices, beside the threshold. */
  children?: ComponentChildren;
}

const FILTERS: Record<PreviewFilter, string> = {
  all: 'All',
  doubtful: 'Doubtful',
  conflicts: 'Conflicts',
  missing: 'Not found',
};

/** Threshold and filter of a preview; always in view. */
export function PreviewTools({ threshold, filter, dispatch, children }: PreviewToolsProps) {
  return (
    <div class="tools">
      <div class="tools-row">
        {children}
        <ThresholdSlider threshold={threshold} dispatch={dispatch} />
      </div>
      {filter === undefined ? null : (
        <ToggleGroup
          label="Show"
          keys={PREVIEW_FILTERS}
          chosen={filter.chosen}
          render={(each) => (
            <>
              {FILTERS[each]} <span class="amount">{filter.amounts[each]}</span>
            </>
          )}
          onChoose={(each) => dispatch({ type: 'preview.filter', filter: each })}
        />
      )}
    </div>
  );
}

/** Counts the rows of each filter. */
export function amountsOf<Row>(
  rows: Iterable<Row>,
  passes: (row: Row, filter: PreviewFilter) => boolean,
): Record<PreviewFilter, number> {
  const amounts = { all: 0, doubtful: 0, conflicts: 0, missing: 0 };
  for (const row of rows) for (const filter of PREVIEW_FILTERS) if (passes(row, filter)) amounts[filter] += 1;
  return amounts;
}

interface ThresholdProps {
  threshold: number;
  dispatch: (event: FlowEvent) => void;
}

/** The least confidence of what is selected, which is a preference. */
function ThresholdSlider({ threshold, dispatch }: ThresholdProps) {
  return (
    <label class="threshold" title="What is at least this confident is selected">
      <span>Select from {percent(threshold)}</span>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        value={Math.round(threshold * 100)}
        aria-label="Select from this confidence on"
        aria-valuetext={percent(threshold)}
        onInput={({ currentTarget }) =>
          dispatch({ type: 'preferences', preferences: { threshold: currentTarget.valueAsNumber / 100 } })
        }
      />
    </label>
  );
}
