import { useMemo, useState } from 'preact/hooks';
import type { Problem } from '../../../shared/messages.js';
import { count, percent, similarity } from '../../../shared/text.js';
import type { FailedTarget } from '../../flow/frame-problems.js';
import type { InspectOpen } from '../../flow/inspect/inspect-state.js';
import type { HashedFrame } from '../../flow/request.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { Button } from '../components.js';
import { FailedGroupView, ProblemGroup } from '../failed-group.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';
import { MatchRow } from './match-row.js';
import { PICTURE_HEIGHT_PX, TargetPicture } from './target-picture.js';

interface TargetListProps {
  flow: Flow;
  open: InspectOpen;
  /** Of the source, relative to the whole picture. */
  zoom: number;
  dispatch: (event: FlowEvent) => void;
}

type TargetItem = VirtualItem &
  (
    | { kind: 'failed'; target: FailedTarget }
    | { kind: 'problem'; target: HashedFrame; problem: Problem }
    | { kind: 'picture'; target: HashedFrame }
    | { kind: 'match'; target: HashedFrame; rank: number }
    | { kind: 'runners-up'; target: HashedFrame; amount: number }
  );

/** Expected heights of items in CSS pixels. */
const HEIGHTS = { failed: 130, picture: PICTURE_HEIGHT_PX + 72, match: 48, more: 32 } as const;

/** The targets: each with its picture, the best match, and the runners-up if they are shown. */
export function TargetList({ flow, open, zoom, dispatch }: TargetListProps) {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const isSingle = open.run.targets.length === 1;
  const items = useMemo(
    () => listItems(open, (id) => isSingle || expanded.has(id)),
    [open.run, open.results, open.problems, expanded],
  );
  const toggle = (id: string) => {
    const next = new Set(expanded);
    if (!next.delete(id)) next.add(id);
    setExpanded(next);
  };
  return (
    <VirtualList
      label="Matches in the targets"
      items={items}
      render={(item) => {
        const { nodeId } = item.target;
        switch (item.kind) {
          case 'failed':
            return <FailedGroupView target={item.target} dispatch={dispatch} />;
          case 'problem':
            return <ProblemView target={item.target} problem={item.problem} dispatch={dispatch} />;
          case 'picture':
            return <PictureItem flow={flow} open={open} target={item.target} zoom={zoom} dispatch={dispatch} />;
          case 'match': {
            const isChosen = chosenRank(open, nodeId) === item.rank;
            return (
              <MatchRow
                open={open}
                match={{ targetId: nodeId, rank: item.rank }}
                isChosen={isChosen}
                dispatch={dispatch}
              />
            );
          }
          case 'runners-up':
            return <RunnersUp item={item} isOpen={expanded.has(nodeId)} onClick={() => toggle(nodeId)} />;
        }
      }}
    />
  );
}

interface RunnersUpProps {
  item: Extract<TargetItem, { kind: 'runners-up' }>;
  isOpen: boolean;
  onClick: () => void;
}

/** Shows or hides the runners-up of a target. */
function RunnersUp({ item: { target, amount }, isOpen, onClick }: RunnersUpProps) {
  const text = `${isOpen ? 'Hide' : 'Show'} ${count(amount, 'runner-up', 'runners-up')}`;
  return (
    <div class="more-row">
      <Button look="quiet" label={`${text} in “${target.name}”`} onClick={onClick}>
        {text}
      </Button>
    </div>
  );
}

