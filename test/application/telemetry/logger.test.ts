import { Writable } from 'node:stream';
import { expect } from 'chai';
import { RelayTelemetry } from '../../../src/infrastructure/telemetry/relay-telemetry.ts';
import { Registry } from 'prom-client';
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

  it('given an error / then neither its stack nor its fields are written by themselves', () => {
    const [line] = linesOf((log) => {
      log.error(Object.assign(new Error('failed'), { sql: "INSERT … 'ada@example.org'" }));
    });
    expect(JSON.stringify(line)).not.to.match(/ada@example|stack/);
  });

  it('tells how lanes are shared', () => {
    const [line] = linesOf((log) => new RelayTelemetry(new Registry(), log).shareChanged(2, 3));
    expect(line).to.include({ relays: 2, share: 3, msg: 'lanes are shared' });
  });
});
