import { laneOf } from '../../src/application/relay/lanes.ts';
import { Relay } from '../../src/application/relay/relay.ts';
import { InMemoryDatabase } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryRelayLeases } from '../../src/infrastructure/in-memory/in-memory-relay-leases.ts';
import { InMemoryRelayOutbox } from '../../src/infrastructure/in-memory/in-memory-relay-outbox.ts';
import { VirtualClock } from '../../src/infrastructure/in-memory/virtual-clock.ts';
import { seeded } from '../workload/seeded.ts';
import { Broker } from './broker.ts';
import { ConsumerGroup } from './consumer-group.ts';
import { ConsumerProcess } from './consumer-process.ts';
import { FaultLog } from './fault-log.ts';
import { FaultyCalls } from './faulty-calls.ts';
import { Operator } from './operator.ts';
import { CONSUMERS } from './plan.ts';
import type { Plan } from './plan.ts';
import { observerFor, overFaultyCalls, relaySettings } from './relay-process.ts';
import type { RelayPorts } from './relay-process.ts';
import { RingWay } from './ring-way.ts';
import { Shop } from './shop.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { Watch } from './watch.ts';
import { withinProcess } from './within-process.ts';

/** Replaces ports of one start of a relay. */
export type PlantBug = (ports: RelayPorts, world: World, process: SimulatedProcess) => RelayPorts;

export interface WorldOptions {
  readonly plan: Plan;
  readonly plant?: PlantBug | undefined;
  /** Hears of everything that happens, in order. */
  readonly tell?: ((line: string) => void) | undefined;
}

/** One start of a role in one place; a place is started again after a kill. */
export interface Place {
  process: SimulatedProcess;
  /** Of a relay. */
  relay: Relay | undefined;
  starts: number;
}

const STOP_DEADLINE_MS = 8_000;
const SKEWS_MS = [0, 0, -250, 700, 90_000] as const;

/** Relays, outbox, broker and consumers on one clock, whose every choice comes from one seed. */
export class World {
  readonly clock = new VirtualClock();
  readonly startedAt = this.clock.now();
  readonly database = new InMemoryDatabase(this.clock);
  readonly faults = new FaultLog();
  readonly watch = new Watch(this.database, this.clock);
  readonly plan: Plan;
  readonly broker: Broker;
  readonly shop: Shop;
  readonly calls: FaultyCalls;
  readonly operator: Operator;
  readonly groups: readonly ConsumerGroup[];
  readonly relays: Place[] = [];
  readonly members: Place[] = [];
  private readonly ports: RelayPorts;
  private readonly way: RingWay;
  readonly tell: ((line: string) => void) | undefined;
  private over = false;

  constructor(private readonly options: WorldOptions) {
    const { plan, tell } = options;
    this.tell = tell && ((line) => tell(`${this.clock.monotonic()} ${line}`));
    const { seed, lanes } = plan;
    this.plan = plan;
    this.broker = new Broker(this.clock, seeded(seed, 'broker'), lanes);
    this.calls = new FaultyCalls(this.clock, seeded(seed, 'database'));
    this.shop = new Shop(this.database, this.clock, this.calls, lanes, (orderKey) => this.ring(orderKey));
    this.operator = new Operator(this.database, this.calls, this.broker, (orderKey) => this.ring(orderKey));
    this.groups = CONSUMERS.map((name) => new ConsumerGroup(name, this.clock, lanes));
    this.way = new RingWay(seeded(seed, 'rings'), (ms, act) => this.after(ms, act));
    const jitter = seeded(seed, 'jitter');
    this.ports = {
      outbox: new InMemoryRelayOutbox(this.database),
      leases: new InMemoryRelayLeases(this.database),
      publisher: this.broker.topic,
      random: { next: () => jitter.unit() },
    };
  }

  /** Starts every process of the plan, and the look at what they do. */
  begin(): void {
    const { relays, members } = this.plan;
    void this.watch.run(() => this.over);
    for (let place = 0; place < relays; place += 1) this.startRelay(place);
    for (let place = 0; place < members * this.groups.length; place += 1) this.startMember(place);
  }

  /** Ends every process, with a last look. */
  end(): void {
    this.over = true;
    this.watch.look();
    for (const { process } of [...this.relays, ...this.members]) process.kill();
  }

  /** Does something later, unless the history is over by then. */
  after(ms: number, act: () => void): void {
    void this.clock.sleep(ms).then(() => {
      if (!this.over) act();
    });
  }

  startRelay(place: number): void {
    const { plan, options, relays } = this;
    const starts = (relays[place]?.starts ?? 0) + 1;
    const owner = `relay-${place + 1}.${starts}`;
    const process = new SimulatedProcess(this.clock, SKEWS_MS[(place + starts + plan.seed) % SKEWS_MS.length]);
    const ports = overFaultyCalls(this.calls, options.plant?.(this.ports, this, process) ?? this.ports);
    const parts = withinProcess(process, { ...ports, observer: observerFor(owner, this.tell) });
    const relay = new Relay(parts, relaySettings(owner, plan));
    relay.start();
    relays[place] = { process, relay, starts };
  }

  /** Stops a relay in order and starts it again later. */
  leave(place: number, forMs: number): void {
    const leaving = this.relays[place];
    if (leaving === undefined || leaving.process.isDead) return;
    void leaving.relay?.stop(STOP_DEADLINE_MS);
    this.after(forMs, () => {
      leaving.process.kill();
      if (this.relays[place]?.process === leaving.process) this.startRelay(place);
    });
  }

  /** Name of the consumer that a member belongs to. */
  consumerOf(member: number): string {
    return this.groups[member % this.groups.length]?.name ?? '';
  }

  startMember(place: number): void {
    const group = this.groups[place % this.groups.length];
    if (group === undefined) return;
    const starts = (this.members[place]?.starts ?? 0) + 1;
    const name = `${group.name}-${place + 1}.${starts}`;
    const process = new SimulatedProcess(this.clock);
    const random = seeded(this.plan.seed, name);
    const member = new ConsumerProcess(name, process, group, this.broker.topic, this.calls, random);
    void member.run();
    this.members[place] = { process, relay: undefined, starts };
  }

  /** To each relay that runs now, on a way of its own. */
  private ring(orderKey?: string): void {
    const lane = orderKey === undefined ? undefined : laneOf(orderKey, this.plan.lanes);
    for (const { process, relay } of this.relays)
      this.way.travel(() => {
        if (!process.isDead) relay?.wake(lane);
      });
  }
}
