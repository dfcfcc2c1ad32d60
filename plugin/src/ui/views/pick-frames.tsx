import type { FrameSummary } from '../../shared/messages.js';
import { proposePicks } from '../../shared/propose-picks.js';
import { count } from '../../shared/text.js';
import { COMMAND_FLOWS } from '../flow/commands.js';
import { withOverlays, withTargets } from '../flow/pick.js';
import { blockedTargets, swapPartner } from '../flow/picks.js';
import type { AlikeFrames, Flow, FlowEvent } from '../flow/state.js';
import { type PickAction, PickList, type PickRow } from './pick-list.js';

export interface SectionProps {
  flow: Flow;
  dispatch: (event: FlowEvent) => void;
}

/** The row of a picked frame. */
function frameRow(frame: FrameSummary, removeLabel: string, onRemove: () => void): PickRow {
  const { nodeId, name, blocked } = frame;
  return { nodeId, name, blocked, kind: 'frame', detail: detailOf(frame), removeLabel, onRemove };
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
  const { labels, picks } = COMMAND_FLOWS[flow.command];
  const { frames } = flow.selection;
  const candidate = candidateOf(flow, source);
  const isTaken = source !== null && targets.some(({ nodeId }) => nodeId === candidate?.nodeId);
  const isOther = candidate !== null && candidate.nodeId === flow.picks.after?.nodeId;
  const role = labels.source.toLowerCase();
  const isBefore = picks.includes('after') && labels.source === 'Before';
  return (
    <PickList
      title={labels.source}
      empty={labels.selectSource}
      rows={
        source === null
          ? []
          : [frameRow(source, `Remove ${role}`, () => dispatch({ type: 'pick.source', frame: null }))]
      }
      hint={
        source === null && frames.length > 1 && proposePicks(flow.command, flow.selection) === null
          ? `${frames.length} frames are selected. Select only the ${isBefore ? 'frame before the edits' : 'source frame'}.`
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
      thumbnails={flow.thumbnails}
      dispatch={dispatch}
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
      rows={
        after === null ? [] : [frameRow(after, 'Remove after', () => dispatch({ type: 'pick.after', frame: null }))]
      }
      add={
        candidate === null || isTaken
          ? null
          : {
              label: `Use “${candidate.name}” as after`,
              onClick: () => dispatch({ type: 'pick.after', frame: candidate }),
            }
      }
      extras={
        swapPartner(flow) === 'after'
          ? [{ label: 'Swap before and after', onClick: () => dispatch({ type: 'pick.swap' }) }]
          : []
      }
      thumbnails={flow.thumbnails}
      dispatch={dispatch}
    />
  );
}

export function TargetList({ flow, dispatch }: SectionProps) {
  const { picks, state } = flow;
  const blocked = blockedTargets(picks).length;
  const alike = alikeActions(flow, dispatch);
  const swap = { label: 'Swap source and target', onClick: () => dispatch({ type: 'pick.swap' }) };
  return (
    <PickList
      title="Targets"
      empty={COMMAND_FLOWS[flow.command].labels.selectTargets}
      rows={picks.targets.map((target) =>
        frameRow(target, `Remove target “${target.name}”`, () =>
          dispatch({ type: 'pick.remove-target', nodeId: target.nodeId }),
        ),
      )}
      hint={blocked === 0 ? undefined : `${count(blocked, 'target is', 'targets are')} left out of the run.`}
      add={addTargets(flow, dispatch)}
      extras={[...(swapPartner(flow) === 'target' ? [swap] : []), ...alike]}
      status={state.name === 'pick' && state.alike !== undefined ? alike.map(({ label }) => label).join('. ') : ''}
      thumbnails={flow.thumbnails}
      dispatch={dispatch}
    />
  );
}

/** Adds the selected frames that are not picked yet; null for none. */
function addTargets({ picks, selection }: Flow, dispatch: SectionProps['dispatch']): PickAction | null {
  const own = new Set(picks.layers.flatMap(({ nodeId, ancestorIds }) => [nodeId, ...ancestorIds]));
  const frames = selection.frames.filter(({ nodeId }) => !own.has(nodeId));
  const added = withTargets(picks, frames).targets.slice(picks.targets.length);
  const [only] = added;
  if (only === undefined) return null;
  const label = added.length === 1 ? `Add “${only.name}” as target` : `Add ${added.length} selected frames as targets`;
  return { label, onClick: () => dispatch({ type: 'pick.targets', frames: added }) };
}

/** Looks for frames that look like the source, then adds those that are found. */
function alikeActions({ picks, state }: Flow, dispatch: SectionProps['dispatch']): PickAction[] {
  const { source } = picks;
  const alike = state.name === 'pick' ? state.alike : undefined;
  if (source === null) return [];
  const find = () => dispatch({ type: 'pick.find-alike' });
  if (alike === undefined) return [{ label: `Find frames like “${source.name}” on this page`, onClick: find }];
  if (alike === 'searching') return [{ label: 'Looking for frames…', onClick: find }];
  const groups = alikeGroups(picks, alike, source);
  if (groups.length === 0) return [{ label: 'No other frame on this page looks like the source', onClick: find }];
  return groups.map(({ frames, label }) => ({ label, onClick: () => dispatch({ type: 'pick.targets', frames }) }));
}

/** Frames of both groups are in each of them. */
function alikeGroups(picks: Flow['picks'], { byName, bySize }: AlikeFrames, source: FrameSummary) {
  const unpicked = (frames: readonly FrameSummary[]) => withTargets(picks, frames).targets.slice(picks.targets.length);
  const [named, sized] = [unpicked(byName), unpicked(bySize)];
  const size = `${Math.round(source.width)} × ${Math.round(source.height)}`;
  const isSame = named.length === sized.length && named.every((frame) => sized.includes(frame));
  return [
    { frames: named, label: `Add ${count(named.length, 'frame')} with a name like the source’s` },
    { frames: isSame ? [] : sized, label: `Add ${count(sized.length, 'frame')} of the same size, ${size}` },
  ].filter(({ frames }) => frames.length > 0);
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
      rows={picks.overlays.map(({ nodeId, name, type }) =>
        layerRow({ nodeId, name, type }, () => dispatch({ type: 'pick.remove-overlay', nodeId })),
      )}
      add={
        only === undefined
          ? null
          : {
              label: added.length === 1 ? `Add layer “${only.name}”` : `Add ${added.length} selected layers`,
              onClick: () => dispatch({ type: 'pick.overlays', overlays: added }),
            }
      }
      thumbnails={flow.thumbnails}
      dispatch={dispatch}
    />
  );
}

/** The row of a picked layer. */
export function layerRow(
  { nodeId, name, type }: { nodeId: string; name: string; type: string },
  onRemove: () => void,
): PickRow {
  const detail = type.toLowerCase().replaceAll('_', ' ');
  return { nodeId, name, detail, blocked: null, kind: 'layer', removeLabel: `Remove layer “${name}”`, onRemove };
}
