import { describeConfigProblem } from '../infrastructure/config.ts';
import type { SettingsRefused } from '../interfaces/cli/operator-services.ts';

export const settingsRefused = (
  problems: readonly { readonly variable: string; readonly message: string }[],
): SettingsRefused => ({
  _tag: 'SettingsRefused',
  problems: problems.map(describeConfigProblem),
});
