import * as t from 'io-ts';

/** What the kit's package.json takes over from that of the repository. */
export const RootManifest = t.type({
  version: t.string,
  license: t.string,
  engines: t.type({ node: t.string }),
  dependencies: t.record(t.string, t.string),
});
export type RootManifest = t.TypeOf<typeof RootManifest>;

export const KIT_NAME = '@orderly/consumer-kit';

/** What a package can be asked for, and the source file that answers. */
export const KIT_ENTRIES = { '.': 'consumer-kit', './testing': 'consumer-kit-testing' } as const;

/**
 * `packages` are those its files import. Their versions may be newer than the ones we test with, so that a consumer that has
 * one of them already needs no second one.
 */
export const kitManifest = (root: RootManifest, packages: readonly string[]): object => ({
  name: KIT_NAME,
  version: root.version,
  description: 'Consume the events of orders: one effect for each, in order, in one transaction with your own tables.',
  license: root.license,
  type: 'module',
  engines: root.engines,
  exports: Object.fromEntries(
    Object.entries(KIT_ENTRIES).map(([path, file]) => [
      path,
      { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` },
    ]),
  ),
  files: ['dist'],
  dependencies: Object.fromEntries(packages.map((name) => [name, rangeOf(root, name)])),
});

const rangeOf = ({ dependencies }: RootManifest, name: string): string => {
  const version = dependencies[name];
  if (version === undefined) throw new Error(`the kit imports ${name}, which package.json has no dependency on`);
  return `^${version}`;
};
