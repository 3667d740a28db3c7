import kafkajs from 'kafkajs';
import type { AclEntry } from 'kafkajs';
import type { House } from '../../run/house.ts';
import type { Fault } from '../fault.ts';
import { isCircuitOpened } from './circuit.ts';
import { noAttemptSpent } from './expectations.ts';
import { once } from './once.ts';
import { waitUntil } from './wait-until.ts';

// kafkajs is CommonJS: these names cannot be imported by an ES module.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** The roles come from here, through their proxy; checker and simulator from 127.0.0.1. */
const ROLES_FROM = '127.0.0.2';
const PRINCIPAL = 'User:ANONYMOUS';
const BACK_MS = 30_000;

const onTopic = (topic: string): Pick<AclEntry, 'resourceType' | 'resourceName' | 'resourcePatternType'> => ({
  resourceType: AclResourceTypes.TOPIC,
  resourceName: topic,
  resourcePatternType: ResourcePatternTypes.LITERAL,
});

/** Once a topic has any rule, what no rule allows is forbidden: so all are allowed, and then the roles forbidden to write. */
const rulesFor = (topic: string): { readonly allowAll: AclEntry; readonly forbidWrites: AclEntry } => ({
  allowAll: {
    ...onTopic(topic),
    principal: PRINCIPAL,
    host: '*',
    operation: AclOperationTypes.ALL,
    permissionType: AclPermissionTypes.ALLOW,
  },
  forbidWrites: {
    ...onTopic(topic),
    principal: PRINCIPAL,
    host: ROLES_FROM,
    operation: AclOperationTypes.WRITE,
    permissionType: AclPermissionTypes.DENY,
  },
});

const canAsk = (house: House): Promise<boolean> =>
  house.admin((admin) => admin.fetchTopicOffsets(house.topic)).then((offsets) => offsets.length > 0);

export const aclRevoked: Fault = {
  name: 'acl-revoked',
  describe: 'the right to write to the topic is taken from the relay (ACL of the broker) for 6 s',
  tell: () => 'the relay may not write to the topic any more',
  needs: ['kafka'],
  plan: once('acl-revoked', 'topic', 6_000),
  row: {
    number: 28,
    expected: 'circuit open, retries unspent, drained after the right is given back',
    mixes: false,
    house: {
      proxies: ['kafka'],
      proxiesFrom: ROLES_FROM,
      kafkaSettings: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'allow.everyone.if.no.acl.found': 'true',
      },
    },
    judge: (aftermath) => [noAttemptSpent(aftermath)],
  },
  inject: async ({ house, saw }) => {
    const { allowAll, forbidWrites } = rulesFor(house.topic);
    await house.admin((admin) => admin.createAcls({ acl: [allowAll] }));
    await house.admin((admin) => admin.createAcls({ acl: [forbidWrites] }));
    saw({
      what: 'the relay opened its circuit and shows it in its metrics',
      holds: await isCircuitOpened(house, 10_000),
    });
    return async () => {
      for (const rule of [forbidWrites, allowAll])
        await house.admin((admin) => admin.deleteAcls({ filters: [{ ...rule }] }));
      await waitUntil('the answer of the broker', BACK_MS, () => canAsk(house));
    };
  },
};
