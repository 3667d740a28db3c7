import { runService } from './composition/run-service.ts';

/* A process of the service: `main.ts --role api|relay|all`. Exit code 0 stopped when asked, 2 could not start. */

process.exit(await runService());
