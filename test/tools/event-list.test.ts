import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as t from 'io-ts';
import { runOrder } from '../../src/composition/run-order.ts';
import type { DeveloperTools } from '../../src/interfaces/cli/event-tools.ts';
import { eventToolsOf } from '../../tools/events/event-tools-of.ts';
import { decoded } from '../support/decoded.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const NamesOrNull = t.union([t.array(t.string), t.null]);
const Listed = t.array(
  t.strict({
    type: t.string,
    version: t.number,
    summary: t.string,
    fields: t.array(t.strict({ name: t.string, codec: t.string })),
    handledBy: NamesOrNull,
    ignoredBy: NamesOrNull,
  }),
);

const list = async (
  developer: DeveloperTools | undefined,
  ...flags: readonly string[]
): Promise<{ readonly out: string; readonly err: string }> => {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  expect(await runOrder({ argv: ['event', 'list', ...flags], env: {}, terminal }, developer)).to.equal(0);
  return { out: out.join('\n'), err: err.join('\n') };
};

const checkout: DeveloperTools = { open: () => Promise.resolve(eventToolsOf(ROOT)), ask: undefined };

describe('order event list', () => {
  it('tells version, meaning and fields of each event, and which consumers handle or ignore it', async () => {
    const { out, err } = await list(checkout, '--json');
    expect(err).to.equal('');
    const events = decoded(Listed, JSON.parse(out));
    const cancelled = events.find(({ type }) => type === 'OrderCancelled');
    expect(cancelled).to.deep.include({
      version: 1,
      fields: [
        { name: 'reason', codec: 'ShortText' },
        { name: 'refundDue', codec: 'Money | null' },
      ],
    });
    expect(cancelled?.handledBy).to.include('payment');
    expect(cancelled?.ignoredBy).to.include('shipping');
    expect(events.find(({ type }) => type === 'OrderPaid')?.handledBy).to.include.members([
      'shipping',
      'loyalty-points',
    ]);
  });

  it('leaves out the consumers of tests and of the bench', async () => {
    const { out } = await list(checkout, '--json');
    const consumers = decoded(Listed, JSON.parse(out)).flatMap((event) => [
      ...(event.handledBy ?? []),
      ...(event.ignoredBy ?? []),
    ]);
    expect(consumers).to.include.members(['payment', 'shipping']);
    expect(consumers).not.to.include.members(['test', 'bench']);
  });

  it('reads well', async () => {
    const { out } = await list(checkout);
    expect(out).to.match(
      /^OrderPaid v1: The whole total of the order was charged\.\n {2}fields {3}paymentReference: /m,
    );
  });

  it('given no sources / then it says on stderr that consumers are not shown, and tells the rest', async () => {
    const { out, err } = await list(undefined, '--json');
    expect(err).to.match(/consumers are not shown: .*in a checkout/);
    expect(decoded(Listed, JSON.parse(out))[0]).to.deep.include({ type: 'OrderPlaced', handledBy: null });
  });
});
