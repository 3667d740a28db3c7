import { expect } from 'chai';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withDirectoryLock } from '../../../tools/directory-lock.mjs';
import { cached } from '../../../tools/environment/cache.ts';
import { useDirectory } from '../../support/environment/own-servers.ts';

describe('the cache', () => {
  const directory = useDirectory();
  const silent = (): void => undefined;

  it('is filled once, however many ask at once, and never shows half of a thing', async () => {
    const path = join(directory.path(), 'thing');
    let made = 0;
    const make = async (unfinished: string): Promise<void> => {
      made += 1;
      await mkdir(unfinished);
      await writeFile(join(unfinished, 'first'), 'first');
      expect(await readdir(directory.path())).not.to.include('thing');
      await writeFile(join(unfinished, 'second'), 'second');
    };

    const paths = await Promise.all(Array.from({ length: 8 }, () => cached(path, silent, make)));

    expect(new Set(paths)).to.deep.equal(new Set([path]));
    expect(made).to.equal(1);
    expect((await readdir(path)).sort()).to.deep.equal(['first', 'second']);
  });

  it('forgets what a broken attempt left and begins anew', async () => {
    const path = join(directory.path(), 'broken');
    const failure = await cached(path, silent, async (unfinished) => {
      await mkdir(unfinished);
      await writeFile(join(unfinished, 'half'), '');
      throw new Error('the network went away');
    }).catch((cause: unknown) => cause);
    expect(failure).to.be.an('error').with.property('message', 'the network went away');

    await cached(path, silent, async (unfinished) => {
      await mkdir(unfinished);
      await writeFile(join(unfinished, 'whole'), 'whole');
    });

    expect(await readdir(path)).to.deep.equal(['whole']);
    expect(await readFile(join(path, 'whole'), 'utf8')).to.equal('whole');
  });

  it('lets one in at a time', async () => {
    const lock = join(directory.path(), 'lock');
    let inside = 0;
    let most = 0;
    const enter = (): Promise<void> =>
      withDirectoryLock(lock, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await pause(5);
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 6 }, enter));
    expect(most).to.equal(1);
    expect(await readdir(directory.path())).not.to.include('lock');
  });

  it('takes a lock away whose holder died', async () => {
    const lock = join(directory.path(), 'stale');
    await mkdir(lock);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);

    expect(await withDirectoryLock(lock, () => Promise.resolve('in'))).to.equal('in');
    expect((await readdir(directory.path())).filter((name) => name.startsWith('stale'))).to.deep.equal([]);
  });
});
