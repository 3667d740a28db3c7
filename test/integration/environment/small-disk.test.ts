import { readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { fillDisk } from '../../../simulator/faults/rows/fill-disk.ts';
import { runCommand } from '../../../tools/environment/command.ts';
import { EnvironmentError } from '../../../tools/environment/environment-error.ts';
import { Run } from '../../../tools/environment/run.ts';
import { lackingForSmallDisk, SmallDisk } from '../../../tools/environment/small-disk.ts';
import { useDirectory } from '../../support/environment/own-servers.ts';

const MEGABYTES = 4;

/** On a machine that lets nobody mount, being told so is what can be tested. */
describe('a small disk', function () {
  this.timeout(60_000);
  const directory = useDirectory();
  let run: Run;

  beforeEach(async () => {
    run = await Run.open(directory.path());
  });
  afterEach(() => run.close());

  const withDisk = async (use: (disk: SmallDisk) => Promise<void>): Promise<void> => {
    const lacking = await lackingForSmallDisk();
    if (lacking === undefined) return use(await SmallDisk.open(run, run.directory, MEGABYTES));
    const failure = await SmallDisk.open(run, run.directory, MEGABYTES).catch((cause: unknown) => cause);
    expect(failure).to.be.instanceOf(EnvironmentError);
  };

  it('is the same directory for those who enter and for everybody else', () =>
    withDisk(async (disk) => {
      await writeFile(join(disk.outside, 'note'), 'hello');
      const [program, ...args] = disk.enter;
      const read = await runCommand(program, [...args, 'cat', join(disk.inside, 'note')], { timeoutMs: 10_000 });
      expect(read).to.equal('hello');
    }));

  it('can be filled to the last block, and freed again', () =>
    withDisk(async (disk) => {
      const ballast = join(disk.outside, 'ballast');
      await fillDisk(ballast);
      expect((await statfs(disk.outside)).bavail).to.equal(0);
      expect((await stat(ballast)).size).to.be.within(1_048_576, MEGABYTES * 1_048_576);
      await rm(ballast);
      expect((await statfs(disk.outside)).bavail).to.be.greaterThan(0);
    }));

  it('goes with its run and leaves nothing mounted', () =>
    withDisk(async (disk) => {
      await run.close();
      expect(await stat(disk.outside).catch(() => undefined)).to.equal(undefined);
      expect(await readdir(directory.path())).not.to.include(`run-${run.id}`);
    }));
});
