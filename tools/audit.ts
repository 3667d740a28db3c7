import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { judgeAudit } from './audit/judge-audit.ts';
import { ROOT } from './environment/checkout.ts';

/*
 * `npm run audit`: whether a package that ships has a known vulnerability, as the registry says it. Exit code 0: none that
 * is high or critical; 1: some; 2: not run, since the registry did not answer.
 */

const ASK_MS = 60_000;

const main = async (): Promise<number> => {
  const child = spawn('npm', ['audit', '--json', '--omit=dev'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: ASK_MS,
  });
  const [report] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const verdict = judgeAudit(report);
  const say = (line: string): boolean => process.stdout.write(`audit: ${line}\n`);
  switch (verdict._tag) {
    case 'NotRun':
      say(`not run, so nothing is known: ${verdict.reason}`);
      return 2;
    case 'Refused':
      for (const line of [...verdict.gated, ...verdict.lesser]) say(line);
      return 1;
    case 'Passed':
      for (const line of verdict.lesser) say(line);
      say(`nothing high or critical in ${verdict.packages} packages`);
      return 0;
  }
};

process.exitCode = await main();
