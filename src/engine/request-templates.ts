// The texts of all requests that the contexts of one socket make under load, by their numbers: the steps of the flow, then the
// cleanup's, then the verification's, then the deletions of Contacts that lead nowhere.

import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import type { BranchReader, RegisterTemplate } from '../sip/index.ts';
import { createRegisterTemplate } from '../sip/index.ts';
import { deletionsOf } from './deletions.ts';
import type { OwnContacts } from './own-contacts.ts';
import { boundContacts, commonContacts, createOwnContacts } from './own-contacts.ts';
import type { Program } from './program.ts';
import { compileProgram } from './program.ts';
import { loadFacts, registerPieces } from './request-text.ts';
import { compileVerify, VERIFY_STEP } from './verify-table.ts';

/** What of an engine's options the texts depend on. */
export interface TemplateOptions {
  readonly plan: RunPlan;
  readonly runId: string;
  readonly seed: number;
  readonly userAgent: string;
}

/** The program of the cleanup; null when none is asked for. */
export function compileCleanup(plan: RunPlan, flow: Program): Program | null {
  if (plan.cleanup === 'none') return null;
  const contacts = plan.cleanup === 'unregister' ? boundContacts(flow.attempts) : undefined;
  const step: AttemptStep = {
    kind: 'attempt',
    procedure: plan.cleanup,
    expiresSeconds: 0,
    headers: [],
    ...(contacts === undefined ? {} : { contacts }),
  };
  return compileProgram([step], flow.attempts.length);
}

/** The number of the first text of the verification. */
export const verifyTemplate = (flow: Program, cleanup: Program | null): number =>
  flow.attempts.length + (cleanup?.attempts.length ?? 0);

/** The REGISTER of each step. */
export function requestTemplates(
  options: TemplateOptions,
  branch: BranchReader,
  sentBy: string,
  contactHost: string,
): readonly RegisterTemplate[] {
  const { plan } = options;
  const steps = stepsOf(plan);
  const facts = { ...loadFacts(options, sentBy), contactHost };
  return steps.map((step) => createRegisterTemplate(registerPieces(plan, step, facts), branch));
}

/** In the order of their template numbers. */
export function stepsOf(plan: RunPlan): readonly AttemptStep[] {
  const flow = compileProgram(plan.flow, 0);
  const cleanup = compileCleanup(plan, flow);
  const verify = compileVerify(plan, verifyTemplate(flow, cleanup));
  const deletions = plan.nat === 'exosip' ? deletionsOf(flow.attempts) : [];
  return [...flow.attempts, ...(cleanup?.attempts ?? []), ...(verify?.attempts ?? []), ...deletions];
}

/** By which Contacts each step's bindings are known in an answer. */
export function ownContactsOf({ plan, runId, seed }: TemplateOptions, contactHost: string): readonly OwnContacts[] {
  const facts = { runId, seed, sentBy: contactHost };
  const steps = stepsOf(plan);
  return steps.map((step) =>
    step === VERIFY_STEP ? commonContacts(plan, steps, facts) : createOwnContacts(plan, step, facts),
  );
}
