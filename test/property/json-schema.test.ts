import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { catalog } from '../../src/domain/order/events/catalog.ts';
import {
  Currency,
  CustomerId,
  Instant,
  MinorUnits,
  OrderId,
  OrderLine,
  Quantity,
  ShortText,
  Sku,
} from '../../src/domain/order/values.ts';
import { EnvelopeHeaders } from '../../src/interfaces/contract/envelope-headers.ts';
import { EventSkipped } from '../../src/interfaces/contract/event-skipped.ts';
import {
  CancellationBody,
  DeliveryBody,
  OrderAnswer,
  OrderEventsAnswer,
  PaymentBody,
  PlaceOrderBody,
  ShipmentBody,
} from '../../src/interfaces/contract/http.ts';
import { toJsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { validationProblems } from '../../src/interfaces/contract/validation-errors.ts';
import { jsonNear } from '../support/json-near.ts';

/** Days of the Gregorian calendar, written without the code under test. */
const isRealDateTime = (text: string): boolean => {
  const [, year, month, day, hour, minute, second] = (
    /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z$/.exec(text) ?? []
  ).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  if (hour === undefined || minute === undefined || second === undefined) return false;
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 59;
};

const ajv = new Ajv2020({ strict: true, allErrors: false, formats: { 'date-time': isRealDateTime } });

const values: readonly t.Mixed[] = [
  OrderId,
  CustomerId,
  Sku,
  ShortText,
  Quantity,
  MinorUnits,
  Currency,
  Instant,
  OrderLine,
];
const contract: readonly t.Mixed[] = [
  PlaceOrderBody,
  PaymentBody,
  ShipmentBody,
  DeliveryBody,
  CancellationBody,
  OrderAnswer,
  OrderEventsAnswer,
  EventSkipped,
  EnvelopeHeaders,
];
const payloads = Object.values(catalog).map(({ type, payload }) => ({ name: `payload of ${type}`, codec: payload }));
const optional = t.exact(t.intersection([t.type({ sku: Sku }), t.partial({ quantity: Quantity })]), 'WithOptional');

const cases: readonly { readonly name: string; readonly codec: t.Mixed }[] = [
  ...[...values, ...contract, optional].map((codec) => ({ name: codec.name, codec })),
  ...payloads,
];

describe('the JSON Schema of a codec accepts exactly what the codec accepts', () => {
  for (const { name, codec } of cases) {
    it(name, () => {
      const validate = ajv.compile(toJsonSchema(codec));
      let good = 0;
      let bad = 0;
      fc.assert(
        fc.property(jsonNear(codec), (near) => {
          const value: unknown = JSON.parse(JSON.stringify(near));
          const result = codec.decode(value);
          expect(validate(value), JSON.stringify(value).slice(0, 500)).to.equal(E.isRight(result));
          if (E.isRight(result)) good += 1;
          else {
            bad += 1;
            expect(validationProblems(result.left)).not.to.deep.equal([]);
          }
        }),
        { numRuns: values.includes(codec) ? 1_500 : 300 },
      );
      expect(good, 'good values seen').to.be.greaterThan(5);
      expect(bad, 'bad values seen').to.be.greaterThan(5);
    });
  }
});
