import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describeCause } from '../describe-cause.ts';
import type { Examination, Health, Observation } from '../ports/examination.ts';
import type { Finding, StartCheck } from '../ports/start-check.ts';

export interface Diagnosis {
  readonly check: string;
  /** The worst of its findings. */
  readonly state: Health;
  readonly findings: readonly Observation[];
}

const BY_SEVERITY: readonly Health[] = ['fail', 'warn', 'ok'];

export const worstOf = (states: readonly Health[]): Health =>
  BY_SEVERITY.find((state) => states.includes(state)) ?? 'ok';

const unreachable = (reason: string): Observation => ({
  state: 'fail',
  says: `it cannot be asked: ${reason}`,
  mend: 'check the address in the settings, and that the server runs and can be reached from here',
});

const observed = async ({ run }: Examination): Promise<readonly Observation[]> => {
  try {
    const answer = await run();
    return E.isRight(answer) ? answer.right : [unreachable(answer.left.reason)];
  } catch (defect) {
    const mend = 'tell whoever develops this service';
    return [{ state: 'fail', says: `the examination itself failed: ${describeCause(defect)}`, mend }];
  }
};

/** Makes every examination, one beside the other. Never rejects: what cannot be asked is a finding. */
export const diagnose = (examinations: readonly Examination[]): Promise<readonly Diagnosis[]> =>
  Promise.all(
    examinations.map(async (examination) => {
      const findings = await observed(examination);
      return { check: examination.name, state: worstOf(findings.map(({ state }) => state)), findings };
    }),
  );

const observationOf = ({ problem, mend, isWarning }: Finding): Observation => ({
  state: isWarning === true ? 'warn' : 'fail',
  says: problem,
  ...(mend === undefined ? {} : { mend }),
});

/** A check that the service makes at its start, as an examination; `allWell` is said when it finds nothing. */
export const examinationOf = ({ name, run }: StartCheck, allWell: string): Examination => ({
  name,
  run: pipe(
    run,
    TE.map((findings): readonly Observation[] =>
      findings.length === 0 ? [{ state: 'ok', says: allWell }] : findings.map(observationOf),
    ),
  ),
});
