import { percent } from '../../../shared/text.js';
import type { Candidate, SelectedCandidate } from '../../flow/preview/candidates.js';
import type { HashedFrame } from '../../flow/request.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button } from '../components.js';
import { Thumbnail } from '../thumbnail.js';

interface CorrectionViewProps {
  /** Key of the row. */
  row: string;
  target: HashedFrame;
  /** The match and its runners-up. */
  candidates: readonly Candidate[];
  /** The layer selected in Figma, or what to select. */
  selected: SelectedCandidate | string;
  dispatch: (event: FlowEvent) => void;
}

/** Other layers that may be meant: the runners-up of the match, and the layer selected in Figma. */
export function CorrectionView({ row, target, candidates, selected, dispatch }: CorrectionViewProps) {
  const correct = (layerId: string | null) => dispatch({ type: 'preview.correct', key: row, layerId });
  return (
    <fieldset class="correction" aria-label={`Layer in “${target.name}”`}>
      {candidates.map((candidate) => (
        <CandidateView
          key={candidate.layerId}
          candidate={candidate}
          target={target}
          onClick={() => correct(candidate.layerId)}
        />
      ))}
      {typeof selected === 'string' ? (
        <p class="secondary-text" role="status">
          {selected}
        </p>
      ) : (
        <Button wide onClick={() => correct(selected.layerId)}>
          <span class="ellipsis">{selected.label}</span>
        </Button>
      )}
      <span class="correction-end">
        {candidates.some(({ isCurrent }) => isCurrent) ? (
          <Button look="quiet" onClick={() => correct(null)}>
            None of these
          </Button>
        ) : null}
        <Button look="quiet" onClick={() => dispatch({ type: 'preview.correcting', key: null })}>
          Cancel
        </Button>
      </span>
    </fieldset>
  );
}

interface CandidateViewProps {
  candidate: Candidate;
  target: HashedFrame;
  onClick: () => void;
}

function CandidateView({ candidate, target, onClick }: CandidateViewProps) {
  const { name, confidence, box, isCurrent } = candidate;
  return (
    <button type="button" class="candidate" aria-pressed={isCurrent} onClick={onClick}>
      <Thumbnail frame={target} box={box} label={`“${name}” in “${target.name}”`} />
      <span class="row-text">
        <span class="row-label">
          <bdi>{name}</bdi>
        </span>
        <span class="row-reason">
          {isCurrent ? 'Used now' : 'Use this layer'}
          {confidence === null ? '' : ` · ${percent(confidence)}`}
        </span>
      </span>
    </button>
  );
}

interface CorrectButtonProps {
  /** Key of the row. */
  row: string;
  label: string;
  isCorrecting: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** Opens and closes the correction of a row. */
export function CorrectButton({ row, label, isCorrecting, dispatch }: CorrectButtonProps) {
  return (
    <button
      type="button"
      class="text-button"
      aria-expanded={isCorrecting}
      onClick={() => dispatch({ type: 'preview.correcting', key: isCorrecting ? null : row })}
    >
      {label}
    </button>
  );
}
