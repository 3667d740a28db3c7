import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOrder } from '../../src/composition/run-order.ts';
import type { ContractFinding, HttpFinding } from '../../src/interfaces/cli/contract-check.ts';
import type { DeveloperTools } from '../../src/interfaces/cli/event-tools.ts';
import { ROOT } from '../../tools/environment/checkout.ts';
import { eventToolsOf } from '../../tools/events/event-tools-of.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const check = async (developer: DeveloperTools | undefined, ...flags: readonly string[]): Promise<Ran> => {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  const code = await runOrder({ argv: ['event', 'check', ...flags], env: {}, terminal }, developer);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

const checkoutOf = (root: string): DeveloperTools => ({
  open: () => Promise.resolve(eventToolsOf(root)),
  ask: undefined,
});
const finding = (findings: readonly ContractFinding[], http: readonly HttpFinding[] = []): DeveloperTools => ({
  open: () => Promise.resolve({ ...eventToolsOf(ROOT), check: () => Promise.resolve({ findings, http }) }),
  ask: undefined,
});

const removed: ContractFinding = {
  event: 'OrderPlaced',
  version: 1,
  field: 'total.currency',
  what: 'values removed: EUR',
  breaking: true,
  breaks: ['topic'],
  consumers: ['payment'],
};
const added: ContractFinding = { ...removed, field: 'note', what: 'optional field added', breaking: false, breaks: [] };

const narrowed: HttpFinding = {
  operation: 'POST /orders/{orderId}/payment',
  part: 'request body',
  field: 'amount.currency',
  what: 'values removed: EUR',
  breaking: true,
  breaks: ['requests'],
};

describe('order event check', () => {
  it('given this checkout / then nothing breaks', async () => {
    const { code, err } = await check(checkoutOf(ROOT));
    expect(err).to.match(/nothing breaks/);
    expect(code).to.equal(0);
  });

  it('given a change that breaks / then it names event, version, field, who suffers and who handles it, and ends with 1', async () => {
    const { code, out, err } = await check(finding([removed, added]));
    expect(out.split('\n')).to.deep.equal([
      'BREAKS  OrderPlaced v1 total.currency: values removed: EUR',
      "          today's code cannot read events that were written before",
      '          handled by payment',
      'ok      OrderPlaced v1 note: optional field added',
    ]);
    expect(err).to.match(/1 of 2 differences break the contract/);
    expect(code).to.equal(1);
  });

  it('given a change of HTTP that breaks / then it names operation, field and who suffers, and ends with 1', async () => {
    const gone: HttpFinding = { ...narrowed, part: '', field: '', what: 'the operation is gone' };
    const { code, out, err } = await check(finding([added], [narrowed, gone]));
    expect(out.split('\n')).to.deep.equal([
      'ok      OrderPlaced v1 note: optional field added',
      'BREAKS  POST /orders/{orderId}/payment request body amount.currency: values removed: EUR',
      '          clients that are not changed send what is refused from now on',
      'BREAKS  POST /orders/{orderId}/payment: the operation is gone',
      '          clients that are not changed send what is refused from now on',
    ]);
    expect(err).to.match(/2 of 3 differences break the contract/);
    expect(code).to.equal(1);
  });

  it('given --json / then stdout holds all of it, and the code is the same', async () => {
    const broken = await check(finding([removed, added]), '--json');
    expect(JSON.parse(broken.out)).to.deep.equal({ compatible: false, findings: [removed, added], http: [] });
    expect(broken.code).to.equal(1);
    const fine = await check(finding([added]), '--json');
    expect(JSON.parse(fine.out)).to.deep.equal({ compatible: true, findings: [added], http: [] });
    expect(fine.code).to.equal(0);
  });

  it('given nothing released, or no sources / then it cannot say, and ends with 2', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'orderly-check-'));
    try {
      const { code, out, err } = await check(checkoutOf(empty));
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(err).to.match(/docs\/contract\/released is empty: .*npm run contracts -- --release/);
    } finally {
      rmSync(empty, { recursive: true });
    }
    expect(await check(undefined)).to.deep.include({ code: 2, out: '' });
  });
});
