/** A varint of 32 bits takes no more. */
export const MAX_VARINT_BYTES = 5;

/** Bytes of a count or length, 0 or more, as a varint in zigzag. */
export const sizeOfVarint = (count: number): number => {
  if (count < 0x40) return 1;
  if (count < 0x2000) return 2;
  if (count < 0x10_0000) return 3;
  return count < 0x800_0000 ? 4 : MAX_VARINT_BYTES;
};
