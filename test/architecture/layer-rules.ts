import type { IRegularForbiddenRuleType } from 'dependency-cruiser';

/*
 * The boundaries of the house, one rule each. Every rule has a folder of its name under `fixtures/` that breaks
 * it, and the test fails when a rule lets its own fixture pass.
 */

const NPM = 'node_modules/';
const npm = (...names: string[]): string => `(^|node_modules/)(${names.join('|')})(/|$)`;

const DOMAIN = '^src/domain/';
const APPLICATION = '^src/application/';
const INFRASTRUCTURE = '^src/infrastructure/';
const INTERFACES = '^src/interfaces/';
const CONTRACT = '^src/interfaces/contract/';
/** The root of the service: one file for each thing it puts together. */
const COMPOSITION = '^src/composition/';
const DETERMINISTIC = '^simulator/deterministic/';
const CONSUMER_KIT = '^src/consumer-kit(-testing)?\\.ts$';

export interface LayerRule extends IRegularForbiddenRuleType {
  readonly name: string;
  /** What to do when it is broken. */
  readonly comment: string;
}

export const layerRules: readonly LayerRule[] = [
  {
    name: 'domain-is-pure',
    comment:
      'The domain imports fp-ts, io-ts and itself: no I/O, no clock, no other layer. Pass what it needs inside the command.',
    severity: 'error',
    from: { path: DOMAIN },
    to: { pathNot: [DOMAIN, npm('fp-ts', 'io-ts')] },
  },
  {
    name: 'application-knows-only-ports',
    comment: 'Use cases import the domain, the application, fp-ts and io-ts. Declare a port and inject an adapter.',
    severity: 'error',
    from: { path: APPLICATION },
    to: { pathNot: [DOMAIN, APPLICATION, npm('fp-ts', 'io-ts')] },
  },
  {
    name: 'infrastructure-knows-no-interface',
    comment: 'Adapters import application and domain. Only infrastructure/kafka may import interfaces/contract.',
    severity: 'error',
    from: { path: INFRASTRUCTURE, pathNot: '^src/infrastructure/kafka/' },
    to: { path: ['^src/'], pathNot: [DOMAIN, APPLICATION, INFRASTRUCTURE] },
  },
  {
    name: 'kafka-knows-only-the-contract',
    comment: 'Of all interfaces the Kafka adapters see only interfaces/contract.',
    severity: 'error',
    from: { path: '^src/infrastructure/kafka/' },
    to: { path: ['^src/'], pathNot: [DOMAIN, APPLICATION, INFRASTRUCTURE, CONTRACT] },
  },
  {
    name: 'interfaces-know-no-infrastructure',
    comment: 'HTTP and CLI import application and domain. Inject what they need in src/composition.',
    severity: 'error',
    from: { path: INTERFACES },
    to: { path: ['^src/'], pathNot: [DOMAIN, APPLICATION, INTERFACES] },
  },
  {
    name: 'contract-stands-alone',
    comment: 'The public contract is what consumers import: it may lean on the domain events, on nothing else of ours.',
    severity: 'error',
    from: { path: CONTRACT },
    to: { path: ['^src/'], pathNot: [DOMAIN, CONTRACT] },
  },
  {
    name: 'only-roots-know-all-layers',
    comment:
      'Entries call src/composition (or consumer-kit.ts); nothing else at the top of src reaches into the layers.',
    severity: 'error',
    from: { path: '^src/[^/]+\\.ts$', pathNot: [COMPOSITION, CONSUMER_KIT] },
    to: { path: ['^src/'], pathNot: [COMPOSITION, CONSUMER_KIT] },
  },
  {
    name: 'layers-know-no-root',
    comment: 'A composition root is the top: no layer imports it.',
    severity: 'error',
    from: { path: ['^src/(domain|application|infrastructure|interfaces)/'] },
    to: { path: [COMPOSITION, '^src/[^/]+\\.ts$'] },
  },
  {
    name: 'mechanism-knows-no-orders',
    comment: 'Relay, outbox and consumer kit carry keys, numbers and bytes; an order event reaches them only as such.',
    severity: 'error',
    from: {
      path: [
        '^src/application/(relay|consumer|operations)/',
        '^src/application/ports/(outbox|relay|publisher|inbox|consumer)',
        '^src/infrastructure/(platformatic-)?kafka/',
        '^src/infrastructure/mysql/.*(outbox|relay|topic)',
        '^src/infrastructure/mysql-consumer/',
        '^src/interfaces/consumer/consumer-definition',
      ],
      // Explain shows the order beside its events.
      pathNot: ['^src/application/operations/explain'],
    },
    to: { path: ['^src/domain/order/', `${CONTRACT}order-events`] },
  },
  {
    name: 'simulator-is-an-outside-team',
    comment: 'Participants and simulator use the public contract and the consumer kit, as any other team would.',
    severity: 'error',
    from: { path: '^simulator/', pathNot: ['^simulator/sabotage/', '^simulator/checker/', DETERMINISTIC] },
    to: { path: ['^src/'], pathNot: [CONTRACT, CONSUMER_KIT] },
  },
  {
    name: 'deterministic-runs-the-mechanism-in-memory',
    comment:
      'The deterministic simulation drives the real relay and consumer kit over in-memory adapters: no server, no HTTP, no orders.',
    severity: 'error',
    from: { path: DETERMINISTIC },
    to: {
      path: ['^src/', npm('mysql2', 'kafkajs', 'fastify')],
      pathNot: ['^src/application/(relay|consumer|operations|ports)/', '^src/infrastructure/in-memory/'],
    },
  },
  {
    name: 'sabotage-replaces-adapters-only',
    comment: 'A planted bug is a replaced adapter: it sees the ports, their tokens and how the service is run.',
    severity: 'error',
    from: { path: '^simulator/sabotage/' },
    to: {
      path: ['^src/'],
      pathNot: [CONTRACT, CONSUMER_KIT, `${COMPOSITION}(run-service|tokens)\\.ts$`, '^src/application/ports/'],
    },
  },
  {
    name: 'checker-has-its-own-eyes',
    comment: 'A checker that shares code with what it checks shares its mistakes.',
    severity: 'error',
    from: { path: '^simulator/checker/' },
    to: { path: ['^src/', '^simulator/', '^tools/'], pathNot: ['^simulator/checker/'] },
  },
  {
    name: 'tools-start-processes-only',
    comment:
      'The environment starts the service as processes; it imports none of its code. Only what documents or writes code may read it.',
    severity: 'error',
    from: {
      path: '^tools/',
      // The developer's command line writes sources that go with the catalog of events.
      pathNot: ['^tools/diagrams/', '^tools/contracts', '^tools/order\\.ts$', '^tools/events/'],
    },
    to: { path: ['^src/', '^simulator/'] },
  },
  {
    name: 'contract-documents-read-the-contract',
    comment:
      'What is told of the contract comes from the contract and from what HTTP serves; from nothing behind them. The command line names what is found.',
    severity: 'error',
    from: { path: '^tools/contracts' },
    to: {
      path: ['^src/', '^simulator/'],
      pathNot: [CONTRACT, `${COMPOSITION}describe-http\\.ts$`, '^src/interfaces/cli/contract-check\\.ts$'],
    },
  },
  {
    name: 'nothing-leans-on-the-bench',
    comment: 'The bench measures what the others are; what they need as well belongs to them.',
    severity: 'error',
    from: { path: '^(src|simulator|tools)/' },
    to: { path: '^bench/' },
  },
  {
    name: 'mysql-stays-in-its-adapters',
    comment: 'mysql2 belongs to infrastructure/mysql*.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/infrastructure/mysql' },
    to: { path: npm('mysql2') },
  },
  {
    name: 'kafkajs-stays-in-its-adapters',
    comment: 'kafkajs belongs to infrastructure/kafka, behind ports, so that it can be replaced.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/infrastructure/kafka/' },
    to: { path: npm('kafkajs') },
  },
  {
    name: 'platformatic-kafka-stays-in-its-adapter',
    comment:
      '@platformatic/kafka is optional: only infrastructure/platformatic-kafka knows it, and loads it when asked to.',
    severity: 'error',
    from: { path: '^(src|simulator|bench|tools)/', pathNot: '^src/infrastructure/platformatic-kafka/' },
    to: { path: npm('@platformatic/kafka') },
  },
  {
    name: 'optional-packages-are-loaded-when-chosen',
    comment:
      'Whoever imports a package that may be missing cannot start without it. Import its types, and load it by import().',
    severity: 'error',
    from: { path: '^(src|simulator|bench|tools)/' },
    to: { dependencyTypes: ['npm-optional'], dependencyTypesNot: ['type-only', 'dynamic-import'] },
  },
  {
    name: 'fastify-stays-in-http',
    comment: 'fastify belongs to interfaces/http, and to the console that is served with it.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/interfaces/(http|console)/' },
    to: { path: npm('fastify', '@fastify') },
  },
  {
    name: 'inversify-stays-in-the-roots',
    comment: 'Only the composition roots know the container; everything else takes its parts by constructor.',
    severity: 'error',
    from: { path: '^(src|simulator)/', pathNot: [COMPOSITION, CONSUMER_KIT, '^simulator/sabotage/'] },
    to: { path: npm('inversify', 'reflect-metadata') },
  },
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or miss a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'declared-packages-only',
    comment: 'Import only packages that package.json declares.',
    severity: 'error',
    from: { path: '^(src|simulator)/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'], path: NPM },
  },
];
