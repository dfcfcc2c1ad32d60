import type { FlowEvent, Step } from '../flow/flow-state.js';
import { progressOf, type WorkStep } from '../flow/work-progress.js';
import { count } from '../format.js';
import { Button } from './button.js';
import { ProgressBar } from './progress-bar.js';
import { Screen } from './screen.js';

interface WorkViewProps {
  step: Extract<Step, { name: WorkStep }>;
  targets: number;
  connected: boolean;
  dispatch: (event: FlowEvent) => void;
}

const STEPS: readonly { name: WorkStep; words: string }[] = [
  { name: 'exporting', words: 'Export the frames' },
  { name: 'sending', words: 'Hand them to Samepoint' },
  { name: 'running', words: 'Find the matches' },
];

/** What is happening, how far it is, and a way out. */
export function WorkView({ step, targets, connected, dispatch }: WorkViewProps) {
  const at = STEPS.findIndex(({ name }) => name === step.name);
  const { label, share } = progressOf(step, connected);
  return (
    <Screen
      title="Finding matches"
      footer={
        <Button wide onClick={() => dispatch({ type: 'cancel' })}>
          Cancel
        </Button>
      }
    >
      <div class="work">
        <h1>Finding matches in {count(targets, 'frame')}</h1>
        <ol class="steps">
          {STEPS.map(({ name, words }, index) => (
            <li
              key={name}
              class={index < at ? 'step past' : index === at ? 'step now' : 'step'}
              {...(index === at ? { 'aria-current': 'step' } : {})}
            >
              <span class="step-mark" aria-hidden="true" />
              {words}
            </li>
          ))}
        </ol>
        <ProgressBar label={label} share={share} />
        <p class="secondary-text">You can close the plugin. It goes on here when you open it again.</p>
      </div>
    </Screen>
  );
}
