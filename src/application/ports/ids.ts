export interface Ids {
  /** A new UUIDv7, lower case. */
  next(): string;
}
