import { MAX_VARINT_BYTES, sizeOfVarint } from './varint.ts';

/** Texts up to this length are copied here, character by character; calls into Node cost more than that. */
const SHORT_TEXT = 64;

/** Room left for the length of a record, which takes as much nearly always. */
const USUAL_LENGTH_BYTES = 2;

/** A buffer that grows, and the few things that a record of Kafka's wire format consists of. */
export class RecordWriter {
  private bytes: Buffer;
  private at = 0;

  constructor(expectedBytes: number) {
    this.bytes = Buffer.allocUnsafe(Math.max(expectedBytes, 1_024));
  }

  /** What was written, not copied. */
  written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  byte(value: number): void {
    this.ensure(1);
    this.bytes[this.at++] = value;
  }

  /** A count or length in zigzag, as records have them; below 2^30. */
  varint(count: number): void {
    this.ensure(MAX_VARINT_BYTES);
    let rest = count << 1;
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** Its length in bytes, then the text in UTF-8. */
  text(text: string): void {
    if (text.length > SHORT_TEXT || !this.shortAscii(text)) this.longText(text);
  }

  /** What is written from here until `end`, which is given the answer, has its length before it. */
  begin(): number {
    this.ensure(USUAL_LENGTH_BYTES);
    this.at += USUAL_LENGTH_BYTES;
    return this.at;
  }

  end(start: number): void {
    const length = this.at - start;
    const more = sizeOfVarint(length) - USUAL_LENGTH_BYTES;
    if (more !== 0) {
      this.ensure(MAX_VARINT_BYTES);
      this.bytes.copyWithin(start + more, start, this.at);
    }
    this.at = start - USUAL_LENGTH_BYTES;
    this.varint(length);
    this.at += length;
  }

  /** False, and nothing written, when a character takes more than one byte. */
  private shortAscii(text: string): boolean {
    const start = this.at;
    this.varint(text.length);
    this.ensure(text.length);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        this.at = start;
        return false;
      }
      this.bytes[this.at++] = code;
    }
    return true;
  }

  private longText(text: string): void {
    const length = Buffer.byteLength(text);
    this.varint(length);
    this.ensure(length);
    this.at += this.bytes.write(text, this.at, length, 'utf8');
  }

  private ensure(more: number): void {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
