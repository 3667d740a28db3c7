import { expect } from 'chai';
import { runEntry } from '../simulator/run/run-entry.ts';

const aMillion = () => runEntry('simulator/main.ts', ['--deterministic', '--seeds', '1000000']);

describe('a million histories that are not waited for', function () {
  this.timeout(120_000);

  it('given Ctrl-C, end in order, and tell how many were judged', async () => {
    const entry = aMillion();
    await entry.saying(/^[1-9]\d* of 1,000,000 histories/m);
    entry.signal('SIGINT');
    const { code, stdout, stderr } = await entry.ended;
    expect(code).to.equal(2);
    expect(stdout).to.match(/\nUNKNOWN: [1-9]\d* histories, ended early of 1,000,000, .+, 0 failing, .+\n$/);
    expect(stderr).to.equal('');
  });

  it('given a reader that closes the pipe, end without a word', async () => {
    const entry = aMillion();
    await entry.saying(/^1,000,000 histories/);
    entry.closeStdout();
    const { code, stderr } = await entry.ended;
    expect(code).to.equal(2);
    expect(stderr).to.equal('');
  });
});
