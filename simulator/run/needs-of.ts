import type { Fault } from '../faults/fault.ts';
import type { HouseNeeds } from './house.ts';

type Env = NonNullable<HouseNeeds['env']>;

const mergedEnv = (envs: readonly Env[]): Env =>
  Object.fromEntries(
    (['api', 'relay', 'janitor', 'payment', 'shipping'] as const).map((role) => [
      role,
      Object.fromEntries(envs.flatMap((env) => Object.entries(env[role] ?? {}))),
    ]),
  );

/** An environment in which all these faults can be made; where two ask for the same setting, the later one wins. */
export const needsOf = (faults: readonly Fault[]): HouseNeeds => {
  const needs = faults.flatMap(({ row }) => row?.house ?? []);
  const proxiesFrom = needs.map((need) => need.proxiesFrom).findLast((from) => from !== undefined);
  const replication = needs.map((need) => need.replication).findLast((kind) => kind !== undefined);
  const topicLimit = needs.map((need) => need.topicLimit).findLast((limit) => limit !== undefined);
  return {
    relays: Math.max(1, ...needs.map(({ relays }) => relays ?? 1)),
    proxies: [...new Set(needs.flatMap(({ proxies }) => proxies ?? []))],
    mysqlSettings: needs.flatMap(({ mysqlSettings }) => mysqlSettings ?? []),
    kafkaSettings: Object.fromEntries(needs.flatMap(({ kafkaSettings }) => Object.entries(kafkaSettings ?? {}))),
    disks: Object.fromEntries(needs.flatMap(({ disks }) => Object.entries(disks ?? {}))),
    ...(needs.some(({ brokers }) => brokers === 3) ? { brokers: 3 } : {}),
    ...(needs.some(({ sharedApi }) => sharedApi === true) ? { sharedApi: true } : {}),
    ...(needs.some(({ nextVersion }) => nextVersion === true) ? { nextVersion: true } : {}),
    ...(replication === undefined ? {} : { replication }),
    env: mergedEnv(needs.flatMap(({ env }) => env ?? [])),
    ...(proxiesFrom === undefined ? {} : { proxiesFrom }),
    ...(topicLimit === undefined ? {} : { topicLimit }),
  };
};
