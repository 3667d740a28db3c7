import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { faults } from '../../../simulator/faults/catalog.ts';
import { readOptions } from '../../../simulator/options/read-options.ts';
import { reproduceCommand } from '../../../simulator/options/reproduce-command.ts';
import type { SimulateOptions } from '../../../simulator/options/simulate-options.ts';
import { sabotages } from '../../../simulator/sabotage/catalog.ts';

const read = (line: string, environment: NodeJS.ProcessEnv = {}): ReturnType<typeof readOptions> =>
  readOptions(line === '' ? [] : line.split(' '), { faults, sabotages }, environment, () => 4_711);

const accepted = (line: string): SimulateOptions => {
  const options = read(line);
  if (E.isLeft(options)) throw new Error(JSON.stringify(options.left));
  return options.right;
};

const refusals: readonly (readonly [line: string, names: RegExp])[] = [
  ['--rate 0', /--rate.*above 0/],
  ['--rate -3', /--rate.*above 0/],
  ['--rate fast', /--rate.*above 0/],
  ['--rate Infinity', /--rate.*above 0/],
  ['--orders 0', /--orders.*whole number/],
  ['--orders 1.5', /--orders.*whole number/],
  ['--orders 1e3', /--orders.*whole number/],
  ['--orders', /--orders.*argument missing/],
  ['--duration 0', /--duration.*above 0/],
  ['--seed -1', /--seed.*whole number/],
  ['--seed 4294967296', /--seed.*whole number/],
  ['--relays 0', /--relays.*1 to 8/],
  ['--faults meteor', /--faults.*'meteor'.*relay-kill/],
  ['--faults relay-kill,,poison', /--faults.*separated by commas/],
  ['--faults kill-any,relay-kill', /--faults.*kill-any.*'relay-kill'/],
  ['--faults poison,poison-skip', /--faults.*poison.*poison-skip/],
  ['--faults matrix,poison', /--faults matrix.*no other/],
  ['--faults matrix --orders 10', /--faults matrix.*--orders/],
  ['--faults matrix --rows 999', /--rows.*'999'.*8 mysql-restart/],
  ['--faults matrix --rows', /--rows.*argument missing/],
  ['--faults topic-missing', /topic-missing.*--faults matrix/],
  ['--rows 8', /--rows.*--faults matrix/],
  ['--faults random,poison', /--faults random.*no other/],
  ['--sabotage typo', /--sabotage.*'typo'.*dual-write/],
  ['--sabotage no-inbox --faults poison', /--sabotage.*--faults/],
  ['--sabotage all --orders 5', /--sabotage all.*--orders/],
  ['--sabotage all --faults poison', /--sabotage all.*--faults/],
  ['--sabotage no-inbox --with-controls', /--with-controls.*--sabotage all/],
  ['--orders 10 --rate 5 --duration 7', /--orders, --rate and --duration contradict/],
  ['--outage 30', /--outage.*broker-outage/],
  ['--faults broker-outage --outage 0', /--outage.*whole number/],
  ['--faults broker-outage --outage 60 --duration 60', /--outage.*60 s do not fit/],
  ['--deterministic', /--deterministic/],
  ['--frobnicate', /--frobnicate/],
  ['stray', /too many arguments/],
];

