import { expect } from 'chai';
import { summaryHtml } from '../../../simulator/report/summary-html.ts';
import type { Summary } from '../../../simulator/report/summary-html.ts';

const campaign: Summary = {
  title: 'fault matrix',
  subtitle: 'Every fault of the list, one run each.',
  verdict: 'fail',
  columns: ['Fault', 'Expected', 'Seen'],
  rows: [
    { cells: ['relay-kill', 'resent', 'resent'], verdict: 'pass', reportPath: 'relay-kill/report.html' },
    { cells: ['broker-crash', 'waits', 'lost one'], verdict: 'fail', reportPath: 'broker crash/report.html' },
    { cells: ['disk-full', 'waits', 'no tmpfs here'], verdict: 'unknown' },
  ],
  reproduce: 'npm run simulate -- --faults matrix --seed 1',
};

const rowsOf = (page: string): readonly string[] =>
  [...page.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) => row.replace(/\s+/g, ' ')).slice(1);

describe('the summary page of a campaign', () => {
  it('says the verdict first, then how many runs had which, and how to do it again', async () => {
    const page = await summaryHtml(campaign);
    expect(/<h1>([^<]*)<\/h1>/.exec(page)?.[1]).to.equal('FAIL – fault matrix');
    expect(page).to.contain('3 runs: 1 pass · 1 fail · 1 unknown');
    expect(page).to.contain('npm run simulate -- --faults matrix --seed 1');
  });

  it('has a row for each run with its cells, its verdict and a link to its report', async () => {
    const [kill = '', crash = '', full = '', ...more] = rowsOf(await summaryHtml(campaign));
    expect(more).to.deep.equal([]);
    expect(kill).to.contain('relay-kill').and.to.contain('>pass<').and.to.contain('href="relay-kill/report.html"');
    expect(crash).to.contain('lost one').and.to.contain('>fail<').and.to.contain('href="broker%20crash/report.html"');
    expect(full).to.contain('no tmpfs here').and.to.contain('>unknown<').and.not.to.contain('href');
  });

  it('takes no text for markup and no path for another scheme', async () => {
    const attack = '"><script>alert(1)</script>';
    const page = await summaryHtml({
      ...campaign,
      title: attack,
      subtitle: attack,
      columns: [attack],
      rows: [{ cells: [attack], verdict: 'pass', reportPath: 'javascript:alert(1)' }],
      reproduce: attack,
    });
    expect(page).not.to.contain('<script').and.not.to.contain('javascript:');
    expect(page).to.contain('script-src &#39;none&#39;');
  });
});
