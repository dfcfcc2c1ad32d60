import { COMMANDS, type Command, DEV_MODE_COMMANDS, type Editor } from '../../shared/messages.js';
import { COMMAND_FLOWS } from '../flow/commands.js';
import type { FlowEvent } from '../flow/state.js';
import { Screen } from './components.js';

interface HomeViewProps {
  editor: Editor;
  dispatch: (event: FlowEvent) => void;
}

/** The commands, where Figma shows no menu of them. In Dev Mode those that run there, and how to get to the others. */
export function HomeView({ editor, dispatch }: HomeViewProps) {
  const isAvailable = (command: Command) => editor !== 'dev' || DEV_MODE_COMMANDS.has(command);
  const others = COMMANDS.filter((command) => !isAvailable(command));
  return (
    <Screen title="Samepoint" bar={<h1>Samepoint</h1>}>
      <ul class="section" aria-label="Commands">
        {COMMANDS.filter(isAvailable).map((command) => (
          <li key={command}>
            <button type="button" class="menu-item" onClick={() => dispatch({ type: 'command', command })}>
              {COMMAND_FLOWS[command].title}
            </button>
          </li>
        ))}
      </ul>
      {others.length === 0 ? null : (
        <section class="section" aria-label="In Design">
          <h2>In Design</h2>
          <p class="secondary-text">
            Dev Mode lets plugins write annotations and measurements only. Switch to Design for:{' '}
            {others.map((command) => COMMAND_FLOWS[command].title).join(', ')}.
          </p>
        </section>
      )}
    </Screen>
  );
}
