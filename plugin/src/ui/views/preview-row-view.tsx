import type { HashedFrame } from '../flow/build-request.js';
import { figuresOf, reasonWords } from '../flow/evidence-words.js';
import type { FlowEvent } from '../flow/flow-state.js';
import type { PreviewRow } from '../flow/preview-rows.js';
import { confidenceLevel, percent } from '../format.js';
import { Thumbnail } from './thumbnail.js';

interface PreviewRowViewProps {
  row: PreviewRow;
  source: HashedFrame | undefined;
  target: HashedFrame;
  included: boolean;
  dispatch: (event: FlowEvent) => void;
}

const LEVEL_WORDS = { high: 'High', medium: 'Medium', low: 'Low' } as const;

/** One item in one target: whether to include it, both places, how sure and why. A click shows it in Figma. */
export function PreviewRowView({ row, source, target, included, dispatch }: PreviewRowViewProps) {
  const { key, label, outcome } = row;
  const isNowhere = outcome === 'none';
  return (
    <li class={isNowhere ? 'row nowhere' : 'row'}>
      <input
        type="checkbox"
        checked={included}
        disabled={isNowhere}
        aria-label={`Include ${label} in ${target.name}`}
        onChange={(event) => dispatch({ type: 'include', keys: [key], on: event.currentTarget.checked })}
      />
      <button
        type="button"
        class="row-main"
        title={`Show in “${target.name}”`}
        onClick={() => dispatch({ type: 'reveal', nodeId: row.targetId, box: row.targetBox })}
      >
        <span class="pair">
          <Thumbnail frame={source} box={row.sourceBox} label={`${label} in the source`} />
          <Thumbnail frame={target} box={row.targetBox} label={`${label} in ${target.name}`} />
        </span>
        <span class="row-words">
          <span class="row-label">{label}</span>
          <Verdict row={row} />
        </span>
      </button>
    </li>
  );
}

function Verdict({ row }: { row: PreviewRow }) {
  if (row.outcome === 'none') return <span class="row-why">No counterpart found here.</span>;
  const level = confidenceLevel(row.confidence);
  return (
    <>
      <span class="row-verdict">
        <span class={`badge ${level}`}>
          {LEVEL_WORDS[level]} {percent(row.confidence)}
        </span>
        <span class="row-detail">{row.detail}</span>
      </span>
      <span class="row-why" title={figuresOf(row.placement.evidence)}>
        {reasonWords(row.placement.evidence)}
      </span>
      {row.outcome === 'note' ? (
        <span class="row-why">No layer can carry it: becomes a note on the canvas.</span>
      ) : null}
    </>
  );
}
