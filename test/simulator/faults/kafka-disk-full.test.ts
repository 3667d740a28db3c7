import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kafkaDiskFull } from '../../../simulator/faults/rows/kafka-disk-full.ts';
import { seeded } from '../../../simulator/workload/seeded.ts';
import { contextForTests, houseForTests } from './house-for-tests.ts';

const injection = { kind: 'kafka-disk-full', target: 'kafka', waitMs: 0, lastsMs: 0 };

describe('the row with a full disk of Kafka', () => {
  it('is injected once, within the first third of the load', () => {
    const [track, ...others] = kafkaDiskFull.plan({
      random: seeded(1, 'test'),
      loadMs: 12_000,
      relays: 1,
      outageMs: 0,
    });
    expect([track?.length, others.length]).to.deep.equal([1, 0]);
    expect(track?.[0]?.waitMs).to.be.within(2_000, 4_000);
  });

  it('fills no disk but one that the broker has for itself', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'disk-'));
    try {
      const house = houseForTests({ disks: { mysql: directory } });
      const failure = await kafkaDiskFull.inject(contextForTests({ house }), injection).then(
        () => 'it filled something',
        (cause: unknown) => (cause instanceof Error ? cause.message : ''),
      );
      expect(failure).to.equal('Kafka has no disk of its own');
      expect(await readdir(directory)).to.deep.equal([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
