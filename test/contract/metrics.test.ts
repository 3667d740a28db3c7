import { expect } from 'chai';
import { exposedMetrics, PROCESSES } from '../support/metrics/exposed-metrics.ts';
import { readExposition } from '../support/metrics/exposition.ts';
import type { MetricFamily } from '../support/metrics/exposition.ts';
import { lintMetrics } from '../support/metrics/lint.ts';

/** What whoever watches each process must be able to see. */
const COMPLETE: Readonly<Record<(typeof PROCESSES)[number], readonly string[]>> = {
  api: ['http_request_duration_seconds', 'outbox_events', 'outbox_oldest_pending_seconds', 'doorbell_rings_sent_total'],
  relay: [
    ...['relay_publish_delay_seconds', 'relay_produce_request_seconds', 'relay_published_events_total'],
    ...['relay_members', 'relay_lane_share', 'relay_lanes_held', 'relay_lane_epoch', 'relay_circuit_open'],
    ...['relay_failed_attempts_total', 'relay_quarantined_events_total', 'relay_failures_total'],
    ...['outbox_events', 'outbox_oldest_pending_seconds', 'outbox_readable', 'doorbell_rings_received_total'],
  ],
  janitor: [
    'janitor_outbox_runs_total',
    'janitor_purged_outbox_rows_total',
    'janitor_outbox_last_run_timestamp_seconds',
  ],
  consumer: [
    ...['consumer_lag_records', 'consumer_group_joined', 'consumer_paused_partitions', 'consumer_event_age_seconds'],
    ...[
      'consumer_applied_total',
      'consumer_duplicates_total',
      'consumer_gaps_total',
      'consumer_offset_out_of_range_total',
    ],
    ...[
      'consumer_parked_orders',
      'consumer_parked_records',
      'consumer_waiting_events',
      'consumer_handler_failures_total',
    ],
    ...['consumer_callbacks_total', 'consumer_callbacks_pending', 'janitor_inbox_runs_total'],
  ],
};

const IN_EACH = [
  ...['nodejs_eventloop_lag_seconds', 'process_resident_memory_bytes', 'orderly_wall_clock_seconds'],
  ...['in_use', 'free', 'limit', 'waiting', 'acquire_seconds', 'acquire_failures_total'].map(
    (what) => `orderly_mysql_pool_${what}`,
  ),
  'orderly_mysql_unit_reruns_total',
];

describe('metrics', function () {
  this.timeout(30_000);
  const families = new Map<string, readonly MetricFamily[]>();
  before(async () => {
    for (const [kind, text] of await exposedMetrics()) families.set(kind, readExposition(text));
  });

  for (const kind of PROCESSES) {
    it(`of the ${kind} keep to the conventions, with HELP, units and bounded labels`, () =>
      expect(lintMetrics(families.get(kind) ?? [])).to.deep.equal([]));

    it(`of the ${kind} are complete from its start`, () => {
      const names = (families.get(kind) ?? []).map(({ name }) => name);
      expect(names).to.include.members([...COMPLETE[kind].map((name) => `orderly_${name}`), ...IN_EACH]);
    });
  }

  const pools: readonly (readonly [(typeof PROCESSES)[number], readonly string[]])[] = [
    ['api', ['requests', 'watch']],
    ['relay', ['relay', 'watch']],
    ['janitor', ['janitor', 'watch']],
    ['consumer', ['consumer', 'janitor']],
  ];
  for (const [kind, used] of pools)
    it(`of the ${kind} tell of the pools it uses, ${used.join(' and ')}, and count who did not get a connection`, () => {
      const samples = (name: string) => families.get(kind)?.find((one) => one.name === name)?.samples ?? [];
      const limits = samples('orderly_mysql_pool_limit');
      expect(limits.map(({ labels }) => labels.get('pool'))).to.deep.equal(used);
      for (const { value } of limits) expect(value).to.be.at.least(2);
      const reruns = samples('orderly_mysql_unit_reruns_total');
      expect(reruns.map(({ labels }) => labels.get('cause'))).to.deep.equal(
        used.flatMap(() => ['deadlock', 'lock_wait', 'connection_lost', 'unknown_commit']),
      );
      const failures = samples('orderly_mysql_pool_acquire_failures_total');
      expect(failures.reduce((sum, { value }) => sum + value, 0)).to.be.greaterThan(0);
    });

  it('are absent, not stale and not zero, while what they are read from does not answer', () => {
    const samples = (kind: string, name: string) => families.get(kind)?.find((one) => one.name === name)?.samples;
    expect(samples('relay', 'orderly_outbox_events')).to.deep.equal([]);
    expect(samples('relay', 'orderly_outbox_oldest_pending_seconds')).to.deep.equal([]);
    expect(samples('relay', 'orderly_outbox_readable')?.map(({ value }) => value)).to.deep.equal([0]);
    expect(samples('relay', 'orderly_ready')?.map(({ value }) => value)).to.deep.equal([0]);
    expect(samples('consumer', 'orderly_consumer_parked_orders')).to.deep.equal([]);
  });

  const bad: readonly (readonly [what: string, lines: readonly string[], says: RegExp])[] = [
    ['without HELP', ['# TYPE orderly_a gauge'], /no help text/],
    ['a counter without _total', ['# HELP orderly_a A.', '# TYPE orderly_a counter'], /a counter ends in _total/],
    ['a gauge with _total', ['# HELP orderly_a_total A.', '# TYPE orderly_a_total gauge'], /only a counter/],
    ['milliseconds', ['# HELP orderly_a_milliseconds A.', '# TYPE orderly_a_milliseconds gauge'], /not the base unit/],
    ['an abbreviated unit', ['# HELP orderly_a_ms A.', '# TYPE orderly_a_ms gauge'], /an abbreviated unit/],
    ['a type in the name', ['# HELP orderly_gauge_a A.', '# TYPE orderly_gauge_a gauge'], /its type/],
    ['a histogram without unit', ['# HELP orderly_a A.', '# TYPE orderly_a histogram'], /no unit/],
    [
      'an order ID as label',
      ['# HELP orderly_a A.', '# TYPE orderly_a gauge', 'orderly_a{order_id="o-1"} 1'],
      /not known to be bounded/,
    ],
  ];
  for (const [what, lines, says] of bad)
    it(`would not pass with one ${what}`, () =>
      expect(lintMetrics(readExposition(lines.join('\n'))).join()).to.match(says));
});
