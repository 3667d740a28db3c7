import type { Command } from 'commander';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { ConsumerState } from '../../application/ports/consumer-desk.ts';
import { addConsumersParkedCommand } from './consumers-parked-command.ts';
import { addConsumersReprocessCommand } from './consumers-reprocess-command.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const stateOf = (state: ConsumerState): string => {
  if (state._tag === 'Unknown') return `unknown: ${state.reason}`;
  const { joined, failure, pausedPartitions } = state.status;
  if (!joined) return `not a member of its group${failure === null ? '' : `: ${failure}`}`;
  return pausedPartitions === 0 ? 'reading' : `waits: ${pausedPartitions} partitions paused`;
};

const consumersView = (states: readonly ConsumerState[]): readonly string[] =>
  states.length === 0
    ? ['no consumer is known: set PROGRESS_URLS to name=http://host:port of each']
    : renderTable(
        ['CONSUMER', 'LAG', 'PARKED ORDERS', 'PARKED RECORDS', 'WAITING EVENTS', 'STATE'],
        states.map((state) =>
          state._tag === 'Known'
            ? [
                state.consumer,
                state.status.lag,
                state.status.parkedOrders,
                state.status.parkedRecords,
                state.status.waitingEvents,
                stateOf(state),
              ]
            : [state.consumer, null, null, null, null, stateOf(state)],
        ),
      );

const jsonOf = (state: ConsumerState): object =>
  state._tag === 'Known'
    ? { consumer: state.consumer, status: state.status }
    : { consumer: state.consumer, unknown: state.reason };

/** `order consumers …` */
export const addConsumersCommand = (program: Command, run: CommandRunner, actor: string, terminal: Terminal): void => {
  const consumers = program
    .command('consumers')
    .enablePositionalOptions()
    .description('the consumers that PROGRESS_URLS names: how each is doing, what it has parked')
    .option('--json', 'JSON on stdout')
    .action((options: OutputOptions) =>
      run(({ consumers: desk }) =>
        options.json === true
          ? show(
              TE.map((states: readonly ConsumerState[]) => states.map(jsonOf))(TE.fromTask(desk.statuses())),
              terminal,
              options,
              () => [],
            )
          : show(TE.fromTask(desk.statuses()), terminal, options, consumersView),
      ),
    );
  addConsumersParkedCommand(consumers, run, terminal);
  addConsumersReprocessCommand(consumers, run, actor, terminal);
};
