import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { ORDER_EVENTS_TOPIC } from '../contract/topic.ts';
import { DEBEZIUM_PRIVILEGES, addDebeziumColumns, debeziumConfig, dropDebeziumColumns } from './debezium-takeover.ts';
import type { DebeziumTarget } from './debezium-takeover.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface DebeziumOptions extends DebeziumTarget {
  readonly sql?: true;
}

const matching =
  (pattern: RegExp, words: string) =>
  (text: string): string => {
    if (!pattern.test(text)) throw new InvalidArgumentError(`It must be ${words}.`);
    return text;
  };

const statements = (database: string): readonly string[] => [
  '-- Before the connector is created. Instant: nothing is rewritten, and the relays may be at work.',
  `${addDebeziumColumns(database)};`,
  '',
  '-- For the user of the connector, whatever its name is.',
  `GRANT ${DEBEZIUM_PRIVILEGES} ON *.* TO 'debezium'@'%';`,
  '',
  '-- The way back, once the connector is deleted:',
  ...`${dropDebeziumColumns(database)};`.split('\n').map((line) => `-- ${line}`),
];

/** `order outbox debezium-config`: asks no server. */
export const addDebeziumCommand = (outbox: Command, terminal: Terminal, finish: (code: ExitCode) => void): void => {
  outbox
    .command('debezium-config')
    .description('a Kafka Connect configuration by which Debezium publishes the outbox instead of the relay')
    .option(
      '--database <name>',
      'database of the outbox',
      matching(/^[A-Za-z0-9_]{1,64}$/, 'letters, digits and _'),
      'orders',
    )
    .option(
      '--topic <name>',
      'topic of the events',
      matching(/^[A-Za-z0-9._-]{1,249}$/, 'a topic name'),
      ORDER_EVENTS_TOPIC,
    )
    .option('--sql', 'the statements that MySQL needs before, instead')
    .action(({ database, topic, sql }: DebeziumOptions) => {
      const lines =
        sql === true
          ? statements(database)
          : [JSON.stringify({ name: 'orderly-outbox', config: debeziumConfig({ database, topic }) }, null, 2)];
      for (const line of lines) terminal.out(line);
      if (sql !== true)
        terminal.err(
          'before it is created: run what --sql prints, see to every quarantined event, stop every relay (docs/scale-out.md)',
        );
      finish(0);
    });
};
