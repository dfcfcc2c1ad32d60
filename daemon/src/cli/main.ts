import { SamepointError } from '@samepoint/shared-protocol';
import { Command, CommanderError } from 'commander';
import { EXIT_CODES, exitCodeOf } from './exit-codes.js';
import { packageVersion } from './host-info.js';

const DETAILS = `
Examples:
  samepoint
      serve the Figma plugin; the same as samepoint start
  samepoint match home.png dark.png --points "120,80 300,412"
      where are these two points in dark.png?
  samepoint match home.png a.png b.png --boxes "24,90,327,48" --out matches
      where is this box in two others? Draw it, too.
  samepoint inspect home.png dark.png --point 120,80 --out heat.png
      where else might this point be?
  samepoint track frames --mask first.png --out masks
      carry the mask of the first frame to all others
  samepoint warp home.png a.png b.png --edit sticker.png --out warped
      carry what was drawn over home.png into two others
  samepoint align before.png after.png --out aligned
      lay one image over another and show where they differ

Exit codes:
  0 done; 1 failed; 2 wrong arguments or input, also a file that is not there;
  3 an image was refused, since nothing was found in it or not surely; the others are done;
  5 a model or checkpoint that is damaged, or of another network
`;

/** Each is loaded when it is asked for: `doctor` has to run where others cannot even be loaded. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.js')).startCommand(),
  match: async () => (await import('./commands/match.js')).matchCommand(),
  inspect: async () => (await import('./commands/inspect.js')).inspectCommand(),
  track: async () => (await import('./commands/track.js')).trackCommand(),
  eval: async () => (await import('./commands/eval.js')).evalCommand(),
  align: async () => (await import('./commands/align.js')).alignCommand(),
  warp: async () => (await import('./commands/warp.js')).warpCommand(),
  features: async () => (await import('./commands/features.js')).featuresCommand(),
  models: async () => (await import('./commands/models.js')).modelsCommand(),
  cache: async () => (await import('./commands/cache.js')).cacheCommand(),
  bench: async () => (await import('./commands/bench.js')).benchCommand(),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
};

const program = new Command('samepoint')
  .description('Find the same point in every other image.')
  .version(packageVersion(), '-V, --version', 'print the version')
  .addHelpText('after', DETAILS);

handleStdioErrors();
try {
  // what the plugin tells people to run is the bare name
  const [name = 'start', ...rest] = process.argv.slice(2);
  await addCommands(name);
  await program.parseAsync([name, ...rest], { from: 'user' });
} catch (thrown) {
  process.exitCode = report(thrown);
}

/** The command that is asked for, or all where none is: help lists those that this computer can run. */
async function addCommands(name: string): Promise<void> {
  const isKnown = Object.hasOwn(COMMANDS, name);
  const wanted = Object.entries(COMMANDS).filter(([command]) => !isKnown || command === name);
  const loaded = await Promise.allSettled(wanted.map(([, load]) => load()));
  for (const command of loaded) {
    if (command.status === 'fulfilled') program.addCommand(command.value);
    else if (isKnown) throw notLoadable(name, command.reason);
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().helpOption('-h, --help', 'print this help');
  }
  program.helpCommand('help [command]', 'print the help of a command');
}

function notLoadable(name: string, cause: unknown): SamepointError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SamepointError(
    'INTERNAL',
    `The command ${name} cannot be loaded here: ${reason.replace(/[.\s]+$/, '')}.`,
    'Run samepoint doctor, which says what this computer lacks.',
  );
}

/** Prints what went wrong, as one sentence and what to do next, and gives the exit code. */
function report(thrown: unknown): number {
  // commander has printed its own sentence already
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_CODES.badInput;
  const error = SamepointError.from(thrown);
  process.stderr.write(`samepoint: ${error.message} ${error.hint}\n`);
  return exitCodeOf(error.code);
}

type Output = NodeJS.WriteStream & { fd: 1 | 2 };

/**
 * Takes what goes wrong with standard output and error, which Node would answer with a stack trace. A reader that has gone,
 * as `| head` does, is no failure: files that are still to be written are written, and what is said is said to nobody. What cannot
 * be written for another reason, such as a full disk, makes the exit code 1.
 */
export function handleStdioErrors(): void {
  for (const output of [process.stdout, process.stderr] as const) output.on('error', (error) => take(output, error));
}

function take({ fd }: Output, { code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return;
  // at the end, as a command may set its own exit code meanwhile
  process.once('exit', () => {
    process.exitCode = EXIT_CODES.failed;
    if (fd === process.stdout.fd) {
      process.stderr.write(
        `samepoint: The output cannot be written (${code ?? message}). Send it to a disk that has room for it.\n`,
      );
    }
  });
}
