// The names of what a rule of the registrar does, as a registrar file has them, for counts of what a world exercised.

import type { PlanAction, PlanRule } from '../scenario/index.ts';

/** One for each action of the rule, and those of its conditions that are more than a share. */
export function countActions(counts: Record<string, number>, { action, match }: PlanRule): void {
  const names = [...actionNames(action), ...conditionNames(match)];
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
}

function actionNames({ answer, copies, delay, drop, falsehood, ...action }: PlanAction): readonly string[] {
  return [
    ...(drop === null ? [] : [drop === 'answer' ? 'dropAnswer' : 'drop']),
    ...(action.trying === null ? [] : [action.trying === 'hang' ? 'hang' : 'trying']),
    ...(delay === null ? [] : [`delay ${delay.kind}`]),
    ...(copies > 1 ? ['duplicate'] : []),
    ...(['wrongBranch', 'wrongCseq', 'garbage'] as const).filter((name) => action[name]),
    ...(falsehood === null ? [] : [falsehood]),
    ...(answer === null ? [] : [`answer ${answer.status}`]),
  ];
}

function conditionNames(match: PlanRule['match']): readonly string[] {
  return [
    ...(match.users === null ? [] : [`by users, ${match.users.kind}`]),
    ...(match.userShare === null ? [] : ['by userShare']),
    ...(match.share === null ? [] : [`by share per ${match.per}`]),
    ...(match.fromUs > 0 || match.toUs !== null ? ['by time'] : []),
    ...(match.procedure === null ? [] : ['by procedure']),
    ...(match.credentials === null ? [] : ['by credentials']),
    ...(match.times === null ? [] : ['by times']),
  ];
}
