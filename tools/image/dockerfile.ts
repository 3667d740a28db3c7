import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../environment/checkout.ts';

/** The instructions of the stage that is the image, each a name and its text, in their order. */
export const imageInstructions = (): readonly (readonly [name: string, text: string])[] => {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n');
  const last = lines.findLastIndex((line) => line.startsWith('FROM '));
  return lines.slice(last + 1).flatMap((line) => {
    const [, name, text] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    return name === undefined || text === undefined ? [] : [[name, text] as const];
  });
};

/** What the image sets for every role. */
export const imageEnv = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    imageInstructions()
      .filter(([name]) => name === 'ENV')
      .map(([, text]): readonly [string, string] => {
        const at = text.indexOf('=');
        return [text.slice(0, at), text.slice(at + 1)];
      }),
  );
