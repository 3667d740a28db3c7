import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import * as t from 'io-ts';
import { ignore } from '../../src/consumer-kit.ts';
import { paymentConsumer } from '../../simulator/participants/payment/payment.ts';
import { shippingConsumer } from '../../simulator/participants/shipping/shipping.ts';
import { knownConsumers } from '../../tools/contracts/consumers.ts';
import { contractDocuments, staleDocuments } from '../../tools/contracts/contract-documents.ts';
import { ROOT } from '../../tools/environment/checkout.ts';
import { decoded } from '../support/decoded.ts';
import { goldenNames, readGolden } from '../support/goldens.ts';

/* What `npm run contracts` writes into docs/contract. */

const documents = await contractDocuments(ROOT);
const consumers = await knownConsumers(ROOT);
const parsed = (path: string): unknown => JSON.parse(documents.get(path) ?? '');
const schemaPaths = [...documents.keys()].filter((path) => path.includes('/schemas/'));
const schemaNamed = (name: string): Readonly<Record<string, unknown>> =>
  decoded(t.UnknownRecord, parsed(`docs/contract/schemas/${name}`));

const ajv2020 = (): Ajv2020 => new Ajv2020({ strict: true, formats: { 'date-time': true, uuid: true } });
const ajv7 = (): Ajv => new Ajv({ strict: false, validateFormats: false });

describe('the documents of the contract', () => {
  it('are what the code says', async () => {
    expect(await staleDocuments(ROOT, documents)).to.deep.equal([]);
  });

  it('would not pass for fresh when one was changed, is missing, or is of no event', async () => {
    const other = new Map(documents);
    other.set('docs/contract/catalog.md', 'changed');
    other.set('docs/contract/schemas/order-lost.v1.json', '{}');
    other.delete('docs/contract/schemas/order-paid.v1.json');
    expect(await staleDocuments(ROOT, other)).to.deep.equal([
      'docs/contract/catalog.md is not what the code says: npm run contracts',
      'docs/contract/schemas/order-lost.v1.json is missing: npm run contracts',
      'docs/contract/schemas/order-paid.v1.json is of no event: npm run contracts',
    ]);
  });

  it('tell of every consumer that is run here, and of the example', () => {
    const folders = readdirSync(join(ROOT, 'simulator/participants'), { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(consumers.map(({ name }) => name)).to.have.members([...names, 'loyalty-points']);
  });

  const run = [paymentConsumer({ declineRatio: 0, handlingDelayMs: 0 }), shippingConsumer({ handlingDelayMs: 0 })];
  for (const { name, handlers } of run)
    it(`tell of ${name} what it does when it is run`, () => {
      const handled = Object.entries(handlers).flatMap(([type, handler]) => (handler === ignore ? [] : [type]));
      expect([...(consumers.find((each) => each.name === name)?.handles ?? [])]).to.have.members(handled);
      expect(handled).not.to.deep.equal([]);
    });
});

describe('the JSON Schema of an event version', () => {
  for (const path of schemaPaths)
    it(`${path} is one of draft 2020-12`, () => {
      const ajv = ajv2020();
      expect(ajv.validateSchema(schemaNamed(path.split('/').at(-1) ?? '')), ajv.errorsText()).to.equal(true);
      expect(() => ajv.compile(schemaNamed(path.split('/').at(-1) ?? ''))).to.not.throw();
    });

  const Golden = t.type({ payload: t.unknown });
  for (const name of goldenNames().filter((each) => !each.startsWith('envelope.')))
    it(`accepts ${name}, which was written by it`, () => {
      const [event, version] = name.split('.');
      const validate = ajv2020().compile(schemaNamed(`${event}.${version}.json`));
      expect(validate(decoded(Golden, readGolden(name)).payload), JSON.stringify(validate.errors)).to.equal(true);
    });
});

describe('the AsyncAPI document', () => {
  const Example = t.type({ name: t.string, headers: t.UnknownRecord, payload: t.UnknownRecord });
  const Message = t.type({ headers: t.UnknownRecord, payload: t.UnknownRecord, examples: t.array(Example) });
  const Document = t.type({ components: t.type({ messages: t.record(t.string, Message) }) });
  const document = parsed('docs/contract/asyncapi.json');
  const { messages } = decoded(Document, document).components;

  // The parser of AsyncAPI itself brings a package that runs a script when it is installed.
  const official = fileURLToPath(import.meta.resolve('@asyncapi/specs/schemas/3.0.0.json'));

  it('is one of version 3.0.0, says the schema of AsyncAPI', () => {
    // It brings the schema of JSON Schema itself.
    const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });
    const validate = ajv.compile(decoded(t.UnknownRecord, JSON.parse(readFileSync(official, 'utf8'))));
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 5), null, 2)).to.equal(true);
    expect(validate({ ...decoded(t.UnknownRecord, document), channels: { orderEvents: { adress: 'x' } } })).to.equal(
      false,
    );
  });

  it('points to nothing that is not there', () => {
    const text = documents.get('docs/contract/asyncapi.json') ?? '';
    const pointers = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, pointer = '']) => pointer);
    expect(pointers.length).to.be.greaterThan(2);
    for (const pointer of pointers) expect(document).to.have.nested.property(pointer.replaceAll('/', '.'));
  });

  for (const [name, { headers, payload, examples }] of Object.entries(messages))
    it(`${name}: has an example that its own schemas accept`, () => {
      expect(examples).to.have.length(1);
      for (const example of examples) {
        expect(ajv7().validate(headers, example.headers)).to.equal(true);
        expect(ajv7().validate(payload, example.payload)).to.equal(true);
        expect(ajv7().validate(headers, { ...example.headers, ce_type: 'Another' })).to.equal(false);
        expect(ajv7().validate(payload, {})).to.equal(false);
      }
    });
});

describe('the OpenAPI document', () => {
  const document = decoded(t.UnknownRecord, parsed('docs/contract/openapi.json'));

  it('is one of version 3.1, says the schema of OpenAPI', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(document);
    expect(valid, JSON.stringify(errors, null, 2)).to.equal(true);
    expect(validator.version).to.equal('3.1');
    expect(await new Validator().validate({ ...document, paths: { orders: {} } })).to.have.property('valid', false);
  });
});
