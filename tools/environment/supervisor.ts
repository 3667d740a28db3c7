import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import { type RoleSpec, SupervisedRole } from './supervised-role.ts';

/** Longer than the roles' own deadline for a graceful stop, which is 10 s unless they are told otherwise. */
const STOP_DEADLINE_MS = 12_000;

/** Runs roles, each as its own process, and starts again what ends. */
export class Supervisor {
  readonly #run: Run;
  readonly #progress: Progress;
  readonly #changed: () => void;
  readonly #roles = new Map<string, SupervisedRole>();

  /** `changed` is called after each start, each end and each readiness of a role. */
  constructor(run: Run, progress: Progress, changed: () => void = () => undefined) {
    this.#run = run;
    this.#progress = progress;
    this.#changed = changed;
  }

  get roles(): readonly SupervisedRole[] {
    return [...this.#roles.values()];
  }

  /** Throws when there is no such role. */
  role(name: string): SupervisedRole {
    const role = this.#roles.get(name);
    if (role === undefined) throw new Error(`there is no role ${name}, only ${[...this.#roles.keys()].join(', ')}`);
    return role;
  }

  /** Starts a role; await its `whenReady` to know that it serves. */
  add(spec: RoleSpec): SupervisedRole {
    if (this.#roles.has(spec.name)) throw new Error(`a role ${spec.name} runs already`);
    const role = new SupervisedRole(this.#run, spec, this.#progress, this.#changed);
    this.#roles.set(spec.name, role);
    return role;
  }

  async remove(name: string): Promise<void> {
    const role = this.role(name);
    this.#roles.delete(name);
    await role.stop(STOP_DEADLINE_MS);
    this.#changed();
  }

  /** Lets all roles end by themselves, and kills those that do not in time. */
  async stop(deadlineMs = STOP_DEADLINE_MS): Promise<void> {
    await Promise.all(this.roles.map((role) => role.stop(deadlineMs)));
    this.#roles.clear();
  }
}
