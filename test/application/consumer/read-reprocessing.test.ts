import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'chai';
import { readReprocessing } from '../../../src/infrastructure/run-consumer-process.ts';

describe('the arguments of reprocess', () => {
  it('are an order, or all, or all of one reason', () => {
    expect(readReprocessing(['0197e0f5'])).to.deep.equal(E.right({ orderId: '0197e0f5' }));
    expect(readReprocessing(['--all'])).to.deep.equal(E.right({ cause: undefined }));
    expect(readReprocessing(['--all', '--reason', 'unknown-version'])).to.deep.equal(
      E.right({ cause: 'unknown-version' }),
    );
  });

  const refused: readonly (readonly [string, readonly string[]])[] = [
    ['nothing', []],
    ['two orders', ['a', 'b']],
    ['an order beside all', ['a', '--all']],
    ['a reason without all', ['--reason', 'unknown-version']],
    ['a reason for one order', ['a', '--reason', 'unknown-version']],
    ['a reason there is not', ['--all', '--reason', 'bad-luck']],
    ['an option there is not', ['--everything']],
  ];
  for (const [what, args] of refused)
    it(`are refused when they are ${what}`, () => expect(readReprocessing(args)).to.have.property('_tag', 'Left'));
});
