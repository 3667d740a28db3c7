import { startConsumer } from '@orderly/consumer-kit';
import { points } from './points.ts';

await startConsumer({ own: {}, define: () => points });
