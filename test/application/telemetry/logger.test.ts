import { Writable } from 'node:stream';
import { expect } from 'chai';
import { RelayTelemetry } from '../../../src/infrastructure/telemetry/relay-telemetry.ts';
import { Registry } from 'prom-client';
import { describeCause } from '../../../src/application/describe-cause.ts';
import { withoutValues } from '../../../src/infrastructure/mysql/mysql-errors.ts';
import { createLogger } from '../../../src/infrastructure/telemetry/logger.ts';

const linesOf = (write: (log: ReturnType<typeof createLogger>) => void): readonly unknown[] => {
  let text = '';
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  write(createLogger('debug', sink));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
};

describe('the log', () => {
  it('given fields that nobody allowed / then they are dropped, whoever logs them and however deep', () => {
    const [line] = linesOf((log) => {
      log.info(
        { orderId: 'o-1', payload: '{"customer":"Ada"}', authorization: 'Bearer secret', req: { headers: 'secret' } },
        'told',
      );
    });
    expect(line).to.include({ level: 'info', orderId: 'o-1', msg: 'told' });
    expect(JSON.stringify(line)).not.to.match(/Ada|secret/);
  });

  it('given a child with fields of its own / then these are dropped too', () => {
    const [line] = linesOf((log) => {
      const child = log.child({ customerEmail: 'ada@example.org', role: 'api' });
      child.child({ customerEmail: 'ada@example.org', lane: 1 }).warn({ rows: 3 }, 'told');
    });
    expect(line).to.include({ role: 'api', lane: 1, rows: 3 });
    expect(JSON.stringify(line)).not.to.include('ada@example.org');
  });

  /** Everything that must not be read in a log, each in a place of its own. */
  const SECRET = /Ada|ada@example|s3cret|of-anna|of-the-relay|INSERT|stack/;
  const sqlError = (): Error =>
    Object.assign(new Error("Duplicate entry 'ada@example.org' for key 'orders.PRIMARY'"), {
      ...{ errno: 1062, sqlState: '23000', code: 'ER_DUP_ENTRY' },
      ...{ sql: "INSERT INTO orders VALUES ('Ada')", sqlMessage: "Duplicate entry 'ada@example.org'" },
    });
  const nested = (): Error =>
    new Error('cannot connect to mysql://relay:of-the-relay@db:3306/orders', {
      cause: Object.assign(
        new Error('Authorization: Bearer s3cret-s3cret-s3cret', { cause: withoutValues(sqlError()) }),
        {
          ...{ payload: { customer: 'Ada' }, config: { headers: { authorization: 'Bearer s3cret' } } },
        },
      ),
    });
  const unreadable = (): unknown => {
    try {
      return JSON.parse('{"customer":"Ada"');
    } catch (error) {
      return error;
    }
  };
  const notJson = (): unknown => {
    try {
      return JSON.parse('Ada of ada@example.org');
    } catch (error) {
      return error;
    }
  };
  const cases: readonly (readonly [what: string, write: (log: ReturnType<typeof createLogger>) => void])[] = [
    ['an error by itself', (log) => log.error(nested())],
    ['an error with a message of ours', (log) => log.error(nested(), 'told')],
    ['an error under a field that is allowed', (log) => log.error({ error: nested() }, 'told')],
    ['an error under pino’s own field', (log) => log.error({ err: nested() }, 'told')],
    ['the same without a message of ours', (log) => log.error({ err: nested(), lane: 1 })],
    ['an object that a message asks for', (log) => log.info('told %o', { customer: 'Ada' })],
    ['a setting with its secret', (log) => log.warn('OPERATOR_TOKEN=of-anna-0123456789 is taken')],
    ['a cause that is described', (log) => log.error({ error: describeCause(nested()) }, 'told')],
    [
      'an object under a field that is allowed',
      (log) => log.warn({ reason: { payload: { customer: 'Ada' } } }, 'told'),
    ],
    ['a list under a field that is allowed', (log) => log.warn({ problem: ['Ada', { token: 's3cret' }] }, 'told')],
    ['a field that nobody allowed, however deep', (log) => log.info({ req: { body: { customer: 'Ada' } } }, 'told')],
    ['something with a toJSON of its own', (log) => log.info({ error: { toJSON: () => 'Ada' } }, 'told')],
    ['text that could not be read as JSON', (log) => log.warn({ error: describeCause(unreadable()) }, 'told')],
    ['text that is quoted by JSON.parse', (log) => log.warn({ error: describeCause(notJson()) }, 'told')],
    ['a URL with its password', (log) => log.info({ address: 'mysql://relay:of-the-relay@db/orders' }, 'told')],
    ['a message with a token', (log) => log.warn('refused Bearer of-anna-0123456789')],
    ['a token of any characters that we take', (log) => log.warn('refused Bearer of!anna-s3cret!0123456789')],
    ['a scheme that is not ours', (log) => log.warn('sent Authorization: ApiKey s3cret-s3cret')],
    ['a password by its name', (log) => log.warn({ reason: 'SASL failed, password=of-the-relay' }, 'told')],
    ['a child with an object', (log) => log.child({ role: { secret: 's3cret' } }).info({}, 'told')],
  ];
  for (const [what, write] of cases)
    it(`given ${what} / then nothing of it is read in the log`, () => {
      const [line, ...more] = linesOf(write);
      expect(more).to.deep.equal([]);
      expect(JSON.stringify(line)).not.to.match(SECRET);
    });

  it('given an error by itself / then the line says what went wrong, without the values', () => {
    const [line] = linesOf((log) => log.error(nested(), 'told'));
    expect(line).to.include({
      msg: 'told',
      error:
        'Error: cannot connect to mysql://…@db:3306/orders <- Error: Authorization: … <- ' +
        "Error ER_DUP_ENTRY: Duplicate entry '…' for key 'orders.PRIMARY'",
    });
  });

  it('tells how lanes are shared', () => {
    const [line] = linesOf((log) => new RelayTelemetry(new Registry(), log).shareChanged(2, 3));
    expect(line).to.include({ relays: 2, share: 3, msg: 'lanes are shared' });
  });
});
