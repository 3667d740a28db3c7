import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Examination, Observation } from '../ports/examination.ts';
import type { LedgerEvent, LedgerOrder, OutboxLedger } from '../ports/outbox-ledger.ts';
import type { Unreachable } from '../ports/start-check.ts';
import type { LoggedRecord, PartitionBounds, TopicLog } from '../ports/topic-log.ts';
import { answered, stored, untilUnanswered } from './answered.ts';
import { Discrepancies } from './discrepancies.ts';
import { inChunks } from './in-chunks.ts';
import { isBelowRemains } from './is-below-remains.ts';
import { LOG_DISCREPANCIES } from './log-discrepancies.ts';
import { OffsetSet } from './offset-set.ts';

/** What an event looks like on the topic. */
export interface PublishedForm {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CompareWithLogParts {
  readonly ledger: Omit<OutboxLedger, 'placesOf' | 'publishedOf'>;
  readonly log: TopicLog;
  readonly laneOf: (orderKey: string) => number;
  readonly asPublished: (event: LedgerEvent) => PublishedForm;
}

const ORDERS_AT_ONCE = 500;
const ROWS_AT_ONCE = 5_000;
const EVENTS_AT_ONCE = 500;
const ORPHANS_NAMED = 10;

const isSame = (record: LoggedRecord, { key, value, headers }: PublishedForm): boolean => {
  const names = Object.keys(record.headers);
  return (
    record.key === key &&
    record.value === value &&
    names.length === Object.keys(headers).length &&
    names.every((name) => record.headers[name] === headers[name])
  );
};

const at = ({ partition, offset }: { readonly partition: number; readonly offset: number }): string =>
  `partition ${partition} offset ${offset}`;

/**
 * Compares orders, outbox and topic, while everything runs: also whether a restored database and the topic still fit
 * each other. What is found is true of some moment during the run; what is committed or published meanwhile is left to
 * the next one. It reads everything once, page by page, and keeps of each record one bit.
 *
 * It cannot tell that a record is missing which the topic has deleted by its age.
 */
export class CompareWithLog {
  private readonly found = new Discrepancies(LOG_DISCREPANCIES);
  private readonly inPlace = new Map<number, OffsetSet>();
  private counted = { orders: 0, events: 0, records: 0, unmarked: 0, repeated: 0, purged: 0 };

  constructor(private readonly parts: CompareWithLogParts) {}

  static examination(parts: CompareWithLogParts): Examination {
    return { name: 'tables and topic', run: () => new CompareWithLog(parts).run()() };
  }

  run(): TaskEither<Unreachable, readonly Observation[]> {
    return untilUnanswered(() => this.compare());
  }

  private async compare(): Promise<readonly Observation[]> {
    const { ledger, log } = this.parts;
    const began = await stored(ledger.now(0));
    await this.checkTotals();
    await this.checkOrders();
    const ends = await answered(log.bounds());
    await answered(log.read(ends, (batch) => this.checkRecords(batch)));
    const startsNow = await answered(log.bounds());
    await this.checkRows(began, ends, startsNow);
    return [this.summary(ends), ...this.found.observations()];
  }

  private summary(ends: readonly PartitionBounds[]): Observation {
    const { orders, events, records, unmarked, repeated, purged } = this.counted;
    const retained = ends.reduce((sum, { start, end }) => sum + end - start, 0);
    return {
      state: 'ok',
      says:
        `compared ${orders} orders, ${events} events and ${records} of ${retained} records: ` +
        `${repeated} records are repetitions, ${unmarked} are of events not marked as published, ` +
        `${purged} are of events purged since`,
    };
  }

  private async checkTotals(): Promise<void> {
    const { versions, rows, purged } = await stored(this.parts.ledger.totals());
    if (versions !== rows + purged)
      this.found.note('totals', `versions add up to ${versions}, rows are ${rows}, purged were ${purged}`);
    for (const orphan of await stored(this.parts.ledger.orphans(ORPHANS_NAMED))) this.found.note('orphan', orphan);
  }

  private async checkOrders(): Promise<void> {
    const mayBePurged = await stored(this.parts.ledger.hasPurged());
    let after = '';
    for (;;) {
      const page = await stored(this.parts.ledger.ordersAfter(after, ORDERS_AT_ONCE));
      for (const order of page) this.checkOrder(order, mayBePurged);
      this.counted.orders += page.length;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.orderKey;
    }
  }

