import * as t from 'io-ts';
import { ofKind } from './manifests.ts';
import type { NamedManifest } from './manifests.ts';

export const Labels = t.record(t.string, t.string);
export const MatchLabels = t.type({ matchLabels: Labels });
const SecretKey = t.type({ name: t.string, key: t.string });
const Variable = t.intersection([
  t.type({ name: t.string }),
  t.partial({
    value: t.string,
    valueFrom: t.partial({ secretKeyRef: SecretKey, fieldRef: t.type({ fieldPath: t.string }) }),
  }),
]);
const Container = t.intersection([
  t.type({
    image: t.string,
    args: t.array(t.string),
    env: t.array(Variable),
    resources: t.type({ requests: Labels, limits: t.type({ memory: t.string }) }),
    securityContext: t.UnknownRecord,
  }),
  t.partial({
    envFrom: t.array(t.type({ configMapRef: t.type({ name: t.string }) })),
    ports: t.array(t.type({ name: t.string, containerPort: t.number })),
    volumeMounts: t.array(t.type({ name: t.string, mountPath: t.string, readOnly: t.boolean })),
    lifecycle: t.type({ preStop: t.type({ sleep: t.type({ seconds: t.number }) }) }),
  }),
]);
export type Container = t.TypeOf<typeof Container>;
const Workload = t.type({
  spec: t.intersection([
    t.type({
      template: t.type({
        metadata: t.type({ labels: Labels }),
        spec: t.intersection([
          t.type({
            securityContext: t.UnknownRecord,
            automountServiceAccountToken: t.boolean,
            containers: t.tuple([Container]),
          }),
          t.partial({
            terminationGracePeriodSeconds: t.number,
            volumes: t.array(t.type({ name: t.string, secret: t.type({ secretName: t.string }) })),
          }),
        ]),
      }),
    }),
    t.partial({ selector: MatchLabels, replicas: t.number }),
  ]),
});
const ConfigMap = t.type({ data: Labels });

/** What runs a role: its name, its spec, its only container. */
export type RoleWorkload = readonly [name: string, spec: t.TypeOf<typeof Workload>['spec'], container: Container];

export const workloadsOf = (manifests: readonly NamedManifest[]): readonly RoleWorkload[] =>
  ofKind(manifests, ['Deployment', 'Job'], Workload).map(
    ([name, { spec }]) => [name, spec, spec.template.spec.containers[0]] as const,
  );

export type ConfigMaps = ReadonlyMap<string, t.TypeOf<typeof ConfigMap>>;
export const configMapsOf = (manifests: readonly NamedManifest[]): ConfigMaps =>
  new Map(ofKind(manifests, ['ConfigMap'], ConfigMap));

/** What secrets hold, and what the cluster tells a pod. */
const GIVEN: ReadonlyMap<string, string> = new Map([
  ['MYSQL_URL', 'mysql://role:secret@mysql:3306/orders'],
  ['CONSOLE_SESSION_KEY', 'sixteen-characters-or-more'],
  ['CONSUMER_MYSQL_URL', 'mysql://role:secret@mysql:3306/payment'],
  ['ACCESS_TOKENS', 'anna:operator:a-token-of-the-tests'],
  ['REPROCESS_TOKEN', 'a-token-of-the-tests'],
  ['REPROCESS_TOKENS', 'payment=a-token-of-the-tests,shipping=a-token-of-the-tests'],
  ['RELAY_DOORBELL_HOST', '10.1.2.3'],
  ['KAFKA_SASL_USERNAME', 'role'],
  ['KAFKA_SASL_PASSWORD', 'secret'],
]);

/** The environment that a container has in the cluster. */
export const envOf = ({ env, envFrom = [] }: Container, configMaps: ConfigMaps): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...envFrom.flatMap(({ configMapRef }) => Object.entries(configMaps.get(configMapRef.name)?.data ?? {})),
    ...env.map(({ name, value }): [string, string] => [name, value ?? GIVEN.get(name) ?? '']),
  ]);

/** The secrets that a workload is told, by name. */
export const secretsOf = ([, { template }, { env }]: RoleWorkload): readonly string[] => [
  ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
  ...(template.spec.volumes ?? []).map(({ secret }) => secret.secretName),
];
