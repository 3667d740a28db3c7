/** The kinds of test, in the order of the table at the end. */
export const KINDS = [
  'static',
  'unit',
  'property',
  'deterministic',
  'contract',
  'architecture',
  'port-suites',
  'integration',
  'simulator',
  'acceptance',
  'containers',
] as const;
export type Kind = (typeof KINDS)[number];
export type MochaKind = Exclude<Kind, 'static'>;

/** Those that `npm test` runs by itself; the others need an engine, and have a command of their own (`npm run test:containers`). */
export const USUAL_KINDS: readonly Kind[] = KINDS.filter((kind) => kind !== 'containers');

/**
 * The folders below `test/` that hold a kind, and whether it needs a MySQL and a Kafka. One that runs `alone` takes
 * every core, and has the machine to itself before the others begin.
 */
export const MOCHA_KINDS: Readonly<
  Record<MochaKind, { readonly folders: readonly string[]; readonly servers: boolean; readonly alone?: true }>
> = {
  unit: { folders: ['domain', 'application', 'bench', 'tools'], servers: false },
  property: { folders: ['property'], servers: false },
  deterministic: { folders: ['deterministic'], servers: false, alone: true },
  contract: { folders: ['contract'], servers: false },
  architecture: { folders: ['architecture'], servers: false },
  'port-suites': { folders: ['port-suites'], servers: true },
  integration: { folders: ['integration'], servers: true },
  simulator: { folders: ['simulator'], servers: true },
  acceptance: { folders: ['acceptance'], servers: true },
  containers: { folders: ['containers'], servers: false },
};

export const isMochaKind = (kind: Kind): kind is MochaKind => kind !== 'static';

/** What came of one kind. */
export interface KindResult {
  readonly kind: Kind;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}