  private checkOrder({ orderKey, version, events }: LedgerOrder, mayBePurged: boolean): void {
    this.counted.events += events.length;
    const first = events[0]?.sequence ?? version + 1;
    const last = events.at(-1)?.sequence ?? version;
    if (last !== version) this.found.note('version', `${orderKey} is at ${version}, its last event at ${last}`);
    const holes = last - first + 1 !== events.length;
    if (holes || (first > 1 && !mayBePurged))
      this.found.note('gap', `${orderKey} has ${events.map(({ sequence }) => sequence).join(', ') || 'no event'}`);
    const lane = this.parts.laneOf(orderKey);
    if (events.some((event) => event.lane !== lane)) this.found.note('lane', `${orderKey} belongs to ${lane}`);
    const open = events.findIndex(({ status }) => status !== 'COMPLETED');
    if (open >= 0 && events.slice(open).some(({ status }) => status === 'COMPLETED'))
      this.found.note('overtaken', `${orderKey} from sequence ${events[open]?.sequence ?? 0}`);
    const offsets = events.flatMap(({ offset }) => (offset === null ? [] : [offset]));
    if (offsets.some((offset, index) => index > 0 && offset <= (offsets[index - 1] ?? -1)))
      this.found.note('disorder', `${orderKey} at offsets ${offsets.join(', ')} of partition ${lane}`);
  }

  private async checkRecords(batch: readonly LoggedRecord[]): Promise<void> {
    for (const records of inChunks(batch, EVENTS_AT_ONCE)) {
      const ids = records.flatMap(({ headers }) => headers['ce_id'] ?? []);
      const events = await stored(this.parts.ledger.find([...new Set(ids)]));
      const byId = new Map(events.map((event) => [event.eventId, event]));
      const unknown: LoggedRecord[] = [];
      for (const record of records) {
        const event = byId.get(record.headers['ce_id'] ?? '');
        if (event === undefined) unknown.push(record);
        else this.checkRecord(record, event);
      }
      this.counted.records += records.length;
      await this.checkUnknown(unknown);
    }
  }

  private checkRecord(record: LoggedRecord, event: LedgerEvent): void {
    if (!isSame(record, this.parts.asPublished(event))) {
      this.found.note('differs', `event ${event.eventId} at ${at(record)}`);
      return;
    }
    if (event.lane !== null && event.lane !== record.partition)
      this.found.note('lane', `event ${event.eventId} at ${at(record)}, its row says ${event.lane}`);
    if (event.status === 'PENDING' || event.status === 'QUARANTINED') this.counted.unmarked += 1;
    // A skipped event may lie there all the same: it was stored, and the answer lost.
    if (event.status !== 'COMPLETED') return;
    if (event.offset === record.offset) this.setOf(record.partition).add(record.offset);
    else this.counted.repeated += 1;
  }

  private setOf(partition: number): OffsetSet {
    const set = this.inPlace.get(partition) ?? new OffsetSet();
    this.inPlace.set(partition, set);
    return set;
  }

  /** Rows that were purged are no longer there to compare; whether they were is told by what is left of the order. */
  private async checkUnknown(records: readonly LoggedRecord[]): Promise<void> {
    if (records.length === 0) return;
    const keys = [...new Set(records.flatMap(({ key }) => key ?? []))];
    const remains = await stored(this.parts.ledger.remainsOf(keys));
    const mayBePurged = await stored(this.parts.ledger.hasPurged());
    for (const record of records) {
      const sequence = Number(record.headers['ce_sequence'] ?? Number.NaN);
      if (mayBePurged && isBelowRemains(sequence, remains.get(record.key ?? ''))) this.counted.purged += 1;
      else {
        const what = `event ${record.headers['ce_id'] ?? 'none'}, sequence ${sequence} of ${record.key ?? 'no order'}`;
        this.found.note('phantom', `${what}, at ${at(record)}`);
      }
    }
  }

  private async checkRows(
    before: string,
    ends: readonly PartitionBounds[],
    startsNow: readonly PartitionBounds[],
  ): Promise<void> {
    const endOf = new Map(ends.map(({ partition, end }) => [partition, end]));
    const startOf = new Map(startsNow.map(({ partition, start }) => [partition, start]));
    let after = 0;
    for (;;) {
      const page = await stored(this.parts.ledger.publishedAfter(after, before, ROWS_AT_ONCE));
      for (const { eventId, orderKey, sequence, lane, offset } of page) {
        const place = `event ${eventId}, sequence ${sequence} of ${orderKey}`;
        if (offset === null) this.found.note('lost', `${place}: its row names no offset`);
        else if (offset >= (endOf.get(lane) ?? 0))
          this.found.note('lost', `${place}: ${at({ partition: lane, offset })} is beyond the end of the topic`);
        // Each place is one event's: a second row that names it finds it taken.
        else if (offset >= (startOf.get(lane) ?? 0) && this.inPlace.get(lane)?.take(offset) !== true)
          this.found.note(
            'lost',
            `${place}: not at ${at({ partition: lane, offset })}, or another row claims that place`,
          );
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.row;
    }
  }
}
