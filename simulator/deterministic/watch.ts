import type { Clock } from '../../src/application/ports/clock.ts';
import type { InMemoryDatabase } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import type { BacklogSample, LeaseSighting, QuarantineSighting } from '../checker/evidence.ts';

const EVERY_MS = 500;

/** Looks at the committed tables again and again, as the real checker does while a run goes on. */
export class Watch {
  readonly leases: LeaseSighting[] = [];
  readonly backlog: BacklogSample[] = [];
  readonly quarantines = new Map<string, QuarantineSighting>();
  private readonly lastLease = new Map<string, LeaseSighting>();

  constructor(
    private readonly database: InMemoryDatabase,
    private readonly clock: Clock,
  ) {}

  async run(until: () => boolean): Promise<void> {
    while (!until()) {
      this.look();
      await this.clock.sleep(EVERY_MS);
    }
  }

  look(): void {
    const at = this.clock.now();
    const { leases, outbox } = this.database.committed;
    for (const { name, owner, epoch } of leases.values()) {
      const last = this.lastLease.get(name);
      if (last?.owner === owner && last.epoch === epoch) continue;
      const sighting = { at, name, owner, epoch };
      this.lastLease.set(name, sighting);
      this.leases.push(sighting);
    }
    let held = 0;
    let pending = 0;
    let quarantined = 0;
    for (const { status, heldBy, eventId } of outbox.values()) {
      if (status === 'PENDING' && heldBy === null) pending += 1;
      if (status === 'PENDING' && heldBy !== null) held += 1;
      if (status !== 'QUARANTINED') continue;
      quarantined += 1;
      const firstSeenAt = this.quarantines.get(eventId)?.firstSeenAt ?? at;
      this.quarantines.set(eventId, { eventId, firstSeenAt, lastSeenAt: at });
    }
    this.backlog.push({ at, held, pending, quarantined });
  }
}
