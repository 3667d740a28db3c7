import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { OrderStatus } from '../../domain/order/order.ts';
import type { DeveloperTools, NewEvent, NewEventFiles, NewField } from './event-tools.ts';
import type { OutputOptions } from './run-command.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface NewOptions extends OutputOptions {
  readonly summary?: string;
  readonly field: readonly NewField[];
  readonly keep?: readonly string[];
  readonly in?: readonly OrderStatus[];
  readonly command?: string;
  readonly path?: string;
  readonly dryRun?: true;
}

type Ask = (question: string) => Promise<string>;

const STATES: Readonly<Record<OrderStatus, true>> = {
  placed: true,
  paid: true,
  shipped: true,
  delivered: true,
  cancelled: true,
};
const isState = (text: string): text is OrderStatus => Object.hasOwn(STATES, text);

const FIELD =
  /^(?<name>[^:=?|]+)(?<optional>\?)?\s*:(?<codec>[^:=?|]+)(?<nullable>\|\s*null\s*)?(?:=(?<example>.+))?$/s;

const fieldOf = (text: string): NewField => {
  const { name, optional, codec, nullable, example } = FIELD.exec(text.trim())?.groups ?? {};
  if (name === undefined || codec === undefined)
    throw new InvalidArgumentError(
      'It must be name:Codec or name:Codec=example, such as amount:Money; name?:Codec when it may be missing, "name:Codec|null" when it may be null.',
    );
  return {
    name: name.trim(),
    codec: codec.trim(),
    ...(optional === undefined ? {} : { optional: true }),
    ...(nullable === undefined ? {} : { nullable: true }),
    ...(example === undefined ? {} : { example }),
  };
};

const oneMoreField = (text: string, before: readonly NewField[]): readonly NewField[] => [...before, fieldOf(text)];

const statesOf = (text: string): readonly OrderStatus[] => {
  const states = text.split(',').map((each) => each.trim());
  if (!states.every(isState))
    throw new InvalidArgumentError(
      `It must be states of an order, such as placed,paid: ${Object.keys(STATES).join(', ')}.`,
    );
  return [...new Set(states)];
};

const namesOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
];

/** `ChangeOrderAddress` → `change-address`. */
const pathOf = (command: string): string =>
  command
    .replace('Order', '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase();

/** Asks until the answer can be read. */
const askFor = async <A>(ask: Ask, terminal: Terminal, question: string, read: (answer: string) => A): Promise<A> => {
  for (;;) {
    try {
      return read((await ask(question)).trim());
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      terminal.err(error.message);
    }
  }
};

const askForFields = async (ask: Ask, terminal: Terminal): Promise<readonly NewField[]> => {
  const fields: NewField[] = [];
  for (;;) {
    const field = await askFor(ask, terminal, 'A field, name:Codec=example (empty: no more): ', (answer) =>
      answer === '' ? undefined : fieldOf(answer),
    );
    if (field === undefined) return fields;
    fields.push(field);
  }
};

/** The event as the flags say it; what they leave out is asked for when somebody is there to answer. */
const eventOf = async (
  name: string,
  flags: NewOptions,
  ask: Ask | undefined,
  terminal: Terminal,
): Promise<NewEvent> => {
  const answered = ask === undefined ? undefined : (question: string) => askFor(ask, terminal, question, String);
  const summary = flags.summary ?? (await answered?.('What happened, in one sentence: ')) ?? '';
  const fields = flags.field.length > 0 || ask === undefined ? flags.field : await askForFields(ask, terminal);
  const keeps =
    flags.keep ?? namesOf((await answered?.('Fields that the order keeps, such as address (empty: none): ')) ?? '');
  const states =
    flags.in ??
    (ask === undefined
      ? []
      : await askFor(ask, terminal, `In which states (${Object.keys(STATES).join(', ')}): `, statesOf));
  const command =
    flags.command ?? (await answered?.('New command that raises it (empty: an existing one does): ')) ?? '';
  if (command === '') return { name, summary, fields, keeps, states, command: undefined };
  const usual = pathOf(command);
  const path = flags.path ?? (await answered?.(`Its path, POST /orders/{orderId}/… (empty: ${usual}): `)) ?? '';
  return { name, summary, fields, keeps, states, command: { name: command, path: path === '' ? usual : path } };
};

const linesOf = ({ created, changed, next }: NewEventFiles, dryRun: boolean): readonly string[] => [
  ...created.map((path) => `${dryRun ? 'would create' : 'created'} ${path}`),
  ...changed.map((path) => `${dryRun ? 'would change' : 'changed'} ${path}`),
  '',
  'what is left, first what the compiler asks for (npm run typecheck):',
  ...next.map((line) => `  ${line}`),
];

/** `order event new NAME` */
export const addEventNewCommand = (
  event: Command,
  { open, ask }: DeveloperTools,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  event
    .command('new')
    .description('write a new kind of event into the sources of this checkout; asks for what no flag says')
    .argument('<name>', 'what happened, such as OrderAddressChanged')
    .option('--summary <sentence>', 'what it means, for people')
    .option(
      '--field <name:codec=example>',
      'a field of its payload; may be repeated; "name?:codec" may be missing, "name:codec|null" may be null',
      oneMoreField,
      [],
    )
    .addOption(new Option('--keep <fields>', 'fields that the order keeps from then on').argParser(namesOf))
    .addOption(new Option('--in <states>', 'states of an order in which it can happen').argParser(statesOf))
    .option('--command <name>', 'a new command that raises it, with a route of its own')
    .option('--path <part>', 'last part of the path of that route')
    .option('--dry-run', 'say which files would be written, write none')
    .option('--json', 'JSON on stdout')
    .action(async (name: string, options: NewOptions) => {
      const refuse = (problems: readonly string[]): void => {
        for (const problem of problems) terminal.err(`order: ${printable(problem)}`);
        finish(2);
      };
      const tools = await open();
      if ('problems' in tools) {
        refuse(tools.problems);
        return;
      }
      const dryRun = options.dryRun === true;
      const wanted = await eventOf(name, options, options.json === true ? undefined : ask, terminal);
      const files = await tools.create(wanted, { dryRun });
      if ('problems' in files) {
        refuse(files.problems);
        return;
      }
      const lines = options.json === true ? [JSON.stringify({ dryRun, ...files }, null, 2)] : linesOf(files, dryRun);
      for (const line of lines) terminal.out(line);
      finish(0);
    });
};
