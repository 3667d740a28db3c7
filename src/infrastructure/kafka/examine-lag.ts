import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Admin, Kafka } from 'kafkajs';
import type { Examination, Observation } from '../../application/ports/examination.ts';
import { askKafka } from './ask-kafka.ts';

/** A consumer group that has read of the topic. */
export interface GroupSeen {
  readonly group: string;
  /** As the broker names it: `Stable`, `Empty`, … */
  readonly state: string;
  readonly members: number;
  /** Records of the topic that it has not committed. */
  readonly lag: number;
  /** True: what it has committed is older than what the topic still holds. */
  readonly behindStart: boolean;
}

/** What is normal while records flow. */
const LAG_WORTH_A_LOOK = 1_000;

/** Each group that reads the topic: whether somebody is there, and how far behind. */
export const judgeGroups = (groups: readonly GroupSeen[], topic: string): readonly Observation[] =>
  groups.length === 0
    ? [{ state: 'ok', says: `no consumer group has read ${topic} yet` }]
    : groups.map(({ group, state, members, lag, behindStart }): Observation => {
        const says = `group ${group}: ${state}, ${members} members, ${lag} records behind`;
        if (behindStart)
          return {
            state: 'fail',
            says: `${says}; the topic has deleted records before the group had read them`,
            mend: 'see docs/runbooks/consumer-lost-records.md',
          };
        if (members === 0)
          return { state: 'warn', says, mend: 'start the consumer, or delete the group if it is not used any more' };
        if (lag >= LAG_WORTH_A_LOOK) return { state: 'warn', says, mend: 'see docs/runbooks/consumer-lag.md' };
        return { state: 'ok', says };
      });

const lookAt = async (admin: Admin, topic: string): Promise<readonly GroupSeen[]> => {
  if (!(await admin.listTopics()).includes(topic)) return [];
  const { groups } = await admin.listGroups();
  const seen: GroupSeen[] = [];
  for (const { groupId } of groups.filter(({ protocolType }) => protocolType === 'consumer')) {
    // In this order: asked the other way round, a busy group could seem to have committed beyond the end.
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const bounds = await admin.fetchTopicOffsets(topic);
    const own = (committed?.partitions ?? []).flatMap(({ partition, offset }) => {
      const bound = bounds.find((one) => one.partition === partition);
      const at = Number(offset);
      return bound === undefined || at < 0 ? [] : [{ at, start: Number(bound.low), end: Number(bound.high) }];
    });
    if (own.length === 0) continue;
    const described = (await admin.describeGroups([groupId])).groups[0];
    seen.push({
      group: groupId,
      state: described?.state ?? 'unknown',
      members: described?.members.length ?? 0,
      lag: own.reduce((sum, { at, end }) => sum + Math.max(0, end - at), 0),
      behindStart: own.some(({ at, start }) => at < start),
    });
  }
  return seen;
};

export const examineLag = (kafka: Kafka, topic: string): Examination => ({
  name: 'consumers',
  run: pipe(
    askKafka(kafka, (admin) => lookAt(admin, topic)),
    TE.map((groups) => judgeGroups(groups, topic)),
  ),
});
