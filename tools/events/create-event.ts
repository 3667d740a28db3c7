import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { NewEvent, NewEventFiles, NewEventRefused } from '../../src/interfaces/cli/event-tools.ts';
import { problemsOfEvent } from './check-event.ts';
import { documentsOf, planEvent } from './plan-event.ts';
import { regenerateDocuments } from './regenerate-documents.ts';
import { unclearRefusals } from './refusal-of.ts';
import { AnchorMissing } from './source-edit.ts';
import { writeFiles } from './write-files.ts';
import type { PlannedFile } from './write-files.ts';

const formatted = async (root: string, file: PlannedFile): Promise<PlannedFile> => {
  const filepath = join(root, file.path);
  if (file.path.endsWith('.sql')) return file;
  return { ...file, text: await format(file.text, { ...(await resolveConfig(filepath)), filepath }) };
};

/** What is left for a person. The compiler asks for the first lines by itself. */
const nextSteps = ({ name, keeps, command, states }: NewEvent, consumers: readonly string[]): readonly string[] => [
  `src/domain/order/evolve.ts: a key ${name}, what the order becomes${keeps.length === 0 ? '' : `: of the payload it keeps ${keeps.join(', ')}`}`,
  ...(command === undefined
    ? ['src/domain/order/decide.ts: let the command that raises it do so']
    : [`src/domain/order/decide.ts: a key ${command.name}, when it is accepted and why it is refused`]),
  ...(command === undefined || unclearRefusals(states).length === 0
    ? []
    : [
        `test/domain/decide-matrix.test.ts: how ${command.name} is refused when ${unclearRefusals(states).join(' or ')}`,
      ]),
  ...consumers.map((path) => `${path}: ignores ${name}; put a handler there if it shall react`),
];

const isConsumer = (path: string): boolean =>
  /^(examples|simulator\/participants)\//.test(path) && !path.endsWith('.test.ts');

/**
 * Writes a new event into the sources below `root`, all files or none, and then the documents made from them. Refused when something in it is wrong, when a
 * file is there already, or when a source no longer has the place where it would be added.
 */
export const createEvent = async (
  root: string,
  event: NewEvent,
  { dryRun }: { readonly dryRun: boolean },
): Promise<NewEventFiles | NewEventRefused> => {
  const problems = problemsOfEvent(event);
  if (problems.length > 0) return { problems };
  try {
    const planned = await planEvent(root, event);
    const inTheWay = planned.filter(({ path, before }) => before === undefined && existsSync(join(root, path)));
    if (inTheWay.length > 0)
      return { problems: inTheWay.map(({ path }) => `${path} is there already: remove it, or take another name`) };
    const files = await Promise.all(planned.map((file) => formatted(root, file)));
    if (!dryRun) await writeFiles(root, files);
    const undone = dryRun ? [] : await regenerateDocuments(root);
    const created = files.filter(({ before }) => before === undefined).map(({ path }) => path);
    const changed = files.filter(({ before }) => before !== undefined).map(({ path }) => path);
    const made = documentsOf(event);
    return {
      created: [...created, ...made.created],
      changed: [...changed, ...made.changed],
      next: [...nextSteps(event, changed.filter(isConsumer)), ...undone],
    };
  } catch (error) {
    if (error instanceof AnchorMissing) return { problems: [error.message] };
    throw error;
  }
};
