import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/*
 * Stands in for a role where only its process matters. `FAKE_ROLE=dies`: ends while starting. `FAKE_ROLE=deaf`: does not
 * react to SIGTERM. GET /crash ends it.
 */

const behaviour = process.env['FAKE_ROLE'];
const port = ['HTTP_PORT', 'RELAY_HTTP_PORT', 'JANITOR_HTTP_PORT', 'CONSUMER_HTTP_PORT']
  .map((name) => process.env[name])
  .find((value) => value !== undefined && value !== '0');

if (behaviour === 'dies') {
  process.stderr.write('the setting COLOUR is wrong\n');
  process.exit(3);
}
if (behaviour === 'deaf') process.on('SIGTERM', () => undefined);

const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(1);
  response.end('ok');
});
await pause(Number(process.env['FAKE_ROLE_DELAY_MS'] ?? '0'));
server.listen(Number(port), '127.0.0.1');
