import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';
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

/**
 * An order whose OrderPlaced is larger than the topic allows. Its client cancels it, so a second event waits
 * behind the first. Healed as an operator would: mend the cause, then redrive.
 */
export const poison: Fault = {
  name: 'poison',
  describe: `one event that can never be published (the topic allows ${POISON_TOPIC_LIMIT / 1_024} KB); then the limit is raised and the event redriven`,
  tell: () => 'an order comes in whose first event cannot be published',
  needs: [],
  plan: ({ random, loadMs }) => [
    [{ kind: 'poison', target: 'topic', waitMs: Math.round(loadMs * 0.1), lastsMs: random.int(2_000, 4_000) }],
  ],
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
  inject: async (context) => {
    const { operator, say } = context;
    const orderId = await context.poisoned;
    if (orderId === undefined) throw new Error('the order that cannot be published was never accepted');
    say(`order ${orderId} has an OrderPlaced of about 100 KB; the topic allows ${POISON_TOPIC_LIMIT / 1_024} KB`);
    const stuck = await until('the quarantine of the poisoned event', QUARANTINE_BOUND_MS, async () => {
      const events = await operator.eventsOf(orderId);
      const first = events?.[0];
      return first?.standing.state === 'quarantined' ? { first, second: events?.[1] } : undefined;
    });
    const { first, second } = stuck;
    const { attempts, lastError } = first.standing;
    say(`${first.type} (sequence 1) is QUARANTINED after ${attempts ?? 0} attempts: ${lastError ?? 'no error noted'}`);
    if (second !== undefined)
      say(`${second.type} (sequence 2) is ${second.standing.state} behind it; all other orders go on`);
    return async () => {
      await until('raising the limit of the topic', RELEASE_BOUND_MS, () =>
        setTopicLimit(context.house, RAISED_LIMIT).then(
          () => true,
          () => undefined,
        ),
      );
      say(`mended the cause: the topic now allows ${Math.round(RAISED_LIMIT / 1_024)} KB`);
      await until('the redrive', RELEASE_BOUND_MS, async () => {
        const status = await operator.redrive(first.eventId, 'the limit of the topic was raised');
        return status !== undefined && status < 300 ? status : undefined;
      });
      say(`redrove ${first.type} ${first.eventId} through the operator API`);
      const released = await until('the publication of the redriven order', RELEASE_BOUND_MS, async () => {
        const events = await operator.eventsOf(orderId);
        return events?.every(({ standing }) => standing.state === 'published') === true ? events : undefined;
      });
      say(`published in order: ${released.map(({ sequence, type }) => `${sequence} ${type}`).join(', ')}`);
    };
  },
};
