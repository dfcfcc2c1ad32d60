import { Command, CommanderError } from 'commander';
import { COMMANDS } from '../../daemon/src/cli/command-list.js';
import type { DocumentCommand } from './shell-blocks.js';

/** Every command of the command line, with actions that do nothing. */
async function commandTree(): Promise<Command> {
  const program = new Command('samepoint').option('-V, --version');
  for (const load of Object.values(COMMANDS)) program.addCommand(await load());
  silence(program);
  return program;
}

function silence(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  for (const one of command.commands) silence(one);
}

/** Why the command line does not accept a command; null if it does. A new tree each time, since commander keeps values. */
export async function parseProblem({ where, words }: DocumentCommand): Promise<string | null> {
  const [, , ...args] = words;
  try {
    await (await commandTree()).parseAsync(args.length === 0 ? ['start'] : args, { from: 'user' });
    return null;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return null;
    return `${where}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}
