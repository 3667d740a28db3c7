import { Command, CommanderError } from 'commander';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** A command of which nothing ends the process; see `runCommandLine` for what its usage errors become. */
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
      outputError: () => undefined,
    });

/** `order outbox skip`: the command that was meant, as far as the words lead to one. */
const meantBy = (program: Command, argv: readonly string[]): string => {
  const path = [program.name()];
  let command = program;
  for (const word of argv) {
    const next = command.commands.find((below) => below.name() === word);
    if (next === undefined) break;
    path.push(word);
    command = next;
  }
  return path.join(' ');
};

const isHelp = ({ code }: CommanderError): boolean => code.startsWith('commander.help');

/**
 * Parses and runs. A usage error is one line on stderr, with the command whose help to read, and ends with 2; help ends
 * with 0, else the action's own code counts.
 */
export const runCommandLine = async (
  program: Command,
  argv: readonly string[],
  terminal: Terminal,
  exitCode: () => ExitCode,
): Promise<ExitCode> => {
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const line = error.message
      .replace(/^error: /, '')
      .trim()
      .replaceAll(/\s*\n\s*/g, ' ');
    if (!isHelp(error)) terminal.err(`${program.name()}: ${printable(line)} (see ${meantBy(program, argv)} --help)`);
    return 2;
  }
};
