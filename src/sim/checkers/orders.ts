// Contexts that start by command, as the library's do (docs/adr/0014): a command begins exactly one attempt, in the turn that it was given
// in, unless the socket is shut; and a phone that is forgotten is another one from then on. How they end is in order-ends.ts.

import type { AttemptStep } from '../../scenario/index.ts';
import { createDevice } from './device-book.ts';
import { owe } from './follow.ts';
import { noteFollowed } from './ledger.ts';
import type { ContextPage, World } from './model.ts';
import { endFromOutside } from './outside.ts';
import { endAttempt } from './transactions.ts';
import { wrong } from './wrong.ts';

export function takeCommand(world: World, page: ContextPage, step: AttemptStep): void {
  const { worker, orders, user } = page;
  const last = orders.at(-1);
  world.ledger.checks++;
  if (last?.attempt != null && last.report === null)
    throw wrong('command', worker, `${user} takes a command, and nothing was told of the one before`);
  if (page.pending !== null) throw wrong('command', worker, `${user} takes a command with a request under way`);
  orders.push({ step, attempt: null, end: null, report: null });
  noteFollowed(world.ledger, 'command');
  page.walk = { loops: [] };
  page.pauses = [];
  page.nextStep = step;
  page.readyUs = worker.turnUs;
  page.otherwise = [];
  page.stage = 'walking';
  owe(page);
}

/** It is another phone from now on: what was under way is over, and nothing of before counts. */
export function takeForget(world: World, page: ContextPage): void {
  const { worker, pending, otherwise, attempt } = page;
  if (attempt !== null || pending !== null) noteFollowed(world.ledger, 'forgotten in an attempt');
  if (pending !== null) endFromOutside(world, pending, 'forgetting its phone', ['aborted']);
  else if (page.stage === 'challenged') endAttempt(world, page, ['aborted', ...otherwise], worker.turnUs);
  noteFollowed(world.ledger, 'phone forgotten');
  page.stage = 'idle';
  page.socket.owing.delete(page);
  page.callId = null;
  page.fromTag = null;
  page.cseq = 0;
  page.contact = `sip:${page.user}@${page.home.sentBy}`;
  page.kept.clear();
  page.spare.clear();
  page.latest = [];
  page.nonceCounts.clear();
  page.restarted.clear();
  page.grantedSeconds = 0;
  page.leastSeconds = [0];
  page.belief = { grantedSeconds: 0, untilUs: null, certainty: 'known' };
  page.isForgotten = true;
  Object.assign(page.device, createDevice());
}
