import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import {
  TimeMicros,
  TimeShort,
  UnreadableRow,
  WholeNumber,
  decodeRows,
  toDateTime,
} from '../../../src/infrastructure/mysql/rows.ts';

describe('rows of MySQL', () => {
  it('given a DATETIME(6) / then it is RFC 3339 with nothing lost, short where milliseconds are enough', () => {
    expect(TimeMicros.decode('2026-01-31 09:30:00.123456')).to.deep.equal(E.right('2026-01-31T09:30:00.123456Z'));
    expect(TimeMicros.decode('2026-01-31 09:30:00.120000')).to.deep.equal(E.right('2026-01-31T09:30:00.120000Z'));
    expect(TimeShort.decode('2026-01-31 09:30:00.120000')).to.deep.equal(E.right('2026-01-31T09:30:00.120Z'));
    expect(TimeShort.decode('2026-01-31 09:30:00.120001')).to.deep.equal(E.right('2026-01-31T09:30:00.120001Z'));
    expect(toDateTime('2026-01-31T09:30:00.123456Z')).to.equal('2026-01-31 09:30:00.123456');
    expect(toDateTime('2026-01-31T09:30:00Z')).to.equal('2026-01-31 09:30:00');
  });

  it('given a time with an offset, a date or nanoseconds / then it is refused instead of being cut', () => {
    for (const time of ['2026-01-31T09:30:00+01:00', '2026-01-31', '2026-01-31T09:30:00.1234567Z', ''])
      expect(() => toDateTime(time)).to.throw(TypeError);
    for (const column of ['2026-01-31 09:30:00', new Date(), null, 0])
      expect(E.isLeft(TimeMicros.decode(column))).to.equal(true);
  });

  it('given a row of another shape / then UnreadableRow names the column', () => {
    const Row = t.strict({ id: WholeNumber, note: t.string });
    expect(decodeRows(Row, [{ id: 1, note: 'a', other: 2 }])).to.deep.equal([{ id: 1, note: 'a' }]);
    expect(() => decodeRows(Row, [{ id: '9007199254740993', note: 'a' }])).to.throw(UnreadableRow, /id/);
    expect(() => decodeRows(Row, [{ id: 1 }])).to.throw(UnreadableRow, /^note is not string$/);
    const Inner = t.strict({ name: t.union([t.null, t.strict({ first: t.string })]) });
    expect(() => decodeRows(Inner, [{ name: { first: 7 } }])).to.throw(UnreadableRow, /name\/1\/first is not string/);
  });

  it('given a row of another shape / then nothing of what is in it is told, as errors are logged', () => {
    const Row = t.strict({ payload: t.strict({ id: WholeNumber }), count: WholeNumber });
    const row = { payload: '{"customer":"Ada"}', count: 'Ada' };
    expect(() => decodeRows(Row, [row])).to.throw(
      UnreadableRow,
      /^(?!.*Ada).*payload is not .*; count is not WholeNumber$/,
    );
  });
});
