import http from 'node:http';
import process from 'node:process';

/* Exit code 0 when the role of this container says that it is ready, whichever it is: each has a port of its own. */

const PORTS = ['HTTP_PORT', 'RELAY_HTTP_PORT', 'JANITOR_HTTP_PORT', 'CONSUMER_HTTP_PORT'];

const isReady = (port) =>
  new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/readyz', timeout: 2_000 }, ({ statusCode }) =>
      resolve(statusCode === 200),
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });

const answers = await Promise.all(PORTS.map((name) => isReady(process.env[name])));
process.exit(answers.includes(true) ? 0 : 1);
