import type { FrameSummary } from '../../shared/messages.js';
import { count } from '../../shared/text.js';
import { COMMAND_FLOWS } from '../flow/commands.js';
import { withOverlays, withTargets } from '../flow/pick.js';
import type { Flow, FlowEvent } from '../flow/state.js';
import { PickCard, PickList } from './pick-list.js';

export interface SectionProps {
  flow: Flow;
  dispatch: (event: FlowEvent) => void;
}

export function frameCard(
  frame: FrameSummary,
  removeLabel: string,
  onRemove: () => void,
  dispatch: SectionProps['dispatch'],
) {
  return (
    <PickCard
      key={frame.nodeId}
      kind="frame"
      name={frame.name}
      detail={detailOf(frame)}
      blocked={frame.blocked}
      removeLabel={removeLabel}
      onRemove={onRemove}
      onReveal={() => dispatch({ type: 'reveal', nodeId: frame.nodeId, box: null })}
    />
  );
}

function detailOf(frame: FrameSummary): string {
  const size = `${Math.round(frame.width)} × ${Math.round(frame.height)}`;
  return frame.annotations === 0 ? size : `${size} · ${count(frame.annotations, 'annotation')}`;
}

/** The only selected frame, if it is not picked in this place yet. */
function candidateOf({ selection: { frames } }: Flow, picked: FrameSummary | null): FrameSummary | null {
  const [only] = frames;
  return frames.length === 1 && only !== undefined && only.nodeId !== picked?.nodeId ? only : null;
}

export function SourceList({ flow, dispatch }: SectionProps) {
  const { source, targets } = flow.picks;
  const { labels } = COMMAND_FLOWS[flow.command];
  const { frames } = flow.selection;
  const candidate = candidateOf(flow, source);
  const isTaken = source !== null && targets.some(({ nodeId }) => nodeId === candidate?.nodeId);
  const isOther = candidate !== null && candidate.nodeId === flow.picks.after?.nodeId;
  const role = labels.source.toLowerCase();
  return (
    <PickList
      title={labels.source}
      empty={labels.selectSource}
      cards={
        source === null
          ? []
          : [frameCard(source, `Remove ${role}`, () => dispatch({ type: 'pick.source', frame: null }), dispatch)]
      }
      hint={
        source === null && frames.length > 1
          ? `${frames.length} frames are selected. Select only the ${flow.command === 'transfer-difference' ? 'frame before the edits' : 'source frame'}.`
          : undefined
      }
      add={
        candidate === null || isTaken || isOther
          ? null
          : {
              label: `Use “${candidate.name}” as ${role}`,
              onClick: () => dispatch({ type: 'pick.source', frame: candidate }),
            }
      }
    />
  );
}

/** The second version of the source. */
export function AfterList({ flow, dispatch }: SectionProps) {
  const { source, after, targets } = flow.picks;
  const candidate = candidateOf(flow, after);
  const isTaken = [source, ...(after === null ? [] : targets)].some((frame) => frame?.nodeId === candidate?.nodeId);
  return (
    <PickList
      title={flow.command === 'propagate-pictures' ? 'Edited version' : 'After'}
      empty={COMMAND_FLOWS[flow.command].labels.selectAfter ?? 'Select the frame after the edits.'}
      cards={
        after === null
          ? []
          : [frameCard(after, 'Remove after', () => dispatch({ type: 'pick.after', frame: null }), dispatch)]
      }
      add={
        candidate === null || isTaken
          ? null
          : {
              label: `Use “${candidate.name}” as after`,
              onClick: () => dispatch({ type: 'pick.after', frame: candidate }),
            }
      }
      {...(source === null || after === null
        ? {}
        : { extra: { label: 'Swap before and after', onClick: () => dispatch({ type: 'pick.swap' }) } })}
    />
  );
}

export function TargetList({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const own = new Set(picks.layers.flatMap(({ nodeId, ancestorIds }) => [nodeId, ...ancestorIds]));
  const frames = selection.frames.filter(({ nodeId }) => !own.has(nodeId));
  const added = withTargets(picks, frames).targets.slice(picks.targets.length);
  const [only] = added;
  return (
    <PickList
      title="Targets"
      empty={COMMAND_FLOWS[flow.command].labels.selectTargets}
      cards={picks.targets.map((target) =>
        frameCard(
          target,
          `Remove target “${target.name}”`,
          () => dispatch({ type: 'pick.remove-target', nodeId: target.nodeId }),
          dispatch,
        ),
      )}
      add={
        only === undefined
          ? null
          : {
              label:
                added.length === 1 ? `Add “${only.name}” as target` : `Add ${added.length} selected frames as targets`,
              onClick: () => dispatch({ type: 'pick.targets', frames: added }),
            }
      }
    />
  );
}

export function OverlayList({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const added = withOverlays(picks, selection.overlays).overlays.slice(picks.overlays.length);
  const [only] = added;
  return (
    <PickList
      title="Layers"
      empty={
        COMMAND_FLOWS[flow.command].labels.selectOverlays ?? 'Select callouts, stickers or arrows on the source frame.'
      }
      cards={picks.overlays.map((overlay) => (
        <PickCard
          key={overlay.nodeId}
          kind="layer"
          name={overlay.name}
          detail={overlay.type.toLowerCase().replaceAll('_', ' ')}
          blocked={null}
          removeLabel={`Remove layer “${overlay.name}”`}
          onRemove={() => dispatch({ type: 'pick.remove-overlay', nodeId: overlay.nodeId })}
          onReveal={() => dispatch({ type: 'reveal', nodeId: overlay.nodeId, box: null })}
        />
      ))}
      add={
        only === undefined
          ? null
          : {
              label: added.length === 1 ? `Add layer “${only.name}”` : `Add ${added.length} selected layers`,
              onClick: () => dispatch({ type: 'pick.overlays', overlays: added }),
            }
      }
    />
  );
}
