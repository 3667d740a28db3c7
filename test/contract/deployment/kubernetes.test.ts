import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { parse } from 'yaml';
import { ROOT } from '../../../tools/environment/checkout.ts';
import { decoded } from '../../support/decoded.ts';
import { imageEnv } from '../../../tools/image/dockerfile.ts';
import { complaintsOfKubernetes } from './kubernetes-types.ts';
import type { Manifest } from './kubernetes-types.ts';
import { manifestsIn, ofKind } from './manifests.ts';
import { problemsOfRole } from './settings-of-role.ts';
import { configMapsOf, envOf, Labels, MatchLabels, workloadsOf } from './workloads.ts';

const FOLDER = join(ROOT, 'deploy/kubernetes');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

const manifests = files.flatMap((name) => manifestsIn(read(name)));
const workloads = workloadsOf(manifests);
const configMaps = configMapsOf(manifests);

const PORT_OF: ReadonlyMap<string, string> = new Map([
  ['api', 'HTTP_PORT'],
  ['relay', 'RELAY_HTTP_PORT'],
  ['janitor', 'JANITOR_HTTP_PORT'],
  ['payment', 'CONSUMER_HTTP_PORT'],
  ['shipping', 'CONSUMER_HTTP_PORT'],
]);

describe('the Kubernetes manifests', () => {
  it('are what Kubernetes takes: no unknown field, none missing, each of its type', function () {
    this.timeout(60_000);
    expect(manifests.length).to.be.greaterThan(20);
    expect(complaintsOfKubernetes(manifests)).to.deep.equal([]);
  });

  it('would not pass with a misspelt field, without a needed one, or with a wrong type', function () {
    this.timeout(60_000);
    const pod = (container: unknown): Manifest => ({
      apiVersion: 'v1',
      kind: 'Pod',
      value: { apiVersion: 'v1', kind: 'Pod', spec: { containers: [container] } },
    });
    const scaledBy = (spec: unknown): Manifest => {
      const head = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' };
      return { ...head, value: { ...head, spec } };
    };
    const bad = [
      pod({ name: 'a', imagee: 'b' }),
      pod({ image: 'b' }),
      pod({ name: 'a', tty: 'yes' }),
      pod({ name: 'a' }),
      scaledBy({ scaleTargetRef: { name: 'a' }, triggerz: [] }),
      scaledBy({ scaleTargetRef: { name: 'a' }, triggers: [], maxReplicaCount: '6' }),
      scaledBy({ scaleTargetRef: { name: 'a' }, triggers: [] }),
    ];
    const complaints = complaintsOfKubernetes(bad);
    expect(complaints).to.have.lengthOf(5);
    expect(complaints.join())
      .to.match(/imagee/)
      .and.to.match(/triggerz/)
      .and.to.match(/number/)
      .and.to.match(/name/)
      .and.to.match(/boolean/);
  });

  it('are all named by the kustomization, and hold no secret', () => {
    const { resources } = decoded(t.type({ resources: t.array(t.string) }), parse(read('kustomization.yaml')));
    expect([...resources].sort()).to.deep.equal([...files].sort());
    expect(manifests.filter(({ kind }) => kind === 'Secret')).to.deep.equal([]);
  });

  for (const [name, spec, container] of workloads) {
    const [role = ''] = container.args;
    describe(name, () => {
      it('has all settings that its role needs, and none that it does not read', () =>
        expect(problemsOfRole(role, envOf(container, configMaps))).to.deep.equal([]));

      it('is run by nobody special, who can write nothing', () => {
        const { template } = spec;
        expect(template.spec.securityContext).to.deep.include({ runAsNonRoot: true, runAsUser: 65_532 });
        expect(template.spec.automountServiceAccountToken).to.equal(false);
        expect(container.securityContext).to.deep.equal({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      });

      it('listens where the image says, and has the time to stop in order', () => {
        const variable = PORT_OF.get(role);
        const http = container.ports?.find((port) => port.name === 'http')?.containerPort;
        expect(http).to.equal(variable === undefined ? undefined : Number(imageEnv()[variable]));
        if (variable === undefined) return;
        const pause = container.lifecycle?.preStop.sleep.seconds ?? 0;
        expect(spec.template.spec.terminationGracePeriodSeconds).to.be.greaterThan(pause + 10);
      });
    });
  }

  it('choose pods that there are', () => {
    const labels = workloads.map(([, { template }]) => template.metadata.labels);
    const isThere = (wanted: Readonly<Record<string, string>>): boolean =>
      labels.some((have) => Object.entries(wanted).every(([key, value]) => have[key] === value));
    const services = ofKind(manifests, ['Service'], t.type({ spec: t.type({ selector: Labels }) })).map(
      ([, { spec }]) => spec.selector,
    );
    const budgets = ofKind(manifests, ['PodDisruptionBudget'], t.type({ spec: t.type({ selector: MatchLabels }) }));
    const chosen = [...services, ...budgets.map(([, { spec }]) => spec.selector.matchLabels)];
    expect(chosen.length).to.be.greaterThan(6);
    expect(chosen.filter((wanted) => !isThere(wanted))).to.deep.equal([]);
  });

  it('scale what there is, and relays to no more than there are lanes', () => {
    const Scaler = t.type({
      spec: t.type({ scaleTargetRef: t.type({ name: t.string }), minReplicas: t.number, maxReplicas: t.number }),
    });
    const scalers = new Map(
      ofKind(manifests, ['HorizontalPodAutoscaler'], Scaler).map(([, { spec }]) => [spec.scaleTargetRef.name, spec]),
    );
    const names = workloads.map(([name]) => name);
    expect([...scalers.keys()]).to.have.members(['orderly-api', 'orderly-relay']);
    expect(names).to.include.members([...scalers.keys()]);
    const lanes = Number(configMaps.get('orderly-service')?.data['ORDER_PARTITIONS']);
    expect(scalers.get('orderly-relay')?.maxReplicas).to.be.at.most(lanes);
    expect([...scalers.values()].every(({ minReplicas }) => minReplicas >= 2)).to.equal(true);
  });
});
