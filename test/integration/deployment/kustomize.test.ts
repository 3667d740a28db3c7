import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { stringify } from 'yaml';
import { ROOT } from '../../../tools/environment/checkout.ts';
import { runCommand } from '../../../tools/environment/command.ts';
import { obtainKustomize } from '../../../tools/environment/kustomize.ts';
import { complaintsOfKubernetes } from '../../contract/deployment/kubernetes-types.ts';
import { manifestsIn, ofKind } from '../../contract/deployment/manifests.ts';
import type { NamedManifest } from '../../contract/deployment/manifests.ts';
import { problemsOfRole } from '../../contract/deployment/settings-of-role.ts';
import { configMapsOf, envOf, secretsOf, workloadsOf } from '../../contract/deployment/workloads.ts';
import type { Container } from '../../contract/deployment/workloads.ts';
import { TestAuthority } from '../../support/certificates.ts';
import { exposedMetrics } from '../../support/metrics/exposed-metrics.ts';
import { readExposition } from '../../support/metrics/exposition.ts';
import { metricsIn } from '../../support/metrics/observability-files.ts';

/* The manifests as kustomize builds them for an overlay that takes components in. */

const FOLDER = join(ROOT, 'deploy/kubernetes');
const COMPONENTS = ['tls-sasl', 'keda'] as const;
type Component = (typeof COMPONENTS)[number];
const OVERLAYS: readonly (readonly Component[])[] = [[], ['tls-sasl'], ['keda'], COMPONENTS];

/** What KEDA's documentation of its Prometheus scaler calls these, of which it has more; the type of its resources allows any. */
const PrometheusTrigger = t.type({
  type: t.literal('prometheus'),
  metricType: t.union([t.literal('Value'), t.literal('AverageValue')]),
  metadata: t.type({
    serverAddress: t.string,
    query: t.string,
    threshold: t.string,
    ignoreNullValues: t.literal('false'),
  }),
});
const ScaledObject = t.type({
  spec: t.type({
    scaleTargetRef: t.type({ name: t.string }),
    minReplicaCount: t.number,
    maxReplicaCount: t.number,
    triggers: t.tuple([PrometheusTrigger]),
  }),
});
const Scaler = t.type({ spec: t.type({ scaleTargetRef: t.type({ name: t.string }) }) });

