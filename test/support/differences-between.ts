/** True for what JSON writes in braces or brackets. */
const holdsFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const told = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));

const fieldOf = (within: string, name: string, list: boolean): string => {
  if (list) return `${within}[${name}]`;
  return within === '' ? name : `${within}.${name}`;
};

/** Each place in which two JSON values differ, and how: `lines[0].quantity: was 2, is "2"`. Empty when they are equal. */
export const differencesBetween = (was: unknown, is: unknown, field = ''): readonly string[] => {
  if (!holdsFields(was) || !holdsFields(is) || Array.isArray(was) !== Array.isArray(is))
    return was === is ? [] : [`${field}: was ${told(was)}, is ${told(is)}`];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
    differencesBetween(was[name], is[name], fieldOf(field, name, Array.isArray(was))),
  );
};
