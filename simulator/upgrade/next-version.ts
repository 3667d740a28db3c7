import { cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../tools/environment/checkout.ts';
import { runCommand } from '../../tools/environment/command.ts';

/** One change of a source. */
interface Edit {
  readonly file: string;
  /** Is there once. */
  readonly from: string;
  readonly to: string;
}

/** One more migration, behind those that are there. */
interface Expansion {
  readonly directory: string;
  readonly name: string;
  readonly sql: string;
}

const PARTS = ['src', 'simulator/participants', 'package.json', 'tsconfig.json'];

/** What a channel is for an order that was placed before there were any. */
export const CHANNEL_BEFORE = 'unknown';
export const CHANNEL_NOW = 'web';

const PLACED = 'src/domain/order/events/order-placed.ts';
const PAYMENT = 'simulator/participants/payment/payment.ts';

/**
 * A release as they come: the channel by which an order was placed is asked for. A new version of an event with an upcast, a
 * column in the database of the service, one in that of a consumer, and code that reads and writes all of them.
 */
const EDITS: readonly Edit[] = [
  {
    file: PLACED,
    from: "import { CustomerId, Money, OrderLines } from '../values.ts';",
    to: "import { CustomerId, Money, OrderLines, ShortText } from '../values.ts';",
  },
  { file: PLACED, from: 'version: 1,', to: 'version: 2,' },
  { file: PLACED, from: 'total: Money }', to: 'total: Money, channel: ShortText }' },
  {
    file: PLACED,
    from: 'upcasts: {},',
    to: `upcasts: { 1: (older) => ({ ...Object(older), channel: '${CHANNEL_BEFORE}' }) },`,
  },
  {
    file: 'src/domain/order/decide.ts',
    from: 'payload: { customerId, lines, total } }',
    to: `payload: { customerId, lines, total, channel: '${CHANNEL_NOW}' as ShortText } }`,
  },
  {
    file: 'src/domain/order/decide.ts',
    from: "import type { Money, OrderId } from './values.ts';",
    to: "import type { Money, OrderId, ShortText } from './values.ts';",
  },
  {
    file: 'src/domain/order/details.ts',
    from: "import * as t from 'io-ts';",
    // By a name of its own: a detail that is there already may have imported it.
    to: "import * as t from 'io-ts';\nimport { ShortText as Channel } from './values.ts';",
  },
  {
    file: 'src/domain/order/details.ts',
    from: 'export const orderDetails = {',
    to: 'export const orderDetails = { channel: Channel,',
  },
  {
    file: PAYMENT,
    from: '(order_id, payment_reference, amount_minor, currency) VALUES (?, ?, ?, ?)',
    to: '(order_id, payment_reference, amount_minor, currency, channel) VALUES (?, ?, ?, ?, ?)',
  },
  { file: PAYMENT, from: '    currency,\n  ]);', to: '    currency,\n    payload.channel,\n  ]);' },
];

const EXPANSIONS: readonly Expansion[] = [
  {
    directory: 'src/infrastructure/mysql/migrations',
    name: 'order-channel',
    sql: 'ALTER TABLE orders ADD COLUMN channel JSON NULL;\n',
  },
  {
    directory: 'simulator/participants/payment/migrations',
    name: 'charge-channel',
    sql: 'ALTER TABLE charges ADD COLUMN channel VARCHAR(200) NULL;\n',
  },
];

const applyEdit = async (root: string, { file, from, to }: Edit): Promise<void> => {
  const path = join(root, file);
  const parts = (await readFile(path, 'utf8')).split(from);
  if (parts.length !== 2)
    throw new Error(`the next version cannot be made: ${file} has ${parts.length - 1} times, not once: ${from}`);
  await writeFile(path, parts.join(to));
};

const addExpansion = async (root: string, { directory, name, sql }: Expansion): Promise<void> => {
  const newest = (await readdir(join(root, directory))).sort().at(-1) ?? '0000';
  const number = String(Number(newest.slice(0, 4)) + 1).padStart(4, '0');
  await writeFile(join(root, directory, `${number}-${name}.expand.sql`), sql);
};

const PROGRAMS = [
  'src/composition/run-service.ts',
  'src/composition/run-order.ts',
  'simulator/participants/payment/main.ts',
  'simulator/participants/shipping/main.ts',
];

/** Loads all code once, so that its processes start as fast as those of a checkout that was used before. */
export const loadOnce = async (root: string): Promise<void> => {
  const imports = PROGRAMS.map((file) => `await import('${pathToFileURL(join(root, file)).href}');`);
  await runCommand(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', imports.join('\n')], {
    cwd: root,
  });
};

/**
 * Makes the version after this one in `root`, which must not be there yet: a copy of the sources with a newer event, newer schemas and the
 * code for both. The packages are shared. @throws when the sources no longer look as its changes expect.
 */
export const makeNextVersion = async (root: string): Promise<void> => {
  await mkdir(root);
  for (const part of PARTS) await cp(join(ROOT, part), join(root, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const edit of EDITS) await applyEdit(root, edit);
  for (const expansion of EXPANSIONS) await addExpansion(root, expansion);
};
