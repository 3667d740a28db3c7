import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { visit } from 'jsonc-parser';
import type { ValidationProblem } from '../contract/validation-errors.ts';

/** Far deeper than any body of this API. */
const MAX_DEPTH = 32;

/** Names that turn into something else than data when objects are merged. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const utf8 = new TextDecoder('utf-8', { fatal: true });

type JsonPath = readonly (string | number)[];

const pathText = (path: JsonPath): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = part.slice(0, 80);
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** How deep lists and objects of valid JSON are nested. Asked before anything recursive reads the text. */
const depthOf = (text: string): number => {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText && code === BACKSLASH) at += 1;
    else if (code === QUOTE) inText = !inText;
    else if (!inText && OPENING.has(code)) depth += 1;
    else if (!inText && CLOSING.has(code)) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
};

/**
 * `JSON.parse` keeps the last of two equal keys, so two readers of one body could see different orders: such a
 * body is refused, and so are forbidden keys. `text` is valid JSON.
 */
const firstOddity = (text: string): ValidationProblem | undefined => {
  const keysOfOpenObjects: Set<string>[] = [];
  let found: ValidationProblem | undefined;
  visit(text, {
    onObjectBegin: () => {
      keysOfOpenObjects.push(new Set());
    },
    onObjectProperty: (key, _offset, _length, _line, _character, path) => {
      const keys = keysOfOpenObjects.at(-1);
      const refuse = (message: string): void => {
        found ??= { path: pathText([...path(), key]), message };
      };
      if (FORBIDDEN_KEYS.has(key)) refuse('is a forbidden key');
      if (keys?.has(key) === true) refuse('is there twice');
      keys?.add(key);
    },
    onObjectEnd: () => {
      keysOfOpenObjects.pop();
    },
  });
  return found;
};

/** One JSON value of UTF-8 bytes, in which every key says one thing. Left: the first thing against it. */
export const parseStrictJson = (bytes: Uint8Array): Either<ValidationProblem, unknown> => {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
  } catch {
    return E.left({ path: '', message: 'is not UTF-8' });
  }
  try {
    value = JSON.parse(text);
  } catch {
    return E.left({ path: '', message: text.trim() === '' ? 'is empty' : 'is not JSON' });
  }
  if (depthOf(text) > MAX_DEPTH) return E.left({ path: '', message: `is nested more than ${MAX_DEPTH} levels deep` });
  const oddity = firstOddity(text);
  return oddity === undefined ? E.right(value) : E.left(oddity);
};
