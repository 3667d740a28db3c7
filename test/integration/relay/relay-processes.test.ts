import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { LANES, RelayProcesses, metricOf } from './relay-processes.ts';

const PUBLISHED = 'orderly_relay_published_events_total';
/** Others look every second; the rest is for a busy machine. */
const NOTICED_MS = 5_000;

describe('relays as processes, over a real MySQL and a real Kafka', function () {
  this.timeout(120_000);
  let relays: RelayProcesses;
  afterEach(() => relays.close());

  const expectInOrder = async (): Promise<void> => {
    for (const { seen, committed } of await relays.firstAppearances())
      expect(seen).to.deep.equal(Array.from({ length: committed }, (_, index) => index + 1));
  };

  it('given leases of a minute / when a second relay joins and is asked to stop / then lanes are shared, and handed over at once', async () => {
    relays = await RelayProcesses.open(60_000);
    const first = await relays.start();
    await relays.leads(first, LANES);
    const stopAppending = relays.appendOn();
    const second = await relays.start();
    await relays.leads(second, LANES / 2, NOTICED_MS);
    await relays.leads(first, LANES / 2);
    for (const relay of [first, second])
      await eventually(async () => expect(await metricOf(relay, PUBLISHED)).to.be.greaterThan(0));
    expect(await metricOf(first, 'orderly_relay_members')).to.equal(2);
    expect(await metricOf(second, 'orderly_relay_lanes_held')).to.equal(LANES / 2);

    second.kill('SIGTERM');
    await relays.leads(first, LANES, NOTICED_MS);
    expect((await second.ended).code).to.equal(0);
    await stopAppending();
    await relays.allCompleted();
    await expectInOrder();
    expect(first.log()).not.to.include('lane lost');
  });

  it('given a relay that is killed / then its lanes are taken over when its leases have expired', async () => {
    const leaseMs = 4_000;
    relays = await RelayProcesses.open(leaseMs);
    const first = await relays.start();
    const second = await relays.start();
    await relays.leads(second, LANES / 2, NOTICED_MS);
    const stopAppending = relays.appendOn();
    await eventually(async () => expect(await metricOf(second, PUBLISHED)).to.be.greaterThan(0));
    second.kill('SIGKILL');
    await relays.leads(first, LANES, leaseMs + NOTICED_MS);
    await stopAppending();
    await relays.allCompleted();
    await expectInOrder();
  });

  it('given a relay that is frozen past its leases / when it wakes / then it is fenced, joins again, and there is no disorder', async () => {
    const leaseMs = 4_000;
    relays = await RelayProcesses.open(leaseMs);
    const first = await relays.start();
    const second = await relays.start();
    await relays.leads(second, LANES / 2, NOTICED_MS);
    const frozen = (await relays.leases()).filter(({ owner }) => owner === first.owner);
    const stopAppending = relays.appendOn();
    await eventually(async () => expect(await metricOf(first, PUBLISHED)).to.be.greaterThan(0));
    first.kill('SIGSTOP');
    // The server ends the frozen sessions after five seconds at the least, with the settlements they were in.
    await relays.leads(second, LANES, 5_000 + NOTICED_MS);
    const taken = new Map((await relays.leases()).map(({ name, epoch }) => [name, epoch]));
    for (const { name, epoch } of frozen) expect(taken.get(name)).to.be.greaterThan(epoch);
    first.kill('SIGCONT');
    await relays.leads(first, LANES / 2, 2 * NOTICED_MS);
    await relays.leads(second, LANES / 2);
    await stopAppending();
    await relays.allCompleted();
    await expectInOrder();
    expect(first.log().match(/"msg":"lane lost"/g)).to.have.lengthOf(LANES / 2);
  });
});
