import { runOrder } from './container.ts';

/*
 * The operator's command line: `order --help`. Data on stdout, talk on stderr; exit code 0 done, 1 done with bad
 * news, 2 could not run.
 */

// A reader that has seen enough (`order outbox list | head`) closes the pipe: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runOrder(process.argv.slice(2), process.env, {
  out: (line) => {
    process.stdout.write(`${line}\n`);
  },
  err: (line) => {
    process.stderr.write(`${line}\n`);
  },
});
