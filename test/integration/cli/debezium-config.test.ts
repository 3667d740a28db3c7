import { expect } from 'chai';
import * as t from 'io-ts';
import { runOrder } from '../../../src/composition/run-order.ts';
import { decoded } from '../../support/decoded.ts';

const Connector = t.strict({ name: t.string, config: t.record(t.string, t.string) });

const debeziumConfig = async (
  ...args: readonly string[]
): Promise<readonly [code: number, out: string, err: string]> => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  const code = await runOrder({ argv: ['outbox', 'debezium-config', ...args], env: {}, terminal });
  return [code, out.join('\n'), err.join('\n')];
};

describe('order outbox debezium-config', () => {
  it('prints a connector without any setting, and says what comes before it', async () => {
    const [code, out, err] = await debeziumConfig('--database', 'shop', '--topic', 'shop.v2');
    const { config } = decoded(Connector, JSON.parse(out));
    expect(code).to.equal(0);
    expect(config).to.include({ 'table.include.list': 'shop.outbox', 'transforms.topic.replacement': 'shop.v2' });
    expect(err).to.match(/--sql.*quarantined.*stop every relay/);
  });

  it('holds no secret: addresses and the password come from the environment of Kafka Connect', async () => {
    const { config } = decoded(Connector, JSON.parse((await debeziumConfig())[1]));
    for (const setting of ['database.hostname', 'database.user', 'database.password'])
      expect(config[setting]).to.match(/^\$\{env:ORDERLY_MYSQL_[A-Z]+\}$/);
  });

  it('has a type for every transform and predicate that it names', async () => {
    const { config } = decoded(Connector, JSON.parse((await debeziumConfig())[1]));
    const named = (list: string): readonly string[] =>
      (config[list] ?? '').split(',').map((name) => `${list}.${name}.type`);
    for (const type of [...named('transforms'), ...named('predicates')]) expect(config).to.have.property(type);
  });

  it('--sql prints the statements for MySQL instead', async () => {
    const [code, out, err] = await debeziumConfig('--sql', '--database', 'shop');
    expect([code, err]).to.deep.equal([0, '']);
    expect(out).to.include('ALTER TABLE shop.outbox').and.to.include('GRANT ');
  });
});
