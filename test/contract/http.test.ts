import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type * as t from 'io-ts';
import {
  CancellationBody,
  DeliveryBody,
  OrderAnswer,
  PaymentBody,
  PlaceOrderBody,
  ShipmentBody,
  orderAnswer,
  requestExamples,
} from '../../src/interfaces/contract/http.ts';
import { toJsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { decoded } from '../support/decoded.ts';
import { ordersAfterEveryEvent } from '../support/given-order.ts';

const bodies: { readonly [Name in keyof typeof requestExamples]: t.Mixed } = {
  PlaceOrder: PlaceOrderBody,
  Payment: PaymentBody,
  Shipment: ShipmentBody,
  Delivery: DeliveryBody,
  Cancellation: CancellationBody,
};
const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true } });

describe('the request bodies', () => {
  for (const [name, codec] of Object.entries(bodies)) {
    const example: object = requestExamples[name as keyof typeof requestExamples];
    const validate = ajv.compile(toJsonSchema(codec));

    it(`${name}: its example is accepted, by codec and schema`, () => {
      expect(codec.decode(example)).to.have.deep.property('right', example);
      expect(validate(example)).to.equal(true);
    });

    it(`${name}: refuses a field it does not know, by codec and schema`, () => {
      const more = { ...example, coupon: 'X' };
      expect(codec.decode(more)).to.have.property('_tag', 'Left');
      expect(validate(more)).to.equal(false);
    });

    const { required = [] } = toJsonSchema(codec);
    for (const field of Object.keys(example)) {
      const isNeeded = required.includes(field);
      it(`${name}: ${isNeeded ? 'needs' : 'may come without'} ${field}`, () => {
        const less = Object.fromEntries(Object.entries(example).filter(([key]) => key !== field));
        expect(codec.decode(less)).to.have.property('_tag', isNeeded ? 'Left' : 'Right');
        expect(validate(less)).to.equal(!isNeeded);
      });
    }
  }
});

describe('the answer of an order', () => {
  const validate = ajv.compile(toJsonSchema(OrderAnswer));

  for (const { history, order } of ordersAfterEveryEvent()) {
    it(`given ${history.map(({ type }) => type).join(', ')} / then it holds all that is known, as its schema says`, () => {
      const answer: unknown = JSON.parse(JSON.stringify(orderAnswer(order, history.length)));
      expect(answer).to.deep.equal({ ...order, version: history.length });
      expect(decoded(OrderAnswer, answer)).to.deep.equal(answer);
      expect(validate(answer)).to.equal(true);
    });
  }
});
