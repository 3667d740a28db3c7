import { expect } from 'chai';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { eventually } from '../../support/eventually.ts';
import { post } from '../../support/http-client.ts';
import { runEntry } from '../../support/run-command.ts';
import { startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';
import { startInTerminal } from '../../support/terminal-process.ts';
import type { Seen, TerminalProcess, TerminalSize } from '../../support/terminal-process.ts';

/** What each row begins with, as far as there is room. */
const ROWS = [
  'order top at ',
  '',
  'orders ',
  'published ',
  'publish delay ',
  'pending ',
  'oldest pending ',
  'quarantined ',
  '',
  'no relay is at work: events are saved and wait',
  '',
  'consumers unknown: set PROGRESS_URLS',
];
const SMALL: TerminalSize = { columns: 34, rows: 7 };
const LARGE: TerminalSize = { columns: 100, rows: 30 };
const CTRL_C = '\x03';

describe('order top in a terminal', function () {
  this.timeout(60_000);
  let api: RunningApi;
  const started: TerminalProcess[] = [];

  const top = (size: TerminalSize): TerminalProcess => {
    const one = startInTerminal('src/order.ts', ['top', '--every', '1'], { MYSQL_URL: api.mysqlUrl }, size);
    started.push(one);
    return one;
  };
  /** Every row where it belongs, cut where the terminal ends. */
  const fits = ({ lines, scrolled }: Seen, { columns, rows }: TerminalSize): void => {
    expect([lines.length, scrolled]).to.deep.equal([rows, 0]);
    for (const [row, line] of lines.entries()) {
      const start = ROWS[row]?.slice(0, columns).trimEnd() ?? '';
      expect(line.slice(0, start.length), `row ${row}`).to.equal(start);
      if (start === '') expect(line, `row ${row}`).to.equal('');
    }
  };
  const untilItFits = (terminal: TerminalProcess, size: TerminalSize, pending: number): Promise<Seen> =>
    eventually(async () => {
      const seen = await terminal.look();
      fits(seen, size);
      expect(seen.lines[5]).to.match(new RegExp(`^pending +${pending} `));
      return seen;
    }, 30_000);

  before(async () => {
    api = await startApi();
  });
  afterEach(async () => {
    for (const one of started.splice(0)) {
      one.kill('SIGKILL');
      await one.ended;
    }
  });
  after(() => api.stop());

  it('shows each look in place of the one before, cut to the terminal, also when its size changes; q gives the terminal back', async () => {
    const terminal = top(SMALL);
    const first = await untilItFits(terminal, SMALL, 0);
    expect(first).to.include({ isShells: false, cursorIsShown: false });
    await api.send(post('/orders', requestExamples.PlaceOrder));
    await untilItFits(terminal, SMALL, 1);
    terminal.resize(LARGE);
    await untilItFits(terminal, LARGE, 1);
    terminal.resize(SMALL);
    await untilItFits(terminal, SMALL, 1);
    terminal.type('q');
    expect(await terminal.ended).to.equal(0);
    const after = await terminal.look();
    expect(after).to.include({ isShells: true, cursorIsShown: true });
    expect(after.lines.filter((line) => line !== '')).to.deep.equal(['$ order top']);
  });

  it('is redrawn at once when the size changes, however long the next look takes', async () => {
    const terminal = startInTerminal('src/order.ts', ['top', '--every', '3600'], { MYSQL_URL: api.mysqlUrl }, SMALL);
    started.push(terminal);
    await untilItFits(terminal, SMALL, 1);
    terminal.resize(LARGE);
    await untilItFits(terminal, LARGE, 1);
    terminal.type(CTRL_C);
    expect(await terminal.ended).to.equal(0);
    expect(await terminal.look()).to.include({ isShells: true, cursorIsShown: true });
  });

  it('tells on the screen that MySQL is away, and ends all the same, also when it is told to', async () => {
    const nowhere = { MYSQL_URL: 'mysql://nobody:nothing@127.0.0.1:1/none' };
    const terminal = startInTerminal('src/order.ts', ['top', '--every', '3600'], nowhere, LARGE);
    started.push(terminal);
    await eventually(async () => {
      const { lines } = await terminal.look();
      expect(lines[2]).to.match(/^cannot count outbox: .*ECONNREFUSED/);
      expect(lines).to.include('check MYSQL_URL and that MySQL runs');
    }, 30_000);
    terminal.kill('SIGTERM');
    expect(await terminal.ended).to.equal(0);
    expect(await terminal.look()).to.include({ isShells: true, cursorIsShown: true });
  });

  it('is one look, and nothing but text, where stdout is no terminal', async () => {
    const { code, out, err } = await runEntry('src/order.ts', ['top'], { MYSQL_URL: api.mysqlUrl });
    expect([code, err]).to.deep.equal([0, '']);
    expect(out.match(/^pending /gm)).to.have.lengthOf(1);
    expect(out).not.to.include('\x1b');
  });
});