describe('the options of simulate', () => {
  for (const [line, names] of refusals)
    it(`refuses \`${line}\` in one line that names the setting`, () => {
      const refused = read(line);
      expect(refused).to.have.nested.property('left._tag', 'Refuse');
      const message = E.isLeft(refused) && refused.left._tag === 'Refuse' ? refused.left.message : '';
      expect(message).to.match(names);
      expect(message).not.to.include('\n');
    });

  it('refuses an empty report folder', () => {
    const refused = readOptions(['--report', ''], { faults, sabotages }, {});
    expect(refused)
      .to.have.nested.property('left.message')
      .that.matches(/--report.*folder/);
  });

  it('refuses to kill a server that is not its own', () => {
    const refused = read('--faults broker-restart', { KAFKA_BROKERS: '127.0.0.1:9092' });
    expect(refused)
      .to.have.nested.property('left.message')
      .that.matches(/broker-restart.*KAFKA_BROKERS/);
    expect(read('--faults broker-restart', { MYSQL_URL: 'mysql://h' })).to.have.property('_tag', 'Right');
    expect(read('--faults kill-any', { MYSQL_URL: 'mysql://h' })).to.have.property('_tag', 'Left');
  });

  it('runs 200 orders at 20 a second under a random seed when told nothing', () => {
    expect(accepted('')).to.deep.equal({
      orders: 200,
      ratePerSecond: 20,
      seed: 4_711,
      faults: [],
      relays: 1,
      json: false,
    });
  });

  it('works out the third of orders, rate and duration', () => {
    expect(accepted('--orders 90 --duration 30')).to.include({ orders: 90, ratePerSecond: 3 });
    expect(accepted('--rate 4 --duration 30')).to.include({ orders: 120, ratePerSecond: 4 });
    expect(accepted('--orders 90 --rate 3 --duration 30')).to.include({ orders: 90, ratePerSecond: 3 });
  });

  it('takes load and faults from the planted bug', () => {
    const options = accepted('--sabotage drop-one');
    expect(options.sabotage?.name).to.equal('drop-one');
    expect(options.faults.map(({ name }) => name)).to.deep.equal(options.sabotage?.faults);
    expect(options.orders).to.equal(options.sabotage?.load.orders);
  });

  it('lets orders arrive before, during and long after an outage', () => {
    expect(accepted('--faults broker-outage --outage 600')).to.include({
      orders: 90_000,
      ratePerSecond: 50,
      outageMs: 600_000,
    });
    expect(accepted('--faults broker-outage').outageMs).to.equal(60_000);
    expect(accepted('--faults broker-outage --outage 20 --rate 5 --duration 60')).to.include({
      orders: 300,
      outageMs: 20_000,
    });
    expect(accepted('--faults poison').outageMs).to.equal(undefined);
  });

  it('names each fault once, in the order of the catalog', () => {
    const options = accepted('--faults poison,relay-kill,poison');
    expect(options.faults.map(({ name }) => name)).to.deep.equal(['relay-kill', 'poison']);
  });

  it('takes rows of the matrix by number or name, in the order of the matrix', () => {
    const options = accepted('--faults matrix --rows 17,mysql-restart --seed 3');
    expect(options.matrix?.map(({ name }) => name)).to.deep.equal(['mysql-restart', 'broker-restart']);
    expect(reproduceCommand(options, false)).to.equal('npm run simulate -- --faults matrix --rows 8,17 --seed 3');
    const whole = accepted('--faults matrix --seed 3');
    expect(reproduceCommand(whole, false)).to.equal('npm run simulate -- --faults matrix --seed 3');
    expect(accepted('--faults matrix').matrix?.map(({ row }) => row.number)).to.include.members([5, 8, 17, 27]);
    expect(read('--faults matrix', { MYSQL_URL: 'mysql://h' })).to.have.property('_tag', 'Left');
  });

  it('mixes by seed only what may be mixed, and gives a command that reads back as the same run', () => {
    const options = accepted('--faults random --duration 60 --rate 5');
    expect(options.random).to.be.true;
    expect(options.faults.every(({ row }) => row?.mixes === true)).to.be.true;
    expect(accepted(reproduceCommand(options, false).replace('npm run simulate -- ', ''))).to.deep.equal(options);
  });

  it('lists every row with its number and what is expected', () => {
    const listed = read('--faults list');
    const text = E.isLeft(listed) && listed.left._tag === 'Print' ? listed.left.text : '';
    for (const { name, row } of faults) {
      expect(text).to.include(name);
      if (row !== undefined) expect(text).to.include(row.expected);
    }
  });

  it('has no two rows of the same number', () => {
    const numbers = faults.flatMap(({ row }) => row?.number ?? []);
    expect(new Set(numbers).size).to.equal(numbers.length);
  });

  for (const line of ['--faults list', '--sabotage list', '--help'])
    it(`prints something for \`${line}\``, () => {
      expect(read(line)).to.have.nested.property('left._tag', 'Print');
    });

  it('gives a command that reads back as the same run', () => {
    const options = accepted('--orders 70 --duration 9 --faults poison,api-kill --relays 2');
    const line = reproduceCommand(options, true).replace('npm run simulate -- ', '');
    expect(accepted(line)).to.deep.equal(options);
  });

  it('gives the same run without the planted bug, load and faults spelled out', () => {
    const { sabotage, ...honest } = accepted('--sabotage dual-write');
    const line = reproduceCommand({ ...honest, ...(sabotage && { sabotage }) }, false);
    expect(accepted(line.replace('npm run simulate -- ', ''))).to.deep.equal(honest);
  });

  it('plants every bug of the catalog in turn, all with one seed, each with its own load, faults and relays', () => {
    const asked = read('--sabotage all --with-controls --seed 5');
    if (E.isRight(asked) || asked.left._tag !== 'Campaign') throw new Error('no campaign');
    const { runs, withControls, seed } = asked.left.campaign;
    expect({ withControls, seed }).to.deep.equal({ withControls: true, seed: 5 });
    expect(runs).to.deep.equal(sabotages.map(({ name }) => accepted(`--sabotage ${name} --seed 5`)));
    expect(runs.find(({ sabotage }) => sabotage?.name === 'skip-locked-no-hold')?.relays).to.equal(3);
  });

  it('refuses to plant every bug where one of them breaks a server that is not its own', () => {
    expect(read('--sabotage all', { KAFKA_BROKERS: '127.0.0.1:9092' }))
      .to.have.nested.property('left.message')
      .that.matches(/broker-restart.*KAFKA_BROKERS/);
  });

  it('knows every fault that a planted bug names', () => {
    const known = faults.map(({ name }) => name);
    for (const { faults: named } of sabotages) expect(known).to.include.members([...named]);
  });
});
