import { expect } from 'chai';
import { judgeAnswer } from '../../../src/application/consumer/callback-policy.ts';
import type { CallbackVerdict } from '../../../src/application/consumer/callback-policy.ts';

const table: readonly (readonly [number, number | undefined, CallbackVerdict['_tag']])[] = [
  [200, undefined, 'Delivered'],
  [201, undefined, 'Delivered'],
  [204, undefined, 'Delivered'],
  [302, undefined, 'Retry'],
  [400, undefined, 'Refused'],
  [401, undefined, 'Refused'],
  [404, undefined, 'Refused'],
  [408, undefined, 'Retry'],
  [409, undefined, 'Refused'],
  [409, 1_000, 'Retry'],
  [412, undefined, 'Refused'],
  [422, undefined, 'Refused'],
  [422, 1_000, 'Refused'],
  [425, undefined, 'Retry'],
  [429, undefined, 'Retry'],
  [429, 2_000, 'Retry'],
  [500, undefined, 'Retry'],
  [501, undefined, 'Retry'],
  [503, 1_000, 'Retry'],
];

describe('callback answers', () => {
  for (const [status, retryAfterMs, verdict] of table)
    it(`HTTP ${status}${retryAfterMs === undefined ? '' : ` with Retry-After ${retryAfterMs} ms`} is ${verdict}`, () => {
      expect(judgeAnswer({ status, retryAfterMs, body: '' })._tag).to.equal(verdict);
    });

  it('keeps the time that the other side named', () => {
    expect(judgeAnswer({ status: 503, retryAfterMs: 1_500, body: '' })).to.deep.equal({
      _tag: 'Retry',
      reason: 'HTTP 503',
      afterMs: 1_500,
    });
  });
});
