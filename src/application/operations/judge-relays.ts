import type { Observation } from '../ports/examination.ts';
import type { OutboxStats } from '../ports/outbox-queries.ts';
import { leaseNameOf } from '../relay/lane-share.ts';

/** What the tables say of relays, on the database's clock. */
export interface RelaysSeen {
  readonly members: readonly {
    readonly owner: string;
    /** Until it counts as gone; negative: it does. */
    readonly leftSeconds: number;
    /** Where it hears of commits; null: it polls. */
    readonly doorbell: string | null;
  }[];
  readonly leases: readonly { readonly name: string; readonly owner: string; readonly leftSeconds: number }[];
  readonly lanes: number;
  readonly stats: OutboxStats;
}

/** The longest lease that the settings allow. */
const LONGEST_LEASE_SECONDS = 600;
/** The one lease of versions that knew no lanes; it is fenced for ever. */
const FENCED = 'relay';
const OLD_SECONDS = 10;
/** The promise: one minute from the order to its effect. */
const TOO_OLD_SECONDS = 60;

const START_A_RELAY = 'start one: `node src/main.ts --role relay`, or `npm start`';

const aboutMembers = ({ members }: RelaysSeen): Observation => {
  const alive = members.filter(({ leftSeconds }) => leftSeconds > 0);
  if (alive.length === 0)
    return { state: 'warn', says: 'no relay is alive: nothing is published', mend: START_A_RELAY };
  const deaf = alive.filter(({ doorbell }) => doorbell === null).length;
  const hears = deaf === 0 ? '' : `; ${deaf} of them hear of no commit and poll`;
  return { state: 'ok', says: `relays alive: ${alive.map(({ owner }) => owner).join(', ')}${hears}` };
};

const aboutLanes = ({ members, leases, lanes }: RelaysSeen): readonly Observation[] => {
  const names = Array.from({ length: lanes }, (_, lane) => leaseNameOf(lane));
  const live = new Map(leases.filter(({ leftSeconds }) => leftSeconds > 0).map((lease) => [lease.name, lease]));
  const led = names.filter((name) => live.has(name));
  const unled = names.filter((name) => !live.has(name));
  const alive = new Set(members.filter(({ leftSeconds }) => leftSeconds > 0).map(({ owner }) => owner));
  const left = names.filter((name) => live.has(name) && !alive.has(live.get(name)?.owner ?? ''));
  const strange = leases.filter(({ name }) => name !== FENCED && !names.includes(name));
  const endless = leases.filter(({ name, leftSeconds }) => name !== FENCED && leftSeconds > LONGEST_LEASE_SECONDS);
  return [
    { state: 'ok', says: `lanes led: ${led.length} of ${lanes}` },
    ...(unled.length > 0 && alive.size > 0
      ? [
          {
            state: 'warn' as const,
            says: `nobody leads ${unled.join(', ')}`,
            mend: 'look again in 10 s, the time of a lease; if they are still free, the log of the relays says why',
          },
        ]
      : []),
    ...(left.length > 0
      ? [
          {
            state: 'warn' as const,
            says: `${left.join(', ')}: led by a relay that is not alive any more`,
            mend: 'wait until the lease expires, then another relay takes over by itself',
          },
        ]
      : []),
    ...strange.map(({ name }): Observation => ({
      state: 'fail',
      says: `there is a lease ${name}, but ORDER_PARTITIONS is ${lanes}`,
      mend: 'set ORDER_PARTITIONS to the number that the topic was pinned with, everywhere',
    })),
    ...endless.map(({ name, leftSeconds }): Observation => ({
      state: 'fail',
      says: `lease ${name} runs for ${leftSeconds} s more, longer than any relay asks for: MySQL's clock was set back`,
      mend: `when no relay runs: UPDATE relay_leases SET owner = '', epoch = epoch + 1, expires_at = NOW(6) WHERE name = '${name}'`,
    })),
  ];
};

const aboutBacklog = ({ stats }: RelaysSeen): readonly Observation[] => {
  const { pending, held, retrying, quarantined, oldestPendingMs } = stats;
  const seconds = (oldestPendingMs ?? 0) / 1_000;
  const says =
    oldestPendingMs === null
      ? `nothing waits to be published (${held} held)`
      : `pending: ${pending}, of these ${held} held and ${retrying} retrying; the oldest that nothing holds is ${seconds.toFixed(1)} s old`;
  const mend = 'see docs/runbooks/publishing-stands-still.md';
  const backlog: Observation =
    seconds < OLD_SECONDS ? { state: 'ok', says } : { state: seconds < TOO_OLD_SECONDS ? 'warn' : 'fail', says, mend };
  if (quarantined === 0) return [backlog, { state: 'ok', says: 'nothing is quarantined' }];
  const given = `${quarantined} events are quarantined; ${held} later events of their orders are held`;
  return [backlog, { state: 'warn', says: given, mend: 'see docs/runbooks/events-quarantined.md' }];
};

/** Whether relays are alive, whether each lane is led, and whether what waits waits too long. */
export const judgeRelays = (seen: RelaysSeen): readonly Observation[] => [
  aboutMembers(seen),
  ...aboutLanes(seen),
  ...aboutBacklog(seen),
];
