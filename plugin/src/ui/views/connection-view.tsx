import type { ConnectionEvent } from '../connection/connection.js';
import type { Obstacle } from '../connection/gate.js';
import { problemForError } from '../connection/problem-for-error.js';
import { CopyCommand } from './copy-command.js';
import { MessageView } from './message-view.js';
import { PairView } from './pair-view.js';

interface ConnectionViewProps {
  obstacle: Obstacle;
  connect: (event: ConnectionEvent) => void;
}

const START_COMMAND = 'npx samepoint';
const UPDATE_COMMAND = 'git pull && npm start';

/** One screen for each thing that can stand between the plugin and the daemon. */
export function ConnectionView({ obstacle, connect }: ConnectionViewProps) {
  const retry = () => connect({ type: 'retry' });
  switch (obstacle.name) {
    case 'daemon-missing':
      return (
        <MessageView
          picture="computer"
          title="Start Samepoint"
          message="Samepoint compares your frames on this computer. Run this in a terminal, in the folder of Samepoint:"
          action={{ label: 'Try again', onClick: retry }}
        >
          <CopyCommand command={START_COMMAND} />
          <p class="secondary-text">The plugin connects by itself once it runs.</p>
        </MessageView>
      );
    case 'browser-blocked':
      return (
        <MessageView
          picture="window"
          title="Your browser blocks Samepoint"
          message="This browser does not let Figma reach programs on this computer."
          hint="Open the file in the Figma desktop app and start the plugin there."
          action={{ label: 'Try again', onClick: retry }}
        />
      );
    case 'not-paired':
    case 'pairing':
      return (
        <PairView
          error={obstacle.name === 'pairing' ? null : obstacle.error}
          busy={obstacle.name === 'pairing'}
          onPair={(code) => connect({ type: 'pair', code })}
        />
      );
    case 'version-mismatch':
      return obstacle.update === 'client' ? (
        <MessageView
          picture="versions"
          title="Update the plugin"
          message="Samepoint on this computer is newer than this plugin."
          hint="Close the plugin, update it in Figma, and open it again."
          action={{ label: 'Try again', onClick: retry }}
        />
      ) : (
        <MessageView
          picture="versions"
          title="Update Samepoint"
          message="Samepoint on this computer is older than this plugin. Stop it in the terminal, then run this in its folder:"
          action={{ label: 'Try again', onClick: retry }}
        >
          <CopyCommand command={UPDATE_COMMAND} />
        </MessageView>
      );
    case 'replaced':
      return (
        <MessageView
          picture="window"
          title="In use in another window"
          message="Samepoint was opened in another Figma window, and that one is connected now."
          action={{ label: 'Use it here', onClick: retry }}
        />
      );
    case 'refused': {
      const { title, message, hint } = problemForError(obstacle.error);
      return (
        <MessageView
          picture="warning"
          title={title}
          message={message}
          hint={hint}
          action={{ label: 'Connect again', onClick: retry }}
        />
      );
    }
  }
}