function listItems({ run, results, problems }: InspectOpen, isExpanded: (id: string) => boolean): TargetItem[] {
  const failed = run.failed.map((one): TargetItem => {
    return { kind: 'failed', key: `failed ${one.nodeId}`, target: one, estimatePx: HEIGHTS.failed };
  });
  const items = run.targets.flatMap((target): TargetItem[] => {
    const { nodeId: id } = target;
    const problem = problems.get(id);
    if (problem !== undefined) {
      return [{ kind: 'problem', key: `problem ${id}`, target, problem, estimatePx: HEIGHTS.failed }];
    }
    const amount = results.get(id)?.matches.length ?? 0;
    const shown = isExpanded(id) ? amount : Math.min(amount, 1);
    return [
      { kind: 'picture', key: `picture ${id}`, target, estimatePx: HEIGHTS.picture, isPassive: true },
      ...Array.from({ length: shown }, (_, rank): TargetItem => {
        return { kind: 'match', key: `match ${id} ${rank}`, target, rank, estimatePx: HEIGHTS.match };
      }),
      ...(amount < 2 || run.targets.length === 1
        ? []
        : [{ kind: 'runners-up', key: `more ${id}`, target, amount: amount - 1, estimatePx: HEIGHTS.more } as const]),
    ];
  });
  return [...failed, ...items];
}

function chosenRank({ chosen }: InspectOpen, targetId: string): number {
  return chosen?.targetId === targetId ? chosen.rank : 0;
}

interface PictureItemProps extends TargetListProps {
  target: HashedFrame;
}

function PictureItem({ flow, open, target, zoom, dispatch }: PictureItemProps) {
  const found = open.results.get(target.nodeId) ?? null;
  const isSelf = target.nodeId === open.run.source.nodeId;
  return (
    <section class="target" aria-label={target.name}>
      <h2 class="target-heading">
        <span class="ellipsis" title={target.name}>
          {isSelf ? `“${target.name}”, the source itself` : target.name}
        </span>
        <span class="amount">{stateOf(open, target)}</span>
      </h2>
      <TargetPicture
        target={target}
        found={found}
        chosen={chosenRank(open, target.nodeId)}
        zoom={zoom}
        preferences={flow.preferences}
        dispatch={dispatch}
      />
      {found !== null && isDoubtful(found.matches[0]?.confidence, flow) ? (
        <p class="secondary-text target-note">
          No match is {percent(flow.preferences.threshold)} confident: it may not be in this frame.
        </p>
      ) : null}
    </section>
  );
}

function isDoubtful(confidence: number | undefined, { preferences }: Flow): boolean {
  return confidence === undefined || confidence < preferences.threshold;
}

/** What is going on with a target; empty if its matches are those of the point. */
function stateOf({ job, results, point, changed }: InspectOpen, { nodeId }: HashedFrame): string {
  if (changed.has(nodeId)) return 'Changed since the export';
  const number = results.get(nodeId)?.number;
  if (job?.targetId === nodeId && job.job.phase === 'running' && job.job.progress !== null) {
    const { stage, done, total } = job.job.progress;
    return stage === 'matching' ? 'Searching…' : `Analyzing, ${done} of ${total}`;
  }
  if (number === undefined) return job?.targetId === nodeId ? 'Searching…' : 'Waiting…';
  return number < point.number ? 'Searching…' : '';
}

interface ProblemViewProps {
  target: HashedFrame;
  problem: Problem;
  dispatch: (event: FlowEvent) => void;
}

/** A target that the daemon cannot search; the others can be. */
function ProblemView({ target: { nodeId, name }, problem, dispatch }: ProblemViewProps) {
  const onClick = () => dispatch({ type: 'inspect.try-again', targetId: nodeId });
  const action = { text: 'Try again', label: `Try again with “${name}”`, onClick };
  return <ProblemGroup name={name} problem={problem} action={action} />;
}

/** The best matches in words, for screen readers; empty while the point moves or a target is not searched yet. */
export function resultsInWords({ run, results, point, problems, isMoving }: InspectOpen): string {
  const searched = run.targets.filter(({ nodeId }) => !problems.has(nodeId));
  if (isMoving || searched.some(({ nodeId }) => results.get(nodeId)?.number !== point.number)) return '';
  const best = searched.map(({ nodeId, name }) => {
    const match = results.get(nodeId)?.matches[0];
    if (match === undefined) return `“${name}”: no match`;
    return `“${name}”: similarity ${similarity(match.similarity)}, confidence ${percent(match.confidence)}`;
  });
  return best.slice(0, SPOKEN_TARGETS).join('. ');
}

/** So many targets are spoken; the others are in the list. */
const SPOKEN_TARGETS = 3;
