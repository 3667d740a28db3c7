import type { Command } from 'commander';
import type * as t from 'io-ts';
import { catalog } from '../../domain/order/events/catalog.ts';
import type { OrderEventType } from '../../domain/order/events/catalog.ts';
import { shapeOf } from '../contract/codec-shape.ts';
import type { ConsumerStance, DeveloperTools } from './event-tools.ts';
import type { OutputOptions } from './run-command.ts';
import { printable } from './terminal.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface ListedField {
  readonly name: string;
  readonly codec: string;
}

interface ListedEvent {
  readonly type: OrderEventType;
  readonly version: number;
  readonly summary: string;
  readonly fields: readonly ListedField[];
  /** Null: the sources of consumers could not be read. */
  readonly handledBy: readonly string[] | null;
  readonly ignoredBy: readonly string[] | null;
}

/** `Money | null` */
const codecName = (codec: t.Mixed): string => {
  const shape = shapeOf(codec);
  return shape.kind === 'union' ? shape.members.map(codecName).join(' | ') : codec.name;
};

const fieldsOf = (payload: t.Mixed): readonly ListedField[] => {
  const shape = shapeOf(payload);
  return shape.kind === 'object'
    ? shape.fields.map(({ name, codec, required }) => ({ name: required ? name : `${name}?`, codec: codecName(codec) }))
    : [];
};

const listed = (stances: readonly ConsumerStance[] | null): readonly ListedEvent[] =>
  Object.values(catalog).map(({ type, version, summary, payload }) => {
    const consumersThat = (stance: 'handles' | 'ignores'): readonly string[] | null =>
      stances?.filter((each) => each.stances.get(type) === stance).map(({ consumer }) => consumer) ?? null;
    return {
      type,
      version,
      summary,
      fields: fieldsOf(payload),
      handledBy: consumersThat('handles'),
      ignoredBy: consumersThat('ignores'),
    };
  });

const names = (consumers: readonly string[]): string => (consumers.length === 0 ? 'nobody' : consumers.join(', '));

const linesOf = ({ type, version, summary, fields, handledBy, ignoredBy }: ListedEvent): readonly string[] => [
  `${type} v${version}: ${summary}`,
  `  fields   ${fields.map(({ name, codec }) => `${name}: ${codec}`).join(', ')}`,
  ...(handledBy === null ? [] : [`  handled  ${names(handledBy)}`]),
  ...(ignoredBy === null ? [] : [`  ignored  ${names(ignoredBy)}`]),
];

/** `order event list` */
export const addEventListCommand = (
  event: Command,
  { open }: Pick<DeveloperTools, 'open'>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  event
    .command('list')
    .description('every kind of event: version, meaning, fields, and which consumers of this checkout handle it')
    .option('--json', 'JSON on stdout')
    .action(async ({ json }: OutputOptions) => {
      const tools = await open();
      if ('problems' in tools)
        for (const problem of tools.problems) terminal.err(`order: consumers are not shown: ${printable(problem)}`);
      const events = listed('problems' in tools ? null : await tools.consumers());
      const lines = json === true ? [JSON.stringify(events, null, 2)] : events.flatMap(linesOf);
      for (const line of lines) terminal.out(line);
      finish(0);
    });
};
