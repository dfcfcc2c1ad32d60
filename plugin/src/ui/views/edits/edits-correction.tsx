import { percent } from '../../../shared/text.js';
import { type Candidate, candidatesOf, selectedCandidate } from '../../flow/edits/edits-correction.js';
import type { EditRow } from '../../flow/edits/edits-rows.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { Button } from '../components.js';
import { Thumbnail } from '../thumbnail.js';

interface CorrectionViewProps {
  flow: Flow;
  row: EditRow;
  dispatch: (event: FlowEvent) => void;
}

/** Other layers that may be meant: the runners-up of the match, and the layer selected in Figma. */
export function CorrectionView({ flow, row, dispatch }: CorrectionViewProps) {
  const { key, target } = row;
  const candidates = candidatesOf(row);
  const selected = selectedCandidate(flow, row);
  const correct = (layerId: string | null) => dispatch({ type: 'edits.correct', key, layerId });
  return (
    <fieldset class="correction" aria-label={`Layer in “${target.frame.name}”`}>
      {candidates.map((candidate) => (
        <CandidateView
          key={candidate.layerId}
          candidate={candidate}
          row={row}
          onClick={() => correct(candidate.layerId)}
        />
      ))}
      {typeof selected === 'string' ? (
        <p class="secondary-text">{selected}</p>
      ) : (
        <Button wide onClick={() => correct(selected.layerId)}>
          <span class="ellipsis">Use selected layer “{selected.name}”</span>
        </Button>
      )}
      <span class="correction-end">
        {candidates.some(({ isCurrent }) => isCurrent) ? (
          <Button look="quiet" onClick={() => correct(null)}>
            None of these
          </Button>
        ) : null}
        <Button look="quiet" onClick={() => dispatch({ type: 'edits.correcting', key: null })}>
          Cancel
        </Button>
      </span>
    </fieldset>
  );
}

interface CandidateViewProps {
  candidate: Candidate;
  row: EditRow;
  onClick: () => void;
}

function CandidateView({ candidate: { name, confidence, box, isCurrent }, row, onClick }: CandidateViewProps) {
  return (
    <button type="button" class="candidate" aria-pressed={isCurrent} onClick={onClick}>
      <Thumbnail frame={row.target.frame} box={box} label={`“${name}” in “${row.target.frame.name}”`} />
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
