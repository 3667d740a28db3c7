import { expect } from 'chai';
import { readApiVersions } from '../../../src/infrastructure/kafka/api-versions.ts';

const int16 = (value: number): readonly number[] => [(value >> 8) & 0xff, value & 0xff];
const text = (value: string): readonly number[] => [value.length + 1, ...Buffer.from(value)];
const feature = (name: string, first: number, second: number): readonly number[] => [
  ...text(name),
  ...int16(first),
  ...int16(second),
  0,
];
const tag = (number: number, bytes: readonly number[]): readonly number[] => [number, bytes.length, ...bytes];
const CORRELATION = [0, 0, 0, 1];
const answer = (...tags: readonly (readonly number[])[]): Buffer =>
  Buffer.from([
    ...CORRELATION,
    ...int16(0),
    // Two of the requests that it takes.
    ...[3, ...int16(0), ...int16(3), ...int16(13), 0, ...int16(18), ...int16(0), ...int16(4), 0],
    ...[0, 0, 0, 7],
    tags.length,
    ...tags.flat(),
  ]);
const SUPPORTED = tag(0, [3, ...feature('group.version', 0, 1), ...feature('metadata.version', 7, 33)]);
const EPOCH = tag(1, [0, 0, 0, 0, 0, 0, 1, 200]);
const FINALIZED = tag(2, [3, ...feature('metadata.version', 30, 30), ...feature('group.version', 1, 1)]);

describe('what a broker answers to ApiVersions', () => {
  it('tells the highest level it supports, and the one the cluster has finalized', () =>
    expect(readApiVersions(answer(SUPPORTED, EPOCH, FINALIZED))).to.deep.equal({ supported: 33, finalized: 30 }));
  it('is read whatever comes between, and with fields that came later', () =>
    expect(readApiVersions(answer(SUPPORTED, FINALIZED, tag(9, [1, 2, 3])))).to.deep.equal({
      ...{ supported: 33, finalized: 30 },
    }));
  it('given a broker without features, or too old for the question / then it is of no known version', () => {
    const nothing = { supported: undefined, finalized: undefined };
    expect(readApiVersions(answer())).to.deep.equal(nothing);
    expect(readApiVersions(Buffer.from([...CORRELATION, ...int16(35), 0, 0, 0, 0]))).to.deep.equal(nothing);
  });
  it('given what is none / then it throws, and reads nothing behind its end', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('HTTP/1.1 400 Bad Request'),
      answer(SUPPORTED).subarray(0, -3),
      Buffer.from([...CORRELATION, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
    ])
      expect(() => readApiVersions(bytes), bytes.toString('hex')).to.throw(RangeError);
  });
});
