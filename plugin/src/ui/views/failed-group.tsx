import type { Problem } from '../../shared/messages.js';
import type { FailedTarget } from '../flow/frame-problems.js';
import type { FlowEvent } from '../flow/state.js';
import { Button, ProblemNotice } from './components.js';

interface FailedGroupViewProps {
  target: FailedTarget;
  dispatch: (event: FlowEvent) => void;
}

/** A target that failed: why, and the way to it on the canvas. */
export function FailedGroupView({ target: { nodeId, name, problem }, dispatch }: FailedGroupViewProps) {
  const onClick = () => dispatch({ type: 'reveal', nodeId, box: null });
  return (
    <ProblemGroup {...{ name, problem }} action={{ text: 'Show frame', label: `Show frame “${name}”`, onClick }} />
  );
}

interface ProblemGroupProps {
  /** Of the frame. */
  name: string;
  problem: Problem;
  action: { text: string; label: string; onClick: () => void };
}

/** A frame that failed: why, and what to do. Screen readers announce it. */
export function ProblemGroup({ name, problem, action: { text, label, onClick } }: ProblemGroupProps) {
  return (
    <section class="group failed" aria-label={name}>
      <h2 class="group-heading">
        <span class="ellipsis" title={name}>
          {name}
        </span>
        <span class="badge low">Failed</span>
      </h2>
      <div class="group-problem">
        <ProblemNotice problem={problem} />
        <Button look="quiet" label={label} onClick={onClick}>
          {text}
        </Button>
      </div>
    </section>
  );
}
