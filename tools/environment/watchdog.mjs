import { readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/*
 * Ends what a run started when the run itself has died without doing so, even by SIGKILL.
 *
 * Its stdin is a pipe whose other end only the run holds, so the pipe ends when the run does. The run says which
 * processes it has (`{"watch":pid}`, `{"forget":pid}`) and, when it stopped in order, `{"done":true}`. Every process of
 * a run carries ORDERLY_RUN=<run id> in its environment: where /proc exists, that also finds processes that were
 * started but not yet reported, and their children.
 */

const [runId, runDirectory, environmentFile] = process.argv.slice(2);
const watched = new Set();
let engine;
let done = false;

const ofThisRun = async () => {
  const marker = `ORDERLY_RUN=${runId}`;
  const entries = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(async (name) => {
        const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
        return environment.split('\0').includes(marker) ? Number(name) : undefined;
      }),
  );
  return found.filter((pid) => pid !== undefined);
};

/** A watched process leads a group of its own, which holds its children; a process found in /proc may not. */
const end = (pid) => {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
};

const endProcesses = async () => {
  watched.forEach(end);
  for (let round = 0; round < 50; round += 1) {
    const left = await ofThisRun();
    if (left.length === 0) return;
    left.forEach(end);
    await pause(20);
  }
};

const askEngine = (method, path) =>
  new Promise((resolve) => {
    const call = request({ ...engine, method, path, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.on('end', () => resolve(body));
      response.on('error', () => resolve(''));
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(''));
    call.end();
  });

/** Networks and volumes come last: the engine keeps them as long as a container has them. */
const removeContainers = async () => {
  if (engine === undefined) return;
  const filters = `filters=${encodeURIComponent(JSON.stringify({ label: [`orderly.run=${runId}`] }))}`;
  const removeAll = (paths) => Promise.all(paths.map((path) => askEngine('DELETE', path)));
  try {
    const containers = JSON.parse(await askEngine('GET', `/containers/json?all=true&${filters}`));
    await removeAll(containers.map(({ Id }) => `/containers/${Id}?force=true&v=true`));
    const networks = JSON.parse(await askEngine('GET', `/networks?${filters}`));
    await removeAll(networks.map(({ Id }) => `/networks/${Id}`));
    const { Volumes } = JSON.parse(await askEngine('GET', `/volumes?${filters}`));
    await removeAll((Volumes ?? []).map(({ Name }) => `/volumes/${Name}?force=true`));
  } catch {
    // The engine is gone, and its containers with it.
  }
};

const removeEnvironmentFile = async () => {
  try {
    const { run } = JSON.parse(await readFile(environmentFile, 'utf8'));
    if (run === runId) await rm(environmentFile, { force: true });
  } catch {
    // There is none, or it is not ours.
  }
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE']) process.on(signal, () => undefined);

/** The last line may be cut off, as its writer can die in the middle of it. */
const parse = (line) => {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const message = parse(line);
  if (message.watch !== undefined) watched.add(message.watch);
  if (message.forget !== undefined) watched.delete(message.forget);
  if (message.engine !== undefined) engine = message.engine;
  if (message.done === true) done = true;
}

if (!done) {
  await Promise.all([endProcesses(), removeContainers()]);
  await removeEnvironmentFile();
  await rm(runDirectory, { recursive: true, force: true });
}
