import { createHash } from 'node:crypto';
import type { IHeaders } from 'kafkajs';
import type { LogRecord } from '../evidence.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOrNull = (bytes: Buffer): string | null => {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
};

const headerText = (value: Buffer | string): string =>
  typeof value === 'string' ? value : (textOrNull(value) ?? `base64:${value.toString('base64')}`);

const headerTexts = (headers: IHeaders | undefined): Readonly<Record<string, string>> => {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) continue;
    texts.push([name, Array.isArray(value) ? value.map(headerText).join('\0') : headerText(value)]);
  }
  return Object.fromEntries(texts);
};

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

interface RawMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly offset: string;
  /** Milliseconds, as the broker stamped it. */
  readonly timestamp: string;
  readonly headers?: IHeaders | undefined;
}

/** Keeps a record's hash instead of its bytes, so that a long log fits into memory. */
export const readRecord = (partition: number, message: RawMessage): LogRecord => ({
  partition,
  offset: Number(message.offset),
  appendedAt: Number(message.timestamp),
  key: message.key === null ? null : textOrNull(message.key),
  valueSha256: message.value === null ? null : sha256(message.value),
  valueBytes: message.value?.length ?? 0,
  headers: headerTexts(message.headers),
});
