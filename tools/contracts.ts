import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { checkContract, contractToday } from './contracts/check-contract.ts';
import { contractDocuments, staleDocuments, strayDocuments } from './contracts/contract-documents.ts';
import { readReleased, writeReleased } from './contracts/released.ts';
import { ROOT } from './environment/checkout.ts';

/*
 * `npm run contracts`: writes what docs/contract says of events and HTTP, from the codecs. `-- --check` writes nothing and
 * says what is not fresh; `-- --release` first notes today's contract as released, unless it breaks what was. Exit code 0
 * done, 1 not fresh or breaking, 2 could not run.
 */

const say = (lines: readonly string[]): void => {
  for (const line of lines) process.stderr.write(`contracts: ${line}\n`);
};

const check = async (): Promise<number> => {
  const stale = await staleDocuments(ROOT, await contractDocuments(ROOT));
  say(stale);
  return stale.length === 0 ? 0 : 1;
};

const release = async (): Promise<number> => {
  const { findings, http } = checkContract(await readReleased(ROOT), await contractToday(ROOT));
  const breaking = [
    ...findings.flatMap((found) =>
      found.breaking ? [`${found.event} v${found.version} ${found.field}: ${found.what}`] : [],
    ),
    ...http.flatMap((found) =>
      found.breaking ? [`${found.operation} ${found.part} ${found.field}: ${found.what}`] : [],
    ),
  ];
  if (breaking.length > 0) {
    say(breaking);
    say(['nothing is released: see npm run order -- event check']);
    return 1;
  }
  say((await writeReleased(ROOT)).map((path) => `released ${path}`));
  return write();
};

const write = async (): Promise<number> => {
  const documents = await contractDocuments(ROOT);
  for (const path of await strayDocuments(ROOT, documents)) await rm(join(ROOT, path));
  for (const [path, text] of documents) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
  }
  say([`${documents.size} documents are written`]);
  return 0;
};

const main = async (): Promise<number> => {
  try {
    const { values } = parseArgs({ options: { check: { type: 'boolean' }, release: { type: 'boolean' } } });
    if (values.check === true && values.release === true) throw new TypeError('--check and --release: take one');
    if (values.check === true) return await check();
    return values.release === true ? await release() : await write();
  } catch (error) {
    say([error instanceof Error ? error.message : String(error)]);
    return 2;
  }
};

process.exitCode = await main();
