import type { BenchSystem } from '../systems/system.ts';
import { debeziumDefault, debeziumTuned } from './debezium.ts';

/** Other people's relays. Each publishes the same bytes as ours from the same table. */
export const PEERS: readonly BenchSystem[] = [debeziumTuned, debeziumDefault];