describe('the Kubernetes manifests, as kustomize builds them', function () {
  this.timeout(300_000);
  let program = '';
  let directory = '';
  let authority = '';

  before(async function () {
    const found = await obtainKustomize((line) => process.stdout.write(`${line}\n`));
    if (typeof found === 'string') {
      process.stdout.write(`skipped, not passed: overlays and components were not built: ${found}\n`);
      this.skip();
    }
    program = found.program;
    directory = await mkdtemp(join(tmpdir(), 'kustomize-'));
    authority = join(directory, 'authority.pem');
    await writeFile(authority, (await TestAuthority.create()).certificate);
  });
  after(() => (directory === '' ? undefined : rm(directory, { recursive: true })));

  const build = async (components: readonly Component[]): Promise<readonly NamedManifest[]> => {
    const overlay = await mkdtemp(join(directory, 'overlay-'));
    const base = relative(overlay, FOLDER);
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [base],
      components: components.map((name) => join(base, 'components', name)),
    };
    await writeFile(join(overlay, 'kustomization.yaml'), stringify(kustomization));
    return manifestsIn(await runCommand(program, ['build', overlay]));
  };

  /** With a certificate in each file that a secret brings. */
  const withFiles = (env: Readonly<Record<string, string>>, { volumeMounts = [] }: Container): typeof env =>
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        volumeMounts.some(({ mountPath }) => value === join(mountPath, basename(value))) ? authority : value,
      ]),
    );

  it('are what Kubernetes and KEDA take, with and without components: no unknown field, none missing, each of its type', async () => {
    const manifests = (await Promise.all(OVERLAYS.map(build))).flat();
    expect(manifests.length).to.be.greaterThan(100);
    expect(complaintsOfKubernetes(manifests)).to.deep.equal([]);
  });

  for (const components of OVERLAYS)
    describe(components.length === 0 ? 'without a component' : `with ${components.join(' and ')}`, () => {
      let manifests: readonly NamedManifest[];
      before(async () => {
        manifests = await build(components);
      });

      it('give each role all settings that it needs, and none that it does not read', () => {
        const workloads = workloadsOf(manifests);
        expect(workloads).to.have.lengthOf(6);
        for (const [name, , container] of workloads) {
          const env = withFiles(envOf(container, configMapsOf(manifests)), container);
          expect(problemsOfRole(container.args[0] ?? '', env), name).to.deep.equal([]);
        }
      });

      it('ask for no secret but those that the README names', async () => {
        const secrets = new Set(workloadsOf(manifests).flatMap(secretsOf));
        const readme = await readFile(join(FOLDER, 'README.md'), 'utf8');
        expect([...secrets].filter((name) => !readme.includes(`\`${name}\``))).to.deep.equal([]);
      });

      it('have one scaler at most for each Deployment', () => {
        const targets = ofKind(manifests, ['HorizontalPodAutoscaler', 'ScaledObject'], Scaler).map(
          ([, { spec }]) => spec.scaleTargetRef.name,
        );
        expect(targets).to.include.members(['orderly-api', 'orderly-relay']);
        expect(targets).to.have.lengthOf(new Set(targets).size);
        expect(workloadsOf(manifests).map(([name]) => name)).to.include.members(targets);
      });

      if (components.includes('tls-sasl'))
        it('verify MySQL and Kafka by what a secret brings, and log in to Kafka as each its own', () => {
          for (const workload of workloadsOf(manifests)) {
            const [name, { template }, container] = workload;
            const env = envOf(container, configMapsOf(manifests));
            const files = [env['MYSQL_TLS_CA'], ...(name === 'orderly-migrate' ? [] : [env['KAFKA_TLS_CA']])];
            for (const file of files) {
              const mount = container.volumeMounts?.find(({ mountPath }) => file?.startsWith(`${mountPath}/`));
              expect(mount?.readOnly, `${name} mounts ${file ?? 'no authority'}`).to.equal(true);
              expect(template.spec.volumes?.map((volume) => volume.name)).to.include(mount?.name);
            }
            expect(env['MYSQL_TLS'], name).to.equal('on');
            if (name === 'orderly-migrate') continue;
            expect(env).to.include({ KAFKA_TLS: 'on', KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' });
            const login = container.env.filter((variable) => variable.name.startsWith('KAFKA_SASL_'));
            expect(
              login.map(({ valueFrom }) => valueFrom?.secretKeyRef?.key),
              name,
            ).to.deep.equal(['username', 'password']);
          }
          const logins = workloadsOf(manifests)
            .flatMap(secretsOf)
            .filter((secret) => secret.includes('kafka'));
          expect(new Set(logins)).to.have.property('size', 5);
        });

      if (components.includes('keda'))
        it('scale relays by age and consumers by lag, by metrics that there are, to no more than there are lanes', async () => {
          const scaled = ofKind(manifests, ['ScaledObject'], ScaledObject);
          const lanes = Number(configMapsOf(manifests).get('orderly-service')?.data['ORDER_PARTITIONS']);
          const exposed = [...(await exposedMetrics()).values()].flatMap(readExposition).map((family) => family.name);
          for (const [name, { spec }] of scaled) {
            const [{ metadata, metricType }] = spec.triggers;
            expect(spec.scaleTargetRef.name).to.equal(name);
            expect(spec.minReplicaCount).to.equal(2);
            expect(spec.maxReplicaCount).to.be.at.most(lanes);
            expect(Number(metadata.threshold)).to.be.greaterThan(0);
            expect(Object.keys(metadata)).to.have.lengthOf(4);
            expect(exposed).to.include.members([...metricsIn(metadata.query)]);
            expect([metricsIn(metadata.query), metricType]).to.deep.equal(
              name === 'orderly-relay'
                ? [['orderly_outbox_oldest_pending_seconds'], 'Value']
                : [['orderly_consumer_lag_records'], 'AverageValue'],
            );
          }
          expect(scaled.map(([name]) => name)).to.have.members([
            'orderly-relay',
            'orderly-payment',
            'orderly-shipping',
          ]);
        });
    });
});
