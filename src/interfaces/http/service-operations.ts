import type { ReadinessReport } from '../../application/operations/readiness.ts';
import type { Operation } from './operation.ts';
import { sendJson } from './reply.ts';

export interface ServiceOperationsPorts {
  readonly readiness: () => ReadinessReport;
  /** Metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

const readinessView = ({ ready, checks }: ReadinessReport): unknown => ({
  ready,
  checks: checks.map(({ name, state }) => {
    switch (state._tag) {
      case 'Passed':
        return { name, ok: true, ...(state.warnings.length === 0 ? {} : { findings: state.warnings }) };
      case 'Waiting':
        return { name, ok: false, problem: 'has not been asked yet' };
      case 'Failing':
        return { name, ok: false, problem: state.reason };
      case 'Misconfigured':
        return { name, ok: false, findings: state.findings };
    }
  }),
});

/** Health and metrics, which every role of the service serves. */
export const serviceOperations = (ports: ServiceOperationsPorts): readonly Operation[] => [
  {
    operationId: 'livez',
    method: 'GET',
    path: '/livez',
    tag: 'service',
    summary: 'Whether the process can answer at all',
    answers: [{ status: 200, description: 'It can.', contentType: 'application/json' }],
    handle: (_request, reply) => sendJson(reply, 200, { live: true }),
  },
  {
    operationId: 'readyz',
    method: 'GET',
    path: '/readyz',
    tag: 'service',
    summary: 'Whether the process can do its work; if not, what is wrong and how to mend it',
    answers: [
      { status: 200, description: 'Every check passed.', contentType: 'application/json' },
      { status: 503, description: 'What is wrong.', contentType: 'application/json' },
    ],
    handle: (_request, reply) => {
      const report = ports.readiness();
      return sendJson(reply, report.ready ? 200 : 503, readinessView(report));
    },
  },
  {
    operationId: 'metrics',
    method: 'GET',
    path: '/metrics',
    tag: 'service',
    summary: 'Metrics for Prometheus',
    answers: [{ status: 200, description: 'Text format of Prometheus.', contentType: 'text/plain' }],
    handle: async (_request, reply) => {
      const { contentType, text } = await ports.metrics();
      return reply.type(contentType).header('cache-control', 'no-store').send(text);
    },
  },
];
