import { brokerOutage } from './broker-outage.ts';
import { duplicateDelivery } from './duplicate-delivery.ts';
import {
  apiDiesBeforeCommit,
  consumersDieAfterEffect,
  failpoints,
  relayDiesAfterAck,
  relayDiesBeforeSend,
} from './failpoints.ts';
import type { Fault } from './fault.ts';
import { killAny } from './kill-any.ts';
import { apiKill, brokerRestart, mysqlRestart, paymentKill, relayKill, shippingKill } from './kill.ts';
import { poison, poisonSkip } from './poison.ts';
import { aclRevoked } from './rows/acl-revoked.ts';
import { clockJumps } from './rows/clock-jumps.ts';
import { commitLost } from './rows/commit-lost.ts';
import { deadlock } from './rows/deadlock.ts';
import { mysqlDiskFull } from './rows/disk-full.ts';
import { eventLoopStalled } from './rows/event-loop-stalled.ts';
import { lockWait } from './rows/lock-wait.ts';
import { poolEmpty } from './rows/pool-empty.ts';
import { mysqlFailover } from './rows/mysql-failover.ts';
import { mysqlReadOnly } from './rows/read-only.ts';
import { sessionKilled } from './rows/session-killed.ts';
import { tooManyConnections } from './rows/too-many-connections.ts';
import { brokerFrozen, mysqlFrozen } from './rows/freeze.ts';
import { connectionsLost, produceAnswerLost, slicedFrames, slowNetwork } from './rows/network.ts';
import { kafkaDiskFull } from './rows/kafka-disk-full.ts';
import { leadersMove } from './rows/leaders-move.ts';
import { longBacklog } from './rows/long-backlog.ts';
import { notEnoughReplicas } from './rows/not-enough-replicas.ts';
import { offsetOutOfRange } from './rows/offset-out-of-range.ts';
import { gracefulStop, relayPaused, severalRelays } from './rows/relays.ts';
import { partitionsAdded } from './rows/partitions-added.ts';
import { poisonRecords } from './rows/poison-records.ts';
import { purge } from './rows/purge.ts';
import { rollingUpgrade } from './rows/rolling-upgrade.ts';
import { slowHandler } from './rows/slow-handler.ts';
import { topicMissing } from './rows/topic-missing.ts';
import { wrongHost } from './rows/wrong-host.ts';

/** Every fault by the name it has on the command line. */
export const faults: readonly Fault[] = [
  relayKill,
  apiKill,
  paymentKill,
  shippingKill,
  brokerRestart,
  brokerOutage,
  mysqlRestart,
  poison,
  poisonSkip,
  duplicateDelivery,
  relayDiesBeforeSend,
  relayDiesAfterAck,
  apiDiesBeforeCommit,
  consumersDieAfterEffect,
  failpoints,
  killAny,
  relayPaused,
  severalRelays,
  gracefulStop,
  mysqlFrozen,
  brokerFrozen,
  produceAnswerLost,
  connectionsLost,
  slowNetwork,
  slicedFrames,
  aclRevoked,
  topicMissing,
  partitionsAdded,
  commitLost,
  sessionKilled,
  deadlock,
  lockWait,
  poolEmpty,
  mysqlReadOnly,
  mysqlDiskFull,
  tooManyConnections,
  offsetOutOfRange,
  notEnoughReplicas,
  leadersMove,
  kafkaDiskFull,
  slowHandler,
  poisonRecords,
  clockJumps,
  eventLoopStalled,
  wrongHost,
  longBacklog,
  mysqlFailover,
  purge,
  rollingUpgrade,
];

export const faultNamed = (name: string): Fault | undefined => faults.find((fault) => fault.name === name);
