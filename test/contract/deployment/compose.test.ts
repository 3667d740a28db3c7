import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import * as t from 'io-ts';
import { parse } from 'yaml';
import { ROOT } from '../../../tools/environment/checkout.ts';
import { decoded } from '../../support/decoded.ts';
import { problemsOfRole } from './settings-of-role.ts';

/* deploy/compose.yaml, against the JSON Schema of the Compose Specification as dclint carries it. */

const SCHEMA = join(
  dirname(createRequire(import.meta.url).resolve('dclint/package.json')),
  'schemas/compose.schema.json',
);
const schema = decoded(t.UnknownRecord, JSON.parse(readFileSync(SCHEMA, 'utf8')));
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile({
  ...schema,
  $schema: 'http://json-schema.org/draft-07/schema#',
});
const problemsOf = (file: unknown): readonly string[] => {
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
};

const text = readFileSync(join(ROOT, 'deploy/compose.yaml'), 'utf8');
const file: unknown = parse(text, { merge: true });

const Service = t.intersection([
  t.type({ image: t.string }),
  t.partial({
    command: t.array(t.string),
    environment: t.record(t.string, t.string),
    read_only: t.boolean,
    cap_drop: t.array(t.string),
    security_opt: t.array(t.string),
    stop_grace_period: t.string,
  }),
]);
const { services } = decoded(t.type({ services: t.record(t.string, Service) }), file);
const roles = Object.entries(services).filter(([, { image }]) => image.includes('ORDERLY_IMAGE'));

/** `${NAME:-default}` is the default. */
const interpolated = (value: string): string => value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
const envOf = ({ environment = {} }: t.TypeOf<typeof Service>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolated(value)]));

describe('the compose file', () => {
  it('is one by the Compose Specification', () => expect(problemsOf(file)).to.deep.equal([]));

  it('would not pass with a misspelt field or a wrong type', () => {
    expect(problemsOf({ services: { api: { imagee: 'orderly' } } })).not.to.deep.equal([]);
    expect(problemsOf({ services: { api: { image: ['orderly'] } } })).not.to.deep.equal([]);
  });

  it('runs every role, and two relays', () => {
    const commands = roles.map(([, { command = [] }]) => command.join(' '));
    expect(commands).to.have.members(['migrate', 'api', 'relay', 'relay', 'janitor', 'payment', 'shipping']);
  });

  for (const [name, service] of roles)
    it(`gives ${name} all settings that it needs and none that it does not read, and lets it write nothing`, () => {
      expect(problemsOfRole(service.command?.[0] ?? '', envOf(service))).to.deep.equal([]);
      expect(service).to.deep.include({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        stop_grace_period: '15s',
      });
    });

  it('would name a setting that is missing, bad, or read by nobody', () => {
    expect(problemsOfRole('api', { MYSQL_URL: 'mysql://a:b@c/d' }).join()).to.match(/KAFKA_BROKERS is not set/);
    expect(problemsOfRole('migrate', { MYSQL_URL: 'mysql' }).join()).to.match(/MYSQL_URL is not acceptable/);
    const env = { CONSUMER_MYSQL_URL: 'mysql://a:b@c/d', KAFKA_BROKERS: 'k:1', ORDERS_API_URL: 'http://api' };
    expect(problemsOfRole('payment', { ...env, MYSQL_URL: 'mysql://a:b@c/d' })).to.deep.equal([
      'MYSQL_URL is a setting that payment does not read',
    ]);
  });
});
