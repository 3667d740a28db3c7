import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'chai';
import { Money, ShortText } from '../../../src/domain/order/values.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { detailColumns } from '../../../src/infrastructure/mysql/order-details.ts';
import { decoded } from '../../support/decoded.ts';
import { testPool } from '../../support/mysql-storage.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';

const { columns, Row, valuesOf } = detailColumns({ giftNote: ShortText, insuredFor: Money });
const giftNote = decoded(ShortText, 'für “Zoë” \\ 🚚');
const insuredFor = decoded(Money, { amountMinor: 9_007_199_254_740_991, currency: 'EUR' });

describe('details of an order in columns of their own, on a real MySQL', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  before(async () => {
    database = await freshDatabase('details');
    pool = testPool(database.url);
    await pool.use((connection) =>
      connection.write('CREATE TABLE details (gift_note JSON NULL, insured_for JSON NULL)'),
    );
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  it('are in columns named after them', () => expect(columns).to.deep.equal(['gift_note', 'insured_for']));

  const samples = { none: {}, 'one of them': { insuredFor }, 'all of them': { giftNote, insuredFor } };
  for (const [what, details] of Object.entries(samples))
    it(`given ${what} / when written and read / then they are the same`, async () => {
      await pool.use(async (connection) => {
        await connection.write('DELETE FROM details');
        await connection.write('INSERT INTO details (gift_note, insured_for) VALUES (?)', [valuesOf(details)]);
        const [row] = await connection.rows('SELECT gift_note, insured_for FROM details');
        expect(Row.decode(row)).to.deep.equal(E.right(details));
      });
    });

  it('given a column that was not read, or holds something else / then it is no row of them', () => {
    for (const row of [{ gift_note: null }, { gift_note: 7, insured_for: null }, undefined])
      expect(Row.decode(row)).to.have.property('_tag', 'Left');
  });
});
