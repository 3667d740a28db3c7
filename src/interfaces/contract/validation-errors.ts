import type * as t from 'io-ts';
import { shapeOf } from './codec-shape.ts';
import type { Shape } from './codec-shape.ts';

/** One thing wrong with a value. */
export interface ValidationProblem {
  /** `lines[0].quantity`; empty for the value itself. */
  readonly path: string;
  /** Ends the sentence that the path begins: `must be a whole number from 1 to 100,000, but is 0`. */
  readonly message: string;
}

/** So many are told one by one; a hostile body could hold tens of thousands. */
const MOST_PROBLEMS = 1_000;
const LONGEST_ECHO = 40;
const LONGEST_KEY = 80;

const shorten = (text: string, most: number): string => {
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}…`;
};

const appendKey = (path: string, key: string, isIndex: boolean): string => {
  if (isIndex) return `${path}[${key}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(key) || key.length > LONGEST_KEY)
    return `${path}[${JSON.stringify(shorten(key, LONGEST_KEY))}]`;
  return path === '' ? key : `${path}.${key}`;
};

type Codec = t.ContextEntry['type'];

/** Undefined for a codec the contract cannot describe: its name must do. */
const readShape = (codec: Codec): Shape | undefined => {
  try {
    return shapeOf(codec);
  } catch {
    return undefined;
  }
};

const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** What the codec wants: ends the sentence "must be …". */
const wanted = (codec: Codec): string => {
  const shape = readShape(codec);
  if (shape === undefined) return codec.name;
  switch (shape.kind) {
    case 'value':
      return shape.rule.words;
    case 'list':
      return shape.rule?.words ?? 'a list';
    case 'object':
      return 'an object';
    case 'closed':
      return wanted(shape.inner);
    case 'union':
      return [...new Set(shape.members.map((member) => wanted(member)))].join(' or ');
    case 'literal':
      return JSON.stringify(shape.value);
    case 'null':
      return 'null';
    case 'string':
      return 'a text';
    case 'number':
    case 'boolean':
      return article(shape.kind);
  }
};

/** The value in short; long ones are measured, not repeated. */
const echo = (value: unknown): string => {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string')
    return value.length <= LONGEST_ECHO ? JSON.stringify(value) : `a text of ${value.length} characters`;
  return String(value);
};

const messageOf = (codec: Codec, value: unknown): string =>
  value === undefined ? `is missing: it must be ${wanted(codec)}` : `must be ${wanted(codec)}, but is ${echo(value)}`;

interface LocatedProblem extends ValidationProblem {
  /** The problem as told by the outermost union around it: no member fitted. */
  readonly union: ValidationProblem | undefined;
}

const locate = (error: t.ValidationError): LocatedProblem | undefined => {
  let path = '';
  let union: ValidationProblem | undefined;
  let last: t.ContextEntry | undefined;
  for (const entry of error.context) {
    if (last !== undefined) {
      const parent = readShape(last.type)?.kind;
      if (parent === 'union') union ??= { path, message: messageOf(last.type, last.actual) };
      // Members of a union or an intersection stand in the context by their number, with the value of the whole.
      const isMember = parent !== 'list' && Object.is(entry.actual, last.actual);
      if (!isMember) path = appendKey(path, entry.key, parent === 'list');
    }
    last = entry;
  }
  return last && { path, message: error.message ?? messageOf(last.type, error.value), union };
};

/** Of what the members of a union say, what lies deepest is meant; when nothing does, the union speaks for all. */
const settleUnions = (problems: readonly LocatedProblem[]): readonly ValidationProblem[] => {
  const deeper = new Set(problems.flatMap(({ path, union }) => (union && union.path !== path ? [union.path] : [])));
  return problems.flatMap(({ path, message, union }) => {
    if (union === undefined || path !== union.path) return [{ path, message }];
    return deeper.has(path) ? [] : [union];
  });
};

const uniqueByText = (problems: readonly ValidationProblem[]): readonly ValidationProblem[] => [
  ...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values(),
];

/** Every problem once, in the order found, in plain words. After 1,000 of them one more tells how many were left out. */
export const validationProblems = (errors: t.Errors): readonly ValidationProblem[] => {
  const located = errors.map(locate).filter((problem) => problem !== undefined);
  const problems = uniqueByText(settleUnions(located));
  const leftOut = problems.length - MOST_PROBLEMS;
  return leftOut <= 0
    ? problems
    : [...problems.slice(0, MOST_PROBLEMS), { path: '', message: `has ${leftOut} more problems, not listed` }];
};

/** `lines[0].quantity must be a whole number from 1 to 100,000, but is 0`; the value itself is called `subject`. */
export const problemText = ({ path, message }: ValidationProblem, subject: string): string =>
  `${path === '' ? subject : path} ${message}`;
