import { Command, CommanderError } from 'commander';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** A command whose usage errors are one line on stderr; nothing in it ends the process. */
export const createCommandLine = (name: string, terminal: Terminal): Command =>
  new Command(name)
    .exitOverride()
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => {
        terminal.out(text.trimEnd());
      },
      writeErr: (text) => {
        terminal.err(text.trimEnd());
      },
      outputError: (text) => {
        const line = text.replace(/^error: /, '').trim();
        terminal.err(`${name}: ${printable(line.replaceAll(/\s*\n\s*/g, ' '))} (see ${name} --help)`);
      },
    });

/** Parses and runs. A usage error ends with 2, help with 0, else the action's own code counts. */
export const runCommandLine = async (
  program: Command,
  argv: readonly string[],
  exitCode: () => ExitCode,
): Promise<ExitCode> => {
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
};
