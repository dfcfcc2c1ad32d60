import { SamepointError } from '@samepoint/shared-protocol';
import { Command, CommanderError } from 'commander';
import { explained, nativeFailure } from '../native-parts.js';
import { explainDisk } from '../write-failure.js';
import { COMMANDS } from './command-list.js';
import { EXIT_CODES, exitCodeOf } from './exit-codes.js';
import { packageVersion } from './host-info.js';

const DETAILS = `
Examples:
  samepoint
      serve the Figma plugin; same as samepoint start
  samepoint start --background
      the same without a window; samepoint stop ends it
  samepoint plugin
      install the Figma plugin, and print how to import it
  samepoint demo
      try every command on sample screens, in a new folder
  samepoint match home.png dark.png --points "120,80 642,472"
      find two points of home.png in dark.png
  samepoint match home.png dark.png german.png --boxes "40,180,670,96" --out matches
      find a box in two images and draw the matches
  samepoint inspect home.png dark.png --point 642,472 --out heat.png
      show the candidates for a point
  samepoint track frames --mask first.png --out masks
      propagate the mask of the first frame to all other frames
  samepoint warp home.png dark.png german.png --edit sticker.png --out warped
      apply an edit of home.png to two other images
  samepoint align before.png after.png --out aligned
      align two images and show the differences

Exit codes:
  0 done; 1 failed; 2 invalid arguments or input, including missing files;
  3 some images were refused, because no match is reliable; the others are done (status: not running);
  5 a model or checkpoint is damaged or does not fit the network
`;

const program = new Command('samepoint')
  .description('Find the same point in every other image.')
  .version(packageVersion(), '-V, --version', 'print the version')
  .addHelpText('after', DETAILS);

handleStdioErrors();
try {
  // without a command, the daemon starts
  const [name = 'start', ...rest] = process.argv.slice(2);
  await addCommands(name);
  await program.parseAsync([name, ...rest], { from: 'user' });
} catch (thrown) {
  process.exitCode = report(thrown);
}

/** Adds the named command, or every command that loads on this computer for the list in the help. */
async function addCommands(name: string): Promise<void> {
  const isKnown = Object.hasOwn(COMMANDS, name);
  const chosen = Object.entries(COMMANDS).filter(([command]) => !isKnown || command === name);
  const loaded = await Promise.allSettled(chosen.map(([, load]) => load()));
  for (const command of loaded) {
    if (command.status === 'fulfilled') program.addCommand(command.value);
    else if (isKnown) throw notLoadable(name, command.reason);
  }
  const nested = program.commands.flatMap(({ commands }) => commands);
  for (const command of [program, ...program.commands, ...nested]) {
    command.exitOverride().helpOption('-h, --help', 'print this help');
    if (command.commands.length > 0) command.helpCommand('help [command]', 'print help for a command');
  }
}

function notLoadable(name: string, cause: unknown): SamepointError {
  if (nativeFailure(cause) !== undefined) return explained(cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SamepointError(
    'INTERNAL',
    `The command ${name} cannot be loaded: ${reason.replace(/[.\s]+$/, '')}.`,
    'Run samepoint doctor to find out what is missing.',
  );
}

/** Prints the error message and its hint. @returns the exit code */
function report(thrown: unknown): number {
  // commander has printed its message already
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_CODES.badInput;
  const error = explained(explainDisk(thrown));
  process.stderr.write(`samepoint: ${error.message} ${error.hint}\n`);
  return exitCodeOf(error.code);
}

type Output = NodeJS.WriteStream & { fd: 1 | 2 };

/**
 * Handles errors of standard output and error, for which Node prints a stack trace by default. A closed pipe (`| head`) is not
 * a failure: files are still written. Any other error, such as a full disk, sets exit code 1.
 */
export function handleStdioErrors(): void {
  for (const output of [process.stdout, process.stderr] as const)
    output.on('error', (error) => handleOutputError(output, error));
}

function handleOutputError({ fd }: Output, { code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return;
  // on exit, because the command may still set its own exit code
  process.once('exit', () => {
    process.exitCode = EXIT_CODES.failed;
    if (fd === process.stdout.fd) {
      process.stderr.write(
        `samepoint: The output cannot be written (${code ?? message}). Check the free space of its disk.\n`,
      );
    }
  });
}
