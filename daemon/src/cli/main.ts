import { SamepointError } from '@samepoint/shared-protocol';
import { Command, CommanderError } from 'commander';
import { evalCommand } from './eval.js';
import { EXIT_CODES, exitCodeOf } from './exit-codes.js';
import { featuresCommand } from './features.js';
import { matchCommand } from './match.js';
import { modelsCommand } from './models.js';
import { ownVersion } from './own-version.js';
import { startCommand } from './start.js';

const DETAILS = `
Examples:
  samepoint
      serve the Figma plugin; the same as samepoint start
  samepoint match home.png dark.png --points "120,80 300,412"
      where are these two points in dark.png?
  samepoint match home.png a.png b.png --boxes "24,90,327,48" --out matches
      where is this box in two others? Draw it, too.

Exit codes:
  0 done; 1 failed; 2 wrong arguments or input, also a file that is not there;
  5 a model or checkpoint that is damaged, or of another network
`;

const program = new Command('samepoint')
  .description('Find the same point in every other image.')
  .version(ownVersion(), '-V, --version', 'print the version')
  .addHelpText('after', DETAILS)
  .addCommand(startCommand())
  .addCommand(matchCommand())
  .addCommand(evalCommand())
  .addCommand(featuresCommand())
  .addCommand(modelsCommand());

for (const command of [program, ...program.commands]) {
  command.exitOverride().helpOption('-h, --help', 'print this help');
}
program.helpCommand('help [command]', 'print the help of a command');

try {
  const args = process.argv.slice(2);
  // what the plugin tells people to run is the bare name
  await program.parseAsync(args.length === 0 ? ['start'] : args, { from: 'user' });
} catch (thrown) {
  process.exitCode = report(thrown);
}

/** Prints what went wrong, as one sentence and what to do next, and gives the exit code. */
function report(thrown: unknown): number {
  // commander has printed its own sentence already
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_CODES.badInput;
  const error = SamepointError.from(thrown);
  process.stderr.write(`samepoint: ${error.message} ${error.hint}\n`);
  return exitCodeOf(error.code);
}
