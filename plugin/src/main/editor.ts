import { COMMANDS, type Command, DEV_MODE_COMMANDS } from '../shared/messages.js';

/** Dev Mode is a read-only surface, in which annotations and measurements can be written. */
export function isDevMode(): boolean {
  return figma.editorType === 'dev';
}

/** The command of the menu; null where Figma runs the plugin without one, as in the Inspect panel. */
let chosen: Command | null | undefined;

export function currentCommand(): Command | null {
  if (chosen === undefined) chosen = COMMANDS.find((known) => known === figma.command) ?? null;
  return chosen;
}

/** Whether the command runs in this editor. */
export function isAvailable(command: Command): boolean {
  return !isDevMode() || DEV_MODE_COMMANDS.has(command);
}

/** Continues with a command that is chosen in the window. */
export function chooseCommand(command: Command): void {
  chosen = command;
}
