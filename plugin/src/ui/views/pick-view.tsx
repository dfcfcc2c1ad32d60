import type { FrameSummary, Problem } from '../../shared/messages.js';
import { missingPick, withOverlays, withTargets } from '../flow/flow-pick.js';
import type { Flow, FlowEvent } from '../flow/flow-state.js';
import { randomId } from '../flow/random-id.js';
import { count } from '../format.js';
import { BackendSection } from './backend-section.js';
import { Button } from './button.js';
import { FrameCard } from './frame-card.js';
import { ProblemNotice } from './notice.js';
import { PickSection } from './pick-section.js';
import { Screen } from './screen.js';

interface PickViewProps {
  flow: Flow;
  problem: Problem | null;
  dispatch: (event: FlowEvent) => void;
  /** The state of the connection in a word or two. */
  status: { words: string; online: boolean };
}

/** The first screen: which frame to copy from, which to copy to, and for layers which layers. */
export function PickView({ flow, problem, dispatch, status }: PickViewProps) {
  const missing = missingPick(flow);
  const ready = missing === null && status.online;
  return (
    <Screen
      title={flow.command === 'transfer-annotations' ? 'Transfer annotations' : 'Transfer layers'}
      footer={
        <>
          <p class="footer-words" id="go-words">
            <span class={status.online ? 'dot online' : 'dot'} aria-hidden="true" />
            <span class="ellipsis">{status.online ? (missing ?? status.words) : status.words}</span>
          </p>
          <Button
            look="primary"
            wide
            disabled={!ready}
            describedBy="go-words"
            onClick={() => dispatch({ type: 'go', jobId: randomId() })}
          >
            Find matches
          </Button>
        </>
      }
    >
      {problem === null ? null : <ProblemNotice problem={problem} />}
      <SourceSection flow={flow} dispatch={dispatch} />
      {flow.command === 'transfer-layers' ? <OverlaySection flow={flow} dispatch={dispatch} /> : null}
      <TargetSection flow={flow} dispatch={dispatch} />
      <BackendSection flow={flow} dispatch={dispatch} />
    </Screen>
  );
}

type SectionProps = Pick<PickViewProps, 'flow' | 'dispatch'>;

function detailOf(frame: FrameSummary): string {
  const size = `${Math.round(frame.width)} × ${Math.round(frame.height)}`;
  return frame.annotations === 0 ? size : `${size} · ${count(frame.annotations, 'annotation')}`;
}

function frameCard(frame: FrameSummary, removeLabel: string, onRemove: () => void, dispatch: SectionProps['dispatch']) {
  return (
    <FrameCard
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

function SourceSection({ flow, dispatch }: SectionProps) {
  const { source } = flow.picks;
  const { frames } = flow.selection;
  const [only] = frames;
  const candidate = frames.length === 1 && only !== undefined && only.nodeId !== source?.nodeId ? only : null;
  return (
    <PickSection
      title="Source"
      empty={
        flow.command === 'transfer-annotations'
          ? 'Select the annotated frame on the canvas.'
          : 'Select the frame that the layers belong to.'
      }
      cards={
        source === null
          ? []
          : [frameCard(source, 'Remove the source', () => dispatch({ type: 'pick.source', frame: null }), dispatch)]
      }
      remark={
        source === null && frames.length > 1
          ? `${frames.length} frames are selected. Select only the one to copy from.`
          : undefined
      }
      add={
        candidate === null || (source !== null && flow.picks.targets.some((it) => it.nodeId === candidate.nodeId))
          ? null
          : {
              label: `Use “${candidate.name}” as source`,
              onClick: () => dispatch({ type: 'pick.source', frame: candidate }),
            }
      }
    />
  );
}

function TargetSection({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const added = withTargets(picks, selection.frames).targets.slice(picks.targets.length);
  const [only] = added;
  return (
    <PickSection
      title="Targets"
      empty="Select the frames to copy to, as many as you like."
      cards={picks.targets.map((target) =>
        frameCard(
          target,
          `Remove target ${target.name}`,
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

function OverlaySection({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const added = withOverlays(picks, selection.overlays).overlays.slice(picks.overlays.length);
  const [only] = added;
  return (
    <PickSection
      title="Layers"
      empty="Select callouts, stickers or arrows on the source."
      cards={picks.overlays.map((overlay) => (
        <FrameCard
          key={overlay.nodeId}
          kind="layer"
          name={overlay.name}
          detail={overlay.type.toLowerCase().replaceAll('_', ' ')}
          blocked={null}
          removeLabel={`Remove layer ${overlay.name}`}
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
