import { findPort } from './ports.ts';
import type { RoleKind } from './roles.ts';

/** Ports that are known before their roles are started: others are told them. */
export type RolePorts = Readonly<Record<'api' | 'payment' | 'shipping', number>>;

/** Free ones; the API's is `api`, if that is given. */
export const findRolePorts = async (api: number | undefined): Promise<RolePorts> => ({
  api: api ?? (await findPort()),
  payment: await findPort(),
  shipping: await findPort(),
});

const isKnownBefore = (kind: RoleKind): kind is keyof RolePorts =>
  kind === 'api' || kind === 'payment' || kind === 'shipping';

/** The port of a role of this name: the one that others know, or any that is free. */
export const portFor = async (name: string, kind: RoleKind, ports: RolePorts): Promise<number> =>
  name === kind && isKnownBefore(kind) ? ports[kind] : findPort();
