import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { ROOT } from '../../tools/environment/checkout.ts';
import { runCommand } from '../../tools/environment/command.ts';
import { decoded } from '../support/decoded.ts';

const Bom = t.type({
  bomFormat: t.literal('CycloneDX'),
  components: t.array(
    t.intersection([
      t.type({ name: t.string, version: t.string }),
      t.partial({ properties: t.array(t.type({ name: t.string, value: t.string })) }),
    ]),
  ),
});
const Package = t.type({
  dependencies: t.record(t.string, t.string),
  devDependencies: t.record(t.string, t.string),
});

describe('npm run sbom', function () {
  this.timeout(60_000);

  it('names everything that ships by its version, and marks what is for development only', async () => {
    const bom = decoded(Bom, JSON.parse(await runCommand('npm', ['--silent', 'run', 'sbom'], { cwd: ROOT })));
    const { dependencies, devDependencies } = decoded(
      Package,
      JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')),
    );
    const isForDevelopment = (name: string, version: string): boolean | undefined => {
      const found = bom.components.find((each) => each.name === name && each.version === version);
      return found && (found.properties ?? []).some((each) => each.name === 'cdx:npm:package:development');
    };
    for (const [name, version] of Object.entries(dependencies))
      expect(isForDevelopment(name, version), name).to.equal(false);
    // Others may be needed by what ships as well, as types are.
    for (const name of ['chai', 'eslint', 'mocha', 'playwright-core'])
      expect(isForDevelopment(name, devDependencies[name] ?? ''), name).to.equal(true);
  });
});
