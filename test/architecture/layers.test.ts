import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { violationsIn } from './cruise-layers.ts';
import { layerRules } from './layer-rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(import.meta.dirname, 'fixtures');
const FOLDERS = ['src', 'simulator', 'tools', 'bench'];

describe('the layers of the house', function () {
  this.timeout(60_000);

  it('are kept by every file', async () => {
    const violations = await violationsIn(ROOT, FOLDERS);
    const told = violations.map(({ rule, from, to }) => {
      const mend = layerRules.find(({ name }) => name === rule.name)?.comment ?? '';
      return `${rule.name}: ${from} imports ${to}. ${mend}`;
    });
    expect(told, told.join('\n')).to.deep.equal([]);
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
