import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ENTRY = fileURLToPath(new URL('./writes-late.ts', import.meta.url));
const ARGS = ['--import', 'tsx', ENTRY];
const FULL_DISK = '/dev/full';

const endOf = async (
  child: ChildProcessWithoutNullStreams,
): Promise<{ readonly code: number | null; readonly stderr: string }> => {
  child.stdin.end();
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, stderr };
};

describe('a process that runs to its exit', function () {
  this.timeout(60_000);

  it('given a reader that closed the pipe / then it ends with its own code, without a word about it', async () => {
    const child = spawn(process.execPath, ARGS);
    child.stdout.destroy();
    await once(child.stdout, 'close');
    expect(await endOf(child)).to.deep.equal({ code: 1, stderr: '' });
  });

  if (existsSync(FULL_DISK))
    it('given a disk that takes no more / then it says so and ends with 2', async () => {
      const { code, stderr } = await endOf(
        spawn('sh', ['-c', `exec "$0" "$@" > ${FULL_DISK}`, process.execPath, ...ARGS]),
      );
      expect(code).to.equal(2);
      expect(stderr).to.match(/^writes-late: stdout: ENOSPC.*\n$/);
    });
});
