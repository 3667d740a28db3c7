import { expect } from 'chai';
import { deathCounts, narrate } from '../../../simulator/console/narrate.ts';
import { talkTo } from '../../../simulator/console/talk.ts';
import type { Injection } from '../../../simulator/faults/fault.ts';

const kill: Injection = { kind: 'relay-kill', target: 'relay', waitMs: 0, lastsMs: 0 };
const restart: Injection = { kind: 'broker-restart', target: 'kafka', waitMs: 0, lastsMs: 3_000 };

describe('telling faults as they happen', () => {
  it('says what is done, how often, and when it is mended', () => {
    const told: string[] = [];
    const talk = talkTo({ write: (text) => told.push(text) > 0 }, {});
    const observer = narrate([[kill, kill], [restart]], talk);
    observer.began(kill);
    observer.healed(kill, 2_040);
    observer.began(restart);
    observer.failed(restart, new Error('the port is taken'));
    expect(told.join('')).to.equal(
      [
        '! kill -9 of relay (1 of 2)',
        '  relay is up again after 2.0 s; the lanes it led are free when its leases end',
        '! kill -9 of kafka, started again after 3.0 s',
        '  broker-restart of kafka failed: the port is taken',
        '',
      ].join('\n'),
    );
  });

  it('does not call up again what was never down', () => {
    const told: string[] = [];
    const observer = narrate([], talkTo({ write: (text) => told.push(text) > 0 }, {}));
    observer.healed({ kind: 'mysql-read-only', target: 'mysql', waitMs: 0, lastsMs: 0 }, 7_000);
    expect(told.join('')).to.equal('  mysql-read-only is over after 7.0 s\n');
  });

  it('counts the deaths that were healed, by signal and by moment', () => {
    const window = { kind: 'kill-any', at: 1, healedAt: 2 };
    const windows = [
      { ...window, target: 'api' },
      { ...window, target: 'api' },
      { ...window, target: 'kafka' },
      { ...window, target: 'kafka', healedAt: null },
      { ...window, kind: 'failpoints', target: 'relay at after-publish' },
      { ...window, kind: 'failpoints', target: 'relay at before-settle', healedAt: null },
      { ...window, kind: 'poison', target: 'topic' },
      { ...window, kind: 'mysql-read-only', target: 'mysql' },
    ];
    expect(deathCounts(windows)).to.deep.equal([
      'Killed with kill -9 and up again: api 2, kafka 1.',
      'Died at a named moment and up again: relay at after-publish 1.',
    ]);
    expect(deathCounts([])).to.deep.equal([]);
  });
});
