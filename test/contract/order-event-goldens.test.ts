import { expect } from 'chai';
import * as t from 'io-ts';
import { catalog, isOrderEventType } from '../../src/domain/order/events/catalog.ts';
import { encodeEvent } from '../../src/domain/order/events/codec.ts';
import { decodeOrderEvent, explainDecodeError } from '../../src/interfaces/contract/order-events.ts';
import { decoded, rightOf } from '../support/decoded.ts';
import { differencesBetween } from '../support/differences-between.ts';
import { GOLDENS, goldenNames, readGolden } from '../support/goldens.ts';

/*
 * One file for each event version that ever was released: `order-placed.v1.json`, and `order-placed.v1.<variant>.json`
 * for more of the same. A golden is never changed: what is on a topic stays there.
 */

const Golden = t.strict({
  type: t.string,
  version: t.number,
  occurredAt: t.string,
  payload: t.UnknownRecord,
});

const kebab = (type: string): string => type.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
const NAME = /^(order-[a-z-]+)\.v(\d+)(?:\.[a-z-]+)?\.json$/;
const events = goldenNames().filter((name) => NAME.test(name));

describe('every released event version has a golden', () => {
  for (const { type, version } of Object.values(catalog)) {
    for (let each = 1; each <= version; each += 1) {
      const name = `${kebab(type)}.v${each}.json`;
      it(name, () => {
        expect(
          events,
          `create ${GOLDENS}/${name} holding { "type": "${type}", "version": ${each}, "occurredAt": "…Z", "payload": { … } } with a payload as it is written today`,
        ).to.include(name);
      });
    }
  }
});

describe('today’s code reads and writes the bytes of every golden', () => {
  for (const name of events) {
    const golden = decoded(Golden, readGolden(name));
    const encoded = { ...golden, payload: JSON.stringify(golden.payload) };

    it(`${name} is named after its event and version`, () => {
      expect(name).to.match(new RegExp(`^${kebab(golden.type)}\\.v${golden.version}\\.`));
    });

    it(`${name} is read`, () => {
      const event = decodeOrderEvent(encoded);
      const why = event._tag === 'Left' ? `version ${golden.version}: ${explainDecodeError(event.left)}` : '';
      expect(event._tag, why).to.equal('Right');
    });

    if (isOrderEventType(golden.type) && catalog[golden.type].version === golden.version) {
      it(`${name} is written again, byte for byte`, () => {
        const written = encodeEvent(rightOf(decodeOrderEvent(encoded)));
        const { type, version } = golden;
        expect(
          differencesBetween(golden.payload, JSON.parse(written.payload)).map(
            (field) => `${type} v${version} ${field}`,
          ),
          'a released version is written otherwise: raise the version, or take the change back',
        ).to.deep.equal([]);
        expect(written).to.deep.equal(encoded);
      });
    }
  }
});
