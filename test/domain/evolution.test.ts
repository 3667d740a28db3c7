import { expect } from 'chai';
import * as t from 'io-ts';
import { defineEvent } from '../../src/domain/define-event.ts';
import { readEvent } from '../../src/domain/read-event.ts';
import { leftOf, rightOf } from '../support/decoded.ts';

/* The life of an event in three versions. Each golden is what was written when its version was the newest. */

const V1 = t.strict({ stars: t.number });
const V2 = t.strict({ stars: t.number, comment: t.union([t.string, t.null]) });
const V3 = t.strict({ rating: t.strict({ stars: t.number, outOf: t.number }), comment: t.union([t.string, t.null]) });

const read = <A>(codec: t.Type<A, unknown>, older: unknown): A => rightOf(codec.decode(older));

const OrderRated = defineEvent({
  type: 'OrderRated',
  version: 3,
  summary: 'The customer said how it was.',
  payload: V3,
  upcasts: {
    1: (older) => ({ ...read(V1, older), comment: null }),
    2: (older) => {
      const { stars, comment } = read(V2, older);
      return { rating: { stars, outOf: 5 }, comment };
    },
  },
});

const occurredAt = '2026-01-31T09:30:00.000Z';
const golden = (version: number, payload: string): Parameters<typeof readEvent>[1] => ({
  version,
  occurredAt,
  payload,
});

describe('an event with three versions', () => {
  const goldens: readonly (readonly [version: number, payload: string, today: unknown])[] = [
    [1, '{"stars":4}', { rating: { stars: 4, outOf: 5 }, comment: null }],
    [2, '{"stars":5,"comment":"quick"}', { rating: { stars: 5, outOf: 5 }, comment: 'quick' }],
    [3, '{"rating":{"stars":9,"outOf":10},"comment":"ok"}', { rating: { stars: 9, outOf: 10 }, comment: 'ok' }],
  ];
  for (const [version, text, payload] of goldens)
    it(`given what was written in version ${version} / then it is read as one of today`, () => {
      expect(rightOf(readEvent(OrderRated, golden(version, text)))).to.deep.equal({
        type: 'OrderRated',
        occurredAt,
        payload,
      });
    });

  it('given a payload that never was one of its version / then the step that failed is named', () => {
    expect(leftOf(readEvent(OrderRated, golden(1, '{"stars":"many"}')))).to.include({
      _tag: 'EventUpcastFailed',
      fromVersion: 1,
    });
  });

  it('given an upcast that makes no valid payload / then the event is refused, not half read', () => {
    const careless = { ...OrderRated, upcasts: { ...OrderRated.upcasts, 2: (older: unknown) => older } };
    expect(leftOf(readEvent(careless, golden(1, '{"stars":4}')))).to.include({ _tag: 'InvalidEvent' });
  });

  it('given version 4 / then it is unknown', () => {
    expect(leftOf(readEvent(OrderRated, golden(4, '{}')))).to.deep.equal({
      _tag: 'UnknownEventVersion',
      type: 'OrderRated',
      version: 4,
      newest: 3,
    });
  });
});
