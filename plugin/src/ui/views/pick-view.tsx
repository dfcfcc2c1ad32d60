import type { Backend } from '@samepoint/shared-protocol';
import type { FrameSummary, Problem } from '../../shared/messages.js';
import { count, fileSize } from '../../shared/text.js';
import { missingPick, withOverlays, withTargets } from '../flow/pick.js';
import { chooseBackend } from '../flow/request.js';
import type { Flow, FlowEvent } from '../flow/state.js';
import { Button, ProblemNotice, Screen } from './components.js';
import { PickCard, PickList } from './pick-list.js';

interface PickViewProps {
  flow: Flow;
  problem: Problem | null;
  dispatch: (event: FlowEvent) => void;
  /** The connection state. */
  status: { label: string; online: boolean };
}

/** The first screen: source, targets and, for layers, the layers to transfer. */
export function PickView({ flow, problem, dispatch, status }: PickViewProps) {
  const missing = missingPick(flow);
  return (
    <Screen
      title={flow.command === 'transfer-annotations' ? 'Transfer annotations' : 'Transfer layers'}
      footer={
        <>
          <p class="footer-text" id="start-status">
            <span class={status.online ? 'dot online' : 'dot'} aria-hidden="true" />
            <span class="ellipsis">{status.online ? (missing ?? status.label) : status.label}</span>
          </p>
          <Button
            look="primary"
            wide
            disabled={missing !== null || !status.online}
            describedBy="start-status"
            onClick={() => dispatch({ type: 'start', jobId: randomId() })}
          >
            Find matches
          </Button>
        </>
      }
    >
      {problem === null ? null : <ProblemNotice problem={problem} />}
      <SourceList flow={flow} dispatch={dispatch} />
      {flow.command === 'transfer-layers' ? <OverlayList flow={flow} dispatch={dispatch} /> : null}
      <TargetList flow={flow} dispatch={dispatch} />
      <BackendSection flow={flow} dispatch={dispatch} />
    </Screen>
  );
}

type SectionProps = Pick<PickViewProps, 'flow' | 'dispatch'>;

/** 128 random bits in hex. `crypto.randomUUID` is missing in iframes without a secure context. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function frameCard(frame: FrameSummary, removeLabel: string, onRemove: () => void, dispatch: SectionProps['dispatch']) {
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

function SourceList({ flow, dispatch }: SectionProps) {
  const { source, targets } = flow.picks;
  const { frames } = flow.selection;
  const [only] = frames;
  const candidate = frames.length === 1 && only !== undefined && only.nodeId !== source?.nodeId ? only : null;
  const isTarget = source !== null && targets.some(({ nodeId }) => nodeId === candidate?.nodeId);
  return (
    <PickList
      title="Source"
      empty={
        flow.command === 'transfer-annotations'
          ? 'Select a frame with annotations on the canvas.'
          : 'Select the frame with the layers to transfer.'
      }
      cards={
        source === null
          ? []
          : [frameCard(source, 'Remove source', () => dispatch({ type: 'pick.source', frame: null }), dispatch)]
      }
      hint={
        source === null && frames.length > 1
          ? `${frames.length} frames are selected. Select only the source frame.`
          : undefined
      }
      add={
        candidate === null || isTarget
          ? null
          : {
              label: `Use “${candidate.name}” as source`,
              onClick: () => dispatch({ type: 'pick.source', frame: candidate }),
            }
      }
    />
  );
}

function TargetList({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const added = withTargets(picks, selection.frames).targets.slice(picks.targets.length);
  const [only] = added;
  return (
    <PickList
      title="Targets"
      empty="Select one or more frames to transfer to."
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

function OverlayList({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const added = withOverlays(picks, selection.overlays).overlays.slice(picks.overlays.length);
  const [only] = added;
  return (
    <PickList
      title="Layers"
      empty="Select callouts, stickers or arrows on the source frame."
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

/** The model that compares the frames; shown if the daemon offers more than one. */
function BackendSection({ flow, dispatch }: SectionProps) {
  const { backends } = flow.daemon;
  if (backends.length < 2) return null;
  return (
    <section class="section" aria-label="Model">
      <h2>Model</h2>
      <select
        class="select"
        aria-label="Model for comparing frames"
        value={chooseBackend(backends, flow.backend)?.id}
        onChange={({ currentTarget }) => dispatch({ type: 'pick.backend', id: currentTarget.value })}
      >
        {backends.map((backend) => (
          <option key={backend.id} value={backend.id}>
            {backendLabel(backend)}
          </option>
        ))}
      </select>
    </section>
  );
}

function backendLabel({ title, state, download }: Backend): string {
  if (state !== 'missing') return title;
  return download === undefined ? `${title} (not downloaded)` : `${title} (up to ${fileSize(download.bytes)} download)`;
}
