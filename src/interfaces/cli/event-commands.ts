import type { Command } from 'commander';
import { addEventCheckCommand } from './event-check-command.ts';
import { addEventListCommand } from './event-list-command.ts';
import { addEventNewCommand } from './event-new-command.ts';
import type { DeveloperTools } from './event-tools.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** `order event …` */
export const addEventCommands = (
  program: Command,
  developer: DeveloperTools,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  const event = program.command('event').description('kinds of events: look, add one, see what a change would break');
  addEventListCommand(event, developer, terminal, finish);
  addEventNewCommand(event, developer, terminal, finish);
  addEventCheckCommand(event, developer, terminal, finish);
};
