import { PUBLISH_TIMEOUT_MS, orderEvent } from './broker.ts';
import type { Step } from './plan.ts';
import { orderName } from './shop.ts';
import type { Blow } from './simulated-process.ts';
import type { Place, World } from './world.ts';

/**
 * How long it takes the system to notice that something is up again: outages are probed every 5 s, leases and consumer
 * sessions run out after 10 s. So long the checker counts it as broken.
 */
const RECOVERY_MS = 11_000;

const strike = (
  world: World,
  place: Place | undefined,
  blow: Blow,
  waits: number,
  forMs: number,
  again: () => void,
): void => {
  if (place === undefined || place.process.isDead) return;
  const { process } = place;
  process.strike(blow, waits);
  world.after(forMs, () => {
    process.resume();
    if (process.isDead) again();
  });
};

/** Lets one step of the plan happen, and notes what it breaks and for how long. */
export const carryOut = (world: World, step: Step): void => {
  const { clock, faults, broker, calls, shop } = world;
  const now = clock.now();
  const broken = (target: string, forMs: number): void => {
    faults.note(step.kind, target, now, now + forMs + RECOVERY_MS);
  };
  switch (step.kind) {
    case 'commit':
      shop.commit(orderName(step.order), step.events, step.commitMs);
      return;
    case 'relay-kill':
    case 'relay-pause': {
      const { relay, waits, forMs } = step;
      const blow = step.kind === 'relay-kill' ? 'kill' : 'pause';
      broken(`relay-${relay + 1}`, forMs);
      strike(world, world.relays[relay], blow, waits, forMs, () => world.startRelay(relay));
      return;
    }
    case 'relay-leave':
      broken(`relay-${step.relay + 1}`, step.forMs);
      world.leave(step.relay, step.forMs);
      return;
    case 'consumer-kill':
    case 'consumer-pause': {
      const { member, waits, forMs } = step;
      const blow = step.kind === 'consumer-kill' ? 'kill' : 'pause';
      broken(world.consumerOf(member), forMs);
      strike(world, world.members[member], blow, waits, forMs, () => world.startMember(member));
      return;
    }
    case 'handler-fails': {
      const group = world.groups[step.consumer];
      if (group === undefined) return;
      // What it parks is reprocessed when the storm is over.
      broken(group.name, world.plan.stormMs - step.at);
      group.failHandler(step.times, step.forMs);
      return;
    }
    case 'broker-down':
      broken('kafka', step.forMs);
      broker.down(step.lane, step.forMs);
      return;
    case 'broker-answers-lost':
      broken('kafka', step.forMs + PUBLISH_TIMEOUT_MS);
      broker.trouble(step.lane, step.requests, step.forMs, { _tag: 'AnswerLost' });
      return;
    case 'broker-requests-late':
      broken('kafka', step.forMs + PUBLISH_TIMEOUT_MS + step.byMs);
      broker.trouble(step.lane, step.requests, step.forMs, { _tag: 'StoredLate', afterMs: step.byMs });
      return;
    case 'broker-unclear':
      broken('kafka', step.forMs);
      broker.trouble(step.lane, step.requests, step.forMs, { _tag: 'Refused', kind: 'unknown', reason: 'UNKNOWN' });
      return;
    case 'poison':
      // Its retries last, and delay its order; in the few events of one history that would spoil the mean.
      broken('kafka', world.plan.stormMs - step.at);
      broker.refuse(orderEvent(orderName(step.order), step.sequence), step.times);
      return;
    case 'mysql-down':
      broken('mysql', step.forMs);
      calls.down(step.forMs);
      return;
    case 'mysql-answers-lost':
      broken('mysql', step.forMs);
      calls.loseAnswers(step.calls, step.forMs);
      return;
    case 'clock-jump':
      broken(`relay-${step.relay + 1}`, 0);
      world.relays[step.relay]?.process.jumpWallClock(step.byMs);
      return;
    case 'redrive':
      world.operator.redrive(step.pick, step.mended);
      return;
    case 'skip':
      world.operator.skip(step.pick);
      return;
  }
};
