import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'chai';
import { upcast } from '../../src/domain/upcast.ts';

describe('bringing an older payload up to today’s version', () => {
  const definition = {
    version: 3,
    upcasts: {
      1: (older: unknown) => ({ ...(older as object), second: true }),
      2: (older: unknown) => ({ ...(older as object), third: true }),
    },
  };

  it('given version 1 of 3 / then every step is taken, in order', () => {
    expect(upcast(definition, 1, { first: true })).to.deep.equal(E.right({ first: true, second: true, third: true }));
  });

  it('given version 2 of 3 / then only the last step is taken', () => {
    expect(upcast(definition, 2, {})).to.deep.equal(E.right({ third: true }));
  });

  it('given today’s version / then the payload is left as it is', () => {
    const payload = { today: true };
    expect(upcast(definition, 3, payload)).to.deep.equal(E.right(payload));
  });

  it('given a step that throws / then the version it started from and the cause are kept', () => {
    const cause = new TypeError('no such field');
    const broken = {
      ...definition,
      upcasts: {
        ...definition.upcasts,
        2: () => {
          throw cause;
        },
      },
    };
    expect(upcast(broken, 1, {})).to.deep.equal(E.left({ from: 2, cause }));
  });

  it('given a definition without the step / then it fails, naming the version', () => {
    const result = upcast({ version: 2, upcasts: {} }, 1, {});
    expect(result).to.have.nested.property('left.cause.message', 'the definition has no upcast from version 1');
  });
});
