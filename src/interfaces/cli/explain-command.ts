import { Argument } from 'commander';
import type { Command } from 'commander';
import type { OrderExplanation } from '../../application/operations/explain-order.ts';
import type { ConsumerView } from '../../application/ports/consumer-views.ts';
import type { OrderId } from '../../domain/order/values.ts';
import { amountText } from './amount-text.ts';
import { orderId } from './arguments.ts';
import { duration, standing } from './outbox-views.ts';
import { show } from './run-command.ts';
import type { CommandRunner, OutputOptions } from './run-command.ts';
import { renderPairs, renderTable } from './table.ts';
import { printable } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const WHOSE_TIMES =
  'Each time is of one database’s clock. "published" is when the relay noted that Kafka has the event; a consumer may have applied it before that.';

const consumerLine = (view: ConsumerView): string => {
  if (view._tag === 'Unknown') return `unknown: ${view.reason}`;
  const { lastSequence, waiting, parked } = view.progress;
  const waits = waiting.length === 0 ? '' : `, ${waiting.length} waiting`;
  return `applied up to ${lastSequence}${waits}${parked === null ? '' : `, parked: ${parked.reason}`}`;
};

const purgedLines = (through: number): readonly string[] => {
  if (through === 0) return [];
  const which = through === 1 ? 'event 1 was' : `events 1 to ${through} were`;
  return [
    '',
    `${which} published, and purged since: only the consumers still tell of ${through === 1 ? 'it' : 'them'}`,
  ];
};

const explanationView = ({
  order,
  purgedThrough,
  events,
  consumers,
  timeline,
}: OrderExplanation): readonly string[] => [
  ...renderPairs([
    ['order', order.order.orderId],
    ['status', order.order.status],
    ['version', order.version],
    ['customer', order.order.customerId],
    ['total', amountText(order.order.total)],
  ]),
  ...purgedLines(purgedThrough),
  '',
  ...renderTable(
    ['SEQ', 'EVENT', 'ID', 'STANDS', 'LAST ERROR'],
    events.map((event) => [event.sequence, event.type, event.eventId, standing(event), event.lastError]),
  ),
  '',
  ...(consumers.length === 0
    ? ['consumers unknown: set PROGRESS_URLS to name=http://host:port of each']
    : renderPairs(consumers.map((view) => [view.consumer, consumerLine(view)]))),
  '',
  ...renderTable(
    ['TIME', 'SINCE START', 'STEP', 'SEQ', 'EVENT', 'WHAT', 'DETAIL'],
    timeline.map((entry) => [
      entry.at,
      `+${duration(entry.sinceStartMs)}`,
      `+${duration(entry.sincePreviousMs)}`,
      entry.sequence,
      entry.event,
      entry.what,
      entry.detail === null ? '' : printable(entry.detail),
    ]),
  ),
  ...(timeline.some(({ what }) => what === 'published') ? ['', WHOSE_TIMES] : []),
];

/** `order explain ORDER_ID` */
export const addExplainCommand = (program: Command, run: CommandRunner, terminal: Terminal): void => {
  program
    .command('explain')
    .description('the story of one order: its state, where each event stands and why, what the consumers made of it')
    .addArgument(new Argument('<order-id>', 'ID of the order').argParser(orderId))
    .option('--json', 'JSON on stdout')
    .action((id: OrderId, options: OutputOptions) =>
      run((services) => show(services.explain.handle(id), terminal, options, explanationView)),
    );
};
