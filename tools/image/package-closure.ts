import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const Names = t.union([t.record(t.string, t.string), t.undefined]);
const InstalledPackages = t.type({
  packages: t.record(t.string, t.type({ dependencies: Names, optionalDependencies: Names, peerDependencies: Names })),
});
type Packages = t.TypeOf<typeof InstalledPackages>['packages'];

/** Where Node finds `name` from the package at `from`: the nearest `node_modules` above it. */
const placeOf = (name: string, from: string, packages: Packages): string | undefined => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (place in packages) return place;
    if (at === '') return undefined;
  }
};

/**
 * Folders of the packages called `names` and of all that those need, in the versions that are installed in `root`; optional ones as far as they
 * are there. @throws when one is missing.
 */
export const packageClosure = async (root: string, names: readonly string[]): Promise<readonly string[]> => {
  const text = await readFile(join(root, 'node_modules/.package-lock.json'), 'utf8');
  const decoded = InstalledPackages.decode(JSON.parse(text));
  if (E.isLeft(decoded)) throw new Error('node_modules/.package-lock.json has another form than npm writes');
  const { packages } = decoded.right;
  const found = new Set<string>();
  const add = (from: string, wanted: Readonly<Record<string, string>> | undefined, mayLack: boolean): void => {
    for (const name of Object.keys(wanted ?? {})) {
      const place = placeOf(name, from, packages);
      if (place === undefined && !mayLack) throw new Error(`${from} needs ${name}, which is not installed: npm ci`);
      if (place === undefined || found.has(place)) continue;
      found.add(place);
      add(place, packages[place]?.dependencies, false);
      add(place, packages[place]?.optionalDependencies, true);
      add(place, packages[place]?.peerDependencies, true);
    }
  };
  add('', Object.fromEntries(names.map((name) => [name, ''])), false);
  return [...found].sort();
};
