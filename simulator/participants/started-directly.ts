import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** True when the module is the program, false when something imports it (a planted bug starts it with other parts). */
export const startedDirectly = (moduleUrl: string): boolean => {
  const [, program] = process.argv;
  return program !== undefined && realpathSync(program) === realpathSync(fileURLToPath(moduleUrl));
};
