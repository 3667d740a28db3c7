import type { Admin, Kafka } from 'kafkajs';
import type { Progress } from './progress.ts';

/**
 * The environment as the simulator uses it: addresses, and the right to kill. Kept narrow so that faults and
 * workload can be tested without servers.
 */
export interface House {
  readonly apiUrl: string;
  readonly operatorToken: string;
  readonly topic: string;
  readonly kafka: Kafka;
  /** Kill -9 of `api`, `relay`, `relay-2` …, `payment`, `shipping`, `mysql` or `kafka`. Resolves when the process is gone. */
  kill(name: string): Promise<void>;
  /** Brings a killed server back (roles come back by their supervisor); resolves when `name` answers again. */
  revive(name: string): Promise<void>;
  /** Runs `act` on a connected Kafka admin client. */
  readonly admin: <T>(act: (admin: Admin) => Promise<T>) => Promise<T>;
  /** Undefined while a database does not answer. */
  readonly progress: () => Promise<Progress | undefined>;
}
