import { cruise } from 'dependency-cruiser';
import type { ICruiseResult, IViolation } from 'dependency-cruiser';
import { layerRules } from './layer-rules.ts';

const isCruiseResult = (output: unknown): output is ICruiseResult =>
  typeof output === 'object' && output !== null && 'summary' in output;

/** Every broken layer rule among the TypeScript files of `root`'s `folders`. */
export const violationsIn = async (root: string, folders: readonly string[]): Promise<readonly IViolation[]> => {
  const { output } = await cruise(
    [...folders],
    {
      baseDir: root,
      ruleSet: { forbidden: layerRules.map((rule) => ({ ...rule })) },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: 'fixtures/' },
      enhancedResolveOptions: {
        extensions: ['.ts', '.js', '.mjs', '.json'],
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default'],
      },
    },
    {},
  );
  if (!isCruiseResult(output)) throw new Error('dependency-cruiser gave no result');
  if (output.summary.totalCruised === 0) throw new Error(`no files found in ${root}`);
  return output.summary.violations;
};
