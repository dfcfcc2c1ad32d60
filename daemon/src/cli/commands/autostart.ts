import type { Command } from 'commander';
import { autostartPlan, autostartStatus, removeAutostart, thisHost, writeAutostart } from '../autostart/autostart.js';
import { autostartSentence } from '../format/status-report.js';
import { selfCommand } from '../host-info.js';
import { createCommand } from '../options/create-command.js';

const DETAILS = `
on writes a file (macOS: launchd agent; Linux: systemd user unit; Windows: task of Task Scheduler) and prints the command
that enables it. Samepoint runs no command of the system by itself.`;

/** `samepoint autostart`: starts the daemon at login. */
export function autostartCommand(): Command {
  return createCommand('autostart', 'Start the daemon at login.', 'autostart on')
    .addHelpText('after', DETAILS)
    .addCommand(createCommand('on', 'Write the file that starts the daemon at login.', 'autostart on').action(turnOn))
    .addCommand(createCommand('off', 'Remove that file.', 'autostart off').action(turnOff))
    .addCommand(
      createCommand('status', 'Show whether the daemon starts at login.', 'autostart status')
        .option('--json', 'print JSON')
        .action(showStatus),
    );
}

function turnOn(): void {
  const host = thisHost();
  const { file, note, enable } = writeAutostart(host);
  const kept = Object.keys(host.environment).join(', ');
  const variables =
    host.platform === 'win32'
      ? 'Variables of this window are not kept; set those you need for your account with setx.'
      : `It keeps these variables of this shell: ${kept}.`;
  print([
    `Wrote ${file}.`,
    note,
    '',
    enable.purpose,
    `  ${enable.command}`,
    '',
    variables,
    `To undo: ${selfCommand()} autostart off`,
  ]);
}

function turnOff(): void {
  const plan = removeAutostart();
  if (plan === undefined) {
    print(['Samepoint does not start at login.']);
    return;
  }
  const running = `A daemon that is running is not affected; ${selfCommand()} stop stops it.`;
  print([`Removed ${plan.file}.`, '', plan.disable.purpose, `  ${plan.disable.command}`, '', running]);
}

function showStatus({ json }: { json?: true }): void {
  const status = autostartStatus();
  if (json) print([JSON.stringify(status, null, 2)]);
  else if (status.state === 'written') {
    const { enable } = autostartPlan(thisHost());
    print([`Start at login: ${autostartSentence(status, selfCommand())}`, '', enable.purpose, `  ${enable.command}`]);
  } else print([`Start at login: ${autostartSentence(status, selfCommand())}`]);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
