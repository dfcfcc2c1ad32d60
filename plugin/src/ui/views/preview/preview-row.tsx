import { evidenceLabel, evidenceScores } from '../../flow/preview/confidence.js';
import type { PreviewRow } from '../../flow/preview/preview-rows.js';
import type { TargetPlace } from '../../flow/preview/target-place.js';
import type { HashedFrame } from '../../flow/request.js';
import type { FlowEvent } from '../../flow/state.js';
import { ConfidenceBadge } from '../components.js';
import { memo } from '../memo.js';
import { Thumbnail } from '../thumbnail.js';
import { Checkbox } from './controls.js';
import { CorrectButton } from './correction-view.js';

interface PreviewRowViewProps {
  row: PreviewRow;
  source: HashedFrame | undefined;
  isIncluded: boolean;
  isCorrecting: boolean;
  dispatch: (event: FlowEvent) => void;
}

/**
 * One item in one target: checkbox, both thumbnails, where it goes, confidence and reasons, and the way to correct it. A
 * click zooms to it on the canvas.
 */
export const PreviewRowView = memo(function PreviewRowView(props: PreviewRowViewProps) {
  const { row, source, isIncluded, isCorrecting, dispatch } = props;
  const { key, label, detail, target, targetBox, outcome } = row;
  const isMissing = outcome === 'none';
  return (
    <div class={isMissing ? 'row preview-row missing' : 'row preview-row'}>
      <Checkbox
        checked={isIncluded}
        disabled={isMissing}
        label={`Apply “${label}” to “${target.name}”`}
        onChange={(on) => dispatch({ type: 'include', keys: [key], on })}
      />
      <div class="row-body">
        <button
          type="button"
          class="row-main"
          data-key="Enter"
          title={`Zoom to it in “${target.name}”`}
          onClick={() => dispatch({ type: 'reveal', nodeId: target.nodeId, box: targetBox })}
        >
          <span class="pair">
            <Thumbnail frame={source} box={row.sourceBox} label={`“${label}” in the source`} />
            <Thumbnail frame={target} box={targetBox} label={`“${label}” in “${target.name}”`} />
          </span>
          <span class="row-text">
            <span class="row-label" title={`${label}, ${detail}`}>
              <bdi>{label}</bdi>
            </span>
            <RowPlace row={row} />
            <RowMatch row={row} />
          </span>
        </button>
        {canCorrect(row) ? (
          <CorrectButton row={key} label={correctLabel(row)} isCorrecting={isCorrecting} dispatch={dispatch} />
        ) : null}
      </div>
    </div>
  );
});

/** A target without layers offers no other one. */
function canCorrect({ placement, isFlat }: PreviewRow): boolean {
  return (placement.kind === 'layer' || placement.kind === 'overlay') && !isFlat;
}

function correctLabel({ outcome, placement }: PreviewRow): string {
  if (placement.kind === 'overlay') return outcome === 'none' ? 'Choose place' : 'Wrong place?';
  return outcome === 'place' ? 'Wrong layer?' : 'Choose layer';
}

/** The layer that gets the item, and where that is. */
function RowPlace({ row: { place, outcome, placement, isFlat } }: { row: PreviewRow }) {
  if (place === null || outcome === 'none') return <span class="row-reason">No match in this frame</span>;
  const { layer, path, position } = place;
  if (outcome === 'note') {
    const reason = isFlat ? 'No layers here' : 'No matching layer';
    return (
      <span class="row-reason">
        {reason}: adds a note on the canvas for {wordsOf(place)}
      </span>
    );
  }
  return (
    <>
      <span class="row-target" title={[...path, layer ?? ''].join(' › ')}>
        {placement.kind === 'overlay' ? 'On ' : '→ '}
        <bdi>{layer ?? 'the frame'}</bdi>
      </span>
      <span class="row-reason row-path">{[path.join(' › '), position].filter((part) => part !== '').join(' · ')}</span>
    </>
  );
}

/** `“Card”, top right` */
function wordsOf({ layer, position }: TargetPlace): string {
  return layer === null ? `the ${position}` : `“${layer}”, ${position}`;
}

/** How sure the place is, and why. */
function RowMatch({ row: { outcome, confidence, placement, isCorrected, changedTo } }: { row: PreviewRow }) {
  return (
    <>
      {changedTo === null ? null : (
        <span class="row-conflict">
          Changed here since the last run: “<bdi>{changedTo}</bdi>”. Select to add the source’s annotation, too.
        </span>
      )}
      {isCorrected ? (
        <span class="row-match">
          <span class="badge corrected">Corrected by you</span>
        </span>
      ) : outcome === 'none' ? null : (
        <span class="row-match">
          <ConfidenceBadge confidence={confidence} />
          <span class="row-reason" title={evidenceScores(placement.evidence)}>
            {evidenceLabel(placement.evidence)}
          </span>
        </span>
      )}
    </>
  );
}
