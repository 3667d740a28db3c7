import fc from 'fast-check';

const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0xff }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.integer({ min: 0x1_0000, max: 0x10_ffff }),
  fc.constantFrom(0x0, 0x20, 0x85, 0xa0, 0x2028, 0xd83d, 0xde00, 0xfeff, 0x1_f375),
);

/** Texts of up to `maxLength` code points of every kind, controls and lone surrogates among them. */
export const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: codePoint.map((each) => String.fromCodePoint(each)), maxLength });
