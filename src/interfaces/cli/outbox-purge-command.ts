import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { PurgeReport } from '../../application/operations/purge-outbox.ts';
import { wholeNumberBetween } from './arguments.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import type { Terminal } from './terminal.ts';

interface PurgeOptions extends OutputOptions {
  readonly olderThan: number;
  readonly limit?: number;
  readonly dryRun?: true;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** `90m`, `36h`, `7d`, in milliseconds. */
const age = (text: string): number => {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS.get(unit);
  if (count === undefined || unitMs === undefined)
    throw new InvalidArgumentError('It must be a whole number with m, h or d behind it, like 90m, 36h or 7d.');
  return Number(count) * unitMs;
};

const counted = (rows: number): string => (rows === 1 ? '1 event' : `${rows} events`);

const purgeView = ({ cutoff, dryRun, rows }: PurgeReport): readonly string[] => [
  `${counted(rows)} published before ${cutoff} ${dryRun ? 'would be removed' : 'removed'}`,
];

/** `order outbox purge --older-than AGE` */
export const addPurgeCommand = (outbox: Command, run: CommandRunner, actor: string, terminal: Terminal): void => {
  outbox
    .command('purge')
    .description('remove events that were published long ago, each order from its first on, in small steps; audited')
    .requiredOption('--older-than <age>', 'only what was published longer ago: 90m, 36h, 7d; at least 1h', age)
    .option('--limit <n>', 'at most this many events', wholeNumberBetween(1, 999_999_999))
    .option('--dry-run', 'count what would be removed, change nothing')
    .option('--json', 'JSON on stdout')
    .action(({ olderThan: olderThanMs, limit = Infinity, dryRun, json }: PurgeOptions) =>
      run((services) =>
        show(
          services.purge.handle({ actor, olderThanMs, limit, dryRun: dryRun === true, recordsIdleRun: true }),
          terminal,
          json === undefined ? {} : { json },
          purgeView,
        ),
      ),
    );
};
