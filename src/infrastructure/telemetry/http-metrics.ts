import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** Duration of HTTP requests by route pattern, never by address, so that the number of series is bounded. */
export class HttpMetrics {
  private readonly duration: Histogram<'method' | 'route' | 'status'>;

  constructor(registry: Registry) {
    this.duration = new Histogram({
      name: 'orderly_http_request_duration_seconds',
      help: 'From the first byte of the request to the last byte of the answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
  }

  finished(request: { method: string; route: string; status: number; seconds: number }): void {
    const { seconds, ...labels } = request;
    this.duration.observe(labels, seconds);
  }
}
