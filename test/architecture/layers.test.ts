import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { IViolation } from 'dependency-cruiser';
import { violationsIn } from './cruise-layers.ts';
import { layerRules } from './layer-rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(import.meta.dirname, 'fixtures');
const FOLDERS = ['src', 'simulator', 'tools', 'bench'];

/** Rule, file and import, and what to do instead; of a circle every file on the way. */
const toldOf = ({ rule, from, to, unresolvedTo, cycle }: IViolation): string => {
  const mend = layerRules.find(({ name }) => name === rule.name)?.comment ?? '';
  const imported = cycle?.map(({ name }) => name) ?? [to.startsWith('node_modules/') ? (unresolvedTo ?? to) : to];
  return `${rule.name}: ${[from, ...imported].join(' imports ')}. ${mend}`;
};

describe('the layers of the house', function () {
  this.timeout(60_000);

  it('are kept by every file', async () => {
    const violations = await violationsIn(ROOT, FOLDERS);
    expect(violations.map(toldOf)).to.deep.equal([]);
  });

  describe('each rule bites', () => {
    let house: string;
    beforeEach(() => {
      house = mkdtempSync(join(tmpdir(), 'orderly-layers-'));
      symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
      copyFileSync(join(ROOT, 'package.json'), join(house, 'package.json'));
    });
    afterEach(() => {
      rmSync(house, { recursive: true });
    });

    for (const { name } of layerRules) {
      it(name, async () => {
        const fixture = join(FIXTURES, name);
        expect(existsSync(fixture), `write a file that breaks the rule into ${fixture}`).to.equal(true);
        cpSync(fixture, house, { recursive: true });
        const folders = FOLDERS.filter((folder) => existsSync(join(house, folder)));
        const broken = (await violationsIn(house, folders)).map(({ rule }) => rule.name);
        expect(broken).to.include(name);
      });
    }

    it('and no fixture is left without a rule', () => {
      expect(readdirSync(FIXTURES).toSorted()).to.deep.equal(layerRules.map(({ name }) => name).toSorted());
    });
  });
});
