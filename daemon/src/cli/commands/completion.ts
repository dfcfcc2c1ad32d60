import { Argument, Command } from 'commander';
import { COMMANDS } from '../command-list.js';
import { bashScript } from '../completion/bash.js';
import { type CommandNode, commandTree } from '../completion/command-tree.js';
import { fishScript } from '../completion/fish.js';
import { powershellScript } from '../completion/powershell.js';
import { zshScript } from '../completion/zsh.js';
import { createCommand } from '../options/create-command.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript } as const;
type Shell = keyof typeof SCRIPTS;

const DETAILS = `
To install it, write the script where the shell looks for it:
  bash         samepoint completion bash > ~/.local/share/bash-completion/completions/samepoint
  zsh          samepoint completion zsh > ~/.zsh/completions/_samepoint
               and in ~/.zshrc, before compinit: fpath=(~/.zsh/completions $fpath)
  fish         samepoint completion fish > ~/.config/fish/completions/samepoint.fish
  powershell   samepoint completion powershell >> $PROFILE
It completes commands, options, their values, and file names. Write it again after an update of Samepoint.`;

/** `samepoint completion`: prints the completion script of a shell. */
export function completionCommand(): Command {
  return createCommand('completion', 'Print a script that completes samepoint in a shell.', 'completion bash')
    .addArgument(new Argument('<shell>', 'shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', DETAILS)
    .action(async (shell: Shell) => {
      process.stdout.write(SCRIPTS[shell](await completionTree()));
    });
}

/** The tree of every command that loads on this computer. */
export async function completionTree(): Promise<CommandNode> {
  const program = new Command('samepoint').option('-V, --version', 'print the version');
  for (const command of await Promise.allSettled(Object.values(COMMANDS).map((load) => load())))
    if (command.status === 'fulfilled') program.addCommand(command.value);
  return commandTree(program);
}
