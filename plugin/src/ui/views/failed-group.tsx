import type { FailedTarget } from '../flow/frame-problems.js';
import type { FlowEvent } from '../flow/state.js';
import { Button, ProblemNotice } from './components.js';

interface FailedGroupViewProps {
  target: FailedTarget;
  dispatch: (event: FlowEvent) => void;
}

/** A target that failed: why, and what to do. Screen readers announce it. */
export function FailedGroupView({ target: { nodeId, name, problem }, dispatch }: FailedGroupViewProps) {
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
        <Button
          look="quiet"
          label={`Show frame “${name}”`}
          onClick={() => dispatch({ type: 'reveal', nodeId, box: null })}
        >
          Show frame
        </Button>
      </div>
    </section>
  );
}
