/** Offsets in one piece: 64 KB. */
const PIECE = 524_288;

/** Offsets of one partition: a bit for each, in pieces that are made when first needed. */
export class OffsetSet {
  private readonly pieces = new Map<number, Uint8Array>();

  add(offset: number): void {
    const index = Math.floor(offset / PIECE);
    const piece = this.pieces.get(index) ?? new Uint8Array(PIECE / 8);
    this.pieces.set(index, piece);
    const bit = offset % PIECE;
    piece[bit >> 3] = (piece[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  /** Removes the offset. False when it was not there. */
  take(offset: number): boolean {
    const piece = this.pieces.get(Math.floor(offset / PIECE));
    const bit = offset % PIECE;
    const byte = piece?.[bit >> 3] ?? 0;
    const mask = 1 << (bit & 7);
    if (piece === undefined || (byte & mask) === 0) return false;
    piece[bit >> 3] = byte & ~mask;
    return true;
  }
}
