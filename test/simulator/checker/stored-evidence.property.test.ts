import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { check } from '../../../simulator/checker/check.ts';
import { checkStored } from '../../../simulator/checker/check-stored.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { measure } from '../../../simulator/checker/measure.ts';
import type { Measurements } from '../../../simulator/checker/measurements.ts';
import type { CheckResult } from '../../../simulator/checker/verdict.ts';
import { SHARDED } from '../../../simulator/checker/spill/routes.ts';
import { anyEvidence } from './any-evidence.ts';
import { aRun, DELIVERED, ofEvent, orderId, without } from './evidence-builder.ts';
import { storedOf } from './stored-of.ts';

/*
 * Evidence on disk, judged in shards, gives to the letter what the same evidence gives when it is judged at once:
 * whatever is broken in it, and however many shards there are.
 */

const sorted = (values: Float64Array): readonly number[] => [...Float64Array.from(values).sort()];
const comparable = ({ delays, placedAt, appendedAt, ...figures }: Measurements): unknown => ({
  ...figures,
  placedAt: sorted(placedAt),
  appendedAt: sorted(appendedAt),
  publishMs: sorted(delays.publishMs),
  endToEndMs: sorted(delays.endToEndMs),
});

interface Judged {
  readonly result: CheckResult;
  readonly measured: unknown;
  readonly excerpt: Evidence;
  readonly shards: number;
}

const inShards = async (evidence: Evidence, buckets: number, shown: readonly string[] = []): Promise<Judged> => {
  const directory = mkdtempSync(join(tmpdir(), 'checker-'));
  try {
    const stored = storedOf(evidence, directory, { buckets, rowsPerShard: 0 });
    const { result, measured, excerpt } = await checkStored(stored, () => shown);
    return { result, measured: comparable(measured), excerpt, shards: stored.shardCount };
  } finally {
    rmSync(directory, { recursive: true });
  }
};

describe('evidence on disk', function () {
  this.timeout(120_000);

  it('is judged and measured as if it had been judged at once', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvidence, fc.integer({ min: 1, max: 12 }), async (evidence, buckets) => {
        const { result, measured } = await inShards(evidence, buckets);
        expect(result).to.deep.equal(check(evidence));
        expect(measured).to.deep.equal(comparable(measure(evidence)));
      }),
      { numRuns: 150 },
    );
  });

  it('comes in several shards', async () => {
    const { shards } = await inShards(aRun(...Array.from({ length: 40 }, () => DELIVERED)), 8);
    expect(shards).to.equal(8);
  });

  it('keeps all that is told of the orders to be shown and of those that break something', async () => {
    const good = aRun(...Array.from({ length: 20 }, () => DELIVERED));
    const { excerpt, result } = await inShards(without(good, 'log', ofEvent(3, 2)), 4, [orderId(7)]);
    const shown = new Set([orderId(3), orderId(7)]);
    expect(new Set(excerpt.orders.rows.map((row) => row.orderId))).to.deep.equal(shown);
    expect(excerpt.inbox.rows).to.have.lengthOf(16);
    expect(excerpt.log.rows).to.have.lengthOf(7);
    expect(check(excerpt).invariants.find(({ id }) => id === 3)?.counterexample).to.deep.equal(
      result.invariants.find(({ id }) => id === 3)?.counterexample,
    );
  });

  it('leaves nothing but gaps of the sources that come in shards in its frame', () => {
    const directory = mkdtempSync(join(tmpdir(), 'checker-'));
    const { frame } = storedOf(aRun(DELIVERED), directory, {});
    rmSync(directory, { recursive: true });
    expect(SHARDED.flatMap((name) => [...frame[name].rows])).to.deep.equal([]);
  });
});
