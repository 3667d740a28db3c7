import type { BenchSystem } from '../systems/system.ts';
import { debeziumDefault, debeziumTuned } from './debezium.ts';
import { namastack } from './namastack.ts';

/** Other people's relays. Each publishes the same bytes as ours of what is written to the same table. */
export const PEERS: readonly BenchSystem[] = [debeziumTuned, debeziumDefault, namastack];
