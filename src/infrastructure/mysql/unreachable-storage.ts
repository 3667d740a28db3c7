import { describeCause } from '../../application/describe-cause.ts';
import type { Unreachable } from '../../application/ports/start-check.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';

/** MySQL cannot be asked, as checks say it. */
export const unreachableStorage = ({ action, cause }: StorageUnavailable): Unreachable => ({
  _tag: 'Unreachable',
  reason: `MySQL cannot ${action}: ${describeCause(cause)}`,
  cause,
});
