import { runOrder } from './composition/run-order.ts';

/*
 * The operator's command line: `order --help`. Data on stdout, talk on stderr; exit code 0 done, 1 done with bad
 * news, 2 could not run.
 */

process.exitCode = await runOrder();
