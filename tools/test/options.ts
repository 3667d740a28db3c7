import { parseArgs } from 'node:util';
import { EnvironmentError, messageOf } from '../environment/environment-error.ts';
import { type Kind, USUAL_KINDS } from './kinds.ts';

export interface TestOptions {
  readonly kinds: readonly Kind[];
  /** Only tests whose full title matches; a kind without such a test is then no failure. */
  readonly grep: string | undefined;
  /** Static checks may leave out files that are as they were; a file is then not linted again for what others changed. */
  readonly quick: boolean;
  readonly help: boolean;
}

export const USAGE = `npm test -- [--only KIND]… [--grep PATTERN]

  --only KIND      run one kind of test; may be repeated: ${USUAL_KINDS.join(', ')}
  -g, --grep TEXT  run only the tests whose full title matches; leaves the static checks out
  --quick          static checks leave out files that have not changed since the last such run
  -h, --help       show this`;

const isKind = (text: string): text is Kind => USUAL_KINDS.some((kind) => kind === text);

/** Throws with one line that names the option when it is unknown or has a wrong value. */
export const parseTestOptions = (args: readonly string[]): TestOptions => {
  const parse = () => {
    try {
      return parseArgs({
        args: [...args],
        options: {
          only: { type: 'string', multiple: true, default: [] },
          grep: { type: 'string', short: 'g' },
          quick: { type: 'boolean', default: false },
          help: { type: 'boolean', short: 'h', default: false },
        },
      }).values;
    } catch (cause) {
      throw new EnvironmentError(messageOf(cause), { cause });
    }
  };
  const { only, grep, quick, help } = parse();
  const asked = only.flatMap((text) => text.split(','));
  const unknown = asked.find((text) => !isKind(text));
  if (unknown !== undefined) throw new EnvironmentError(`--only ${unknown}: expected one of ${USUAL_KINDS.join(', ')}`);
  const all = grep === undefined ? USUAL_KINDS : USUAL_KINDS.filter((kind) => kind !== 'static');
  return { kinds: asked.length === 0 ? all : USUAL_KINDS.filter((kind) => asked.includes(kind)), grep, quick, help };
};
