import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runEntry } from '../run/run-entry.ts';

/*
 * Planted bugs in the running service. The two that need a broker of their own to kill (dual-write, mark-before-ack)
 * are not among them: `npm run simulate -- --sabotage NAME`.
 */

describe('planted bugs', function () {
  this.timeout(240_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sabotage-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [name, invariant] of [
    ['drop-one', 3],
    ['no-inbox', 10],
  ] as const)
    it(`${name} is caught by invariant ${invariant}, with its counterexample first`, async () => {
      const args = ['--sabotage', name, '--orders', '50', '--rate', '10', '--seed', '5', '--report', folder];
      const { code, stdout, stderr } = await runEntry('simulator/main.ts', args).ended;
      expect(code, `${stdout}${stderr}`).to.equal(1);
      expect(stdout).to.match(new RegExp(`\\n\\nBroken: ${invariant}\\. .+\\n`));
      expect(stdout).to.include(`The planted bug ${name} was caught by invariant ${invariant}`);
      expect(stdout).to.match(/Without it: npm run simulate -- --orders 50 --rate 10 --seed 5/);
    });
});
