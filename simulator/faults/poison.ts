import { setTimeout as sleep } from 'node:timers/promises';
import type { RaisedEvent } from '../run/operator-api.ts';
import type { Fault, FaultContext } from './fault.ts';
import { setTopicLimit } from './topic-limit.ts';

/** What the topic of a poison run allows at first, bytes. */
export const POISON_TOPIC_LIMIT = 65_536;
const RAISED_LIMIT = 1_048_588;
/** Six backoffs of at most 16 s in all, an outage of the broker among them, and some more. */
const QUARANTINE_BOUND_MS = 90_000;
const RELEASE_BOUND_MS = 60_000;
const LOOK_EVERY_MS = 200;

const until = async <T>(what: string, boundMs: number, look: () => Promise<T | undefined>): Promise<T> => {
  const giveUpAt = Date.now() + boundMs;
  while (Date.now() < giveUpAt) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`${what} did not happen within ${boundMs / 1_000} s`);
};

/** Lets the order go on; resolves when it has. */
type Release = (context: FaultContext, orderId: string, stuck: RaisedEvent) => Promise<void>;

const allPublished = (
  { operator }: FaultContext,
  orderId: string,
  isSettled: (event: RaisedEvent) => boolean,
): Promise<readonly RaisedEvent[]> =>
  until('the publication of the released order', RELEASE_BOUND_MS, async () => {
    const events = await operator.eventsOf(orderId);
    return events?.every(isSettled) === true ? events : undefined;
  });

const accepted = async (what: string, act: () => Promise<number | undefined>): Promise<void> => {
  await until(what, RELEASE_BOUND_MS, async () => {
    const status = await act();
    return status !== undefined && status < 300 ? status : undefined;
  });
};

const listed = (events: readonly RaisedEvent[]): string =>
  events.map(({ sequence, type, standing }) => `${sequence} ${type} (${standing.state})`).join(', ');

const redriveIt: Release = async (context, orderId, { eventId, type }) => {
  const { house, operator, say } = context;
  await until('raising the limit of the topic', RELEASE_BOUND_MS, () =>
    setTopicLimit(house, RAISED_LIMIT).then(
      () => true,
      () => undefined,
    ),
  );
  say(`mended the cause: the topic now allows ${Math.round(RAISED_LIMIT / 1_024)} KB`);
  await accepted('the redrive', () => operator.redrive(eventId, 'the limit of the topic was raised'));
  say(`redrove ${type} ${eventId} through the operator API`);
  const events = await allPublished(context, orderId, ({ standing }) => standing.state === 'published');
  say(`went on in order: ${listed(events)}`);
};

const skipIt: Release = async (context, orderId, { eventId, type }) => {
  const { operator, say } = context;
  await accepted('the skip', () => operator.skip(eventId, 'the record exceeds the limit of the topic'));
  say(`skipped ${type} ${eventId} through the operator API; an EventSkipped stands in its place`);
  const events = await allPublished(context, orderId, ({ eventId: id, standing }) =>
    id === eventId ? standing.state === 'skipped' : standing.state === 'published',
  );
  say(`went on in order: ${listed(events)}`);
};

/**
 * An order whose OrderPlaced is larger than the topic allows. Its client cancels it, so a second event waits
 * behind the first until an operator releases it.
 */
const poisonFault = (name: string, healing: string, release: Release): Fault => ({
  name,
  describe: `one event that can never be published (the topic allows ${POISON_TOPIC_LIMIT / 1_024} KB); then ${healing}`,
  tell: () => 'an order comes in whose first event cannot be published',
  needs: [],
  plan: ({ random, loadMs }) => [
    [{ kind: name, target: 'topic', waitMs: Math.round(loadMs * 0.1), lastsMs: random.int(2_000, 4_000) }],
  ],
  inject: async (context) => {
    const { operator, say } = context;
    const orderId = await context.poisoned;
    if (orderId === undefined) throw new Error('the order that cannot be published was never accepted');
    say(`order ${orderId} has an OrderPlaced of about 100 KB; the topic allows ${POISON_TOPIC_LIMIT / 1_024} KB`);
    const { first, second } = await until('the quarantine of the poisoned event', QUARANTINE_BOUND_MS, async () => {
      const events = await operator.eventsOf(orderId);
      const head = events?.[0];
      return head?.standing.state === 'quarantined' ? { first: head, second: events?.[1] } : undefined;
    });
    const { attempts, lastError } = first.standing;
    say(`${first.type} (sequence 1) is QUARANTINED after ${attempts ?? 0} attempts: ${lastError ?? 'no error noted'}`);
    if (second !== undefined)
      say(`${second.type} (sequence 2) is ${second.standing.state} behind it; all other orders go on`);
    return () => release(context, orderId, first);
  },
});

/** Healed as an operator would who can mend the cause: then the event itself is published. */
export const poison: Fault = {
  ...poisonFault('poison', 'the limit is raised and the event redriven', redriveIt),
  row: {
    number: 27,
    expected: 'quarantined, that order held, others flow; released in order after a redrive',
    mixes: false,
    judge: ({ report }) => [
      {
        what: `quarantined or held behind it, then released: ${report.events.released}`,
        holds: report.events.released >= 2 && report.events.quarantined === 0,
      },
    ],
  },
};

/** Healed as an operator would who cannot: consumers are told, and never see the event. */
export const poisonSkip = poisonFault('poison-skip', 'it is skipped, and its order goes on without it', skipIt);

/** Faults for which the workload has to bring the order. It brings one, so a run has at most one of them. */
export const isPoison = (kind: string): boolean => kind === poison.name || kind === poisonSkip.name;
