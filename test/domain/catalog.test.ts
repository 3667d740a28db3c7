import { expect } from 'chai';
import { catalog } from '../../src/domain/order/events/catalog.ts';

describe('the catalog of order events', () => {
  for (const [key, { type, version, summary, upcasts }] of Object.entries(catalog)) {
    it(`${key}: key and type are one name, in PascalCase`, () => {
      expect(type).to.equal(key);
      expect(type).to.match(/^Order[A-Z][A-Za-z]*$/);
    });

    it(`${key}: has an upcast from every version before today's, and no other`, () => {
      const older = Array.from({ length: version - 1 }, (_, index) => String(index + 1));
      expect(Object.keys(upcasts)).to.deep.equal(older);
    });

    it(`${key}: says in one sentence what happened`, () => {
      expect(summary).to.match(/^[A-Z][^\n]*\.$/);
    });
  }
});
