// Commanded contexts that are devices of libeXosip2 (`profile: exosip2`): when they would act by themselves is told to whoever commands.

import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/index.ts';
import { exosipRefreshUs, exosipRetryUs, forgetContext, reportError } from '../../../src/engine/index.ts';
import type { Act } from './commanded.ts';
import { alice, bob, command, commandOf, driveCommands } from './commanded.ts';
import { SILENT } from './driver.ts';
import { accept, answer, answering } from './messages.ts';
import type { PlanParts } from './plans.ts';
import { refresh, register, SECOND } from './plans.ts';

const DEVICE: PlanParts = { profile: 'exosip2' };
/** Of acts and answers. */
const REQUEST_US = 1_000;

const act = (atSeconds: number, step = register(600), automatic = false): Act => {
  const atUs = atSeconds * SECOND;
  return [atUs, command(atUs, 0, { ...commandOf(step, alice, 1, DEVICE), isAutomatic: automatic })];
};

const look = (atSeconds: number, times: number[], of: typeof exosipRefreshUs): Act => [
  atSeconds * SECOND,
  ({ exosip }: Engine) => times.push(of(exosip!, 0) / SECOND),
];

describe('a commanded device of libeXosip2', () => {
  it('10.2.4 refreshes at its moment, counted from the request, whatever time the registrar takes', () => {
    const times: number[] = [];
    const peer = answering((request) => accept(request), 2 * SECOND);
    driveCommands([act(1, register(60)), look(5, times, exosipRefreshUs)], { peer }, DEVICE);
    expect(times).toEqual([1 + 55]);
  });

  it('tries again 121 s after a refusal, and where its refresh would come sooner, then', () => {
    const times: number[] = [];
    const peer = answering((request) => answer(request, '500 No'));
    const acts = [act(1, register(60)), look(2, times, exosipRetryUs), act(3), look(4, times, exosipRetryUs)];
    driveCommands(acts, { peer }, DEVICE);
    expect(times).toEqual([1 + 55, 3 + 121]);
  });

  it('goes by the period of before where it refreshes by itself, and by what it is asked for where it is told to', () => {
    const times: number[] = [];
    let isDown = false;
    const peer = answering((request) =>
      isDown ? answer(request, '500 No') : accept(request).replace(/expires=\d+/, 'expires=60'),
    );
    const fall = (): void => {
      isDown = true;
    };
    const fail: Act = [2 * SECOND, fall];
    const acts = [act(1), fail, act(3, refresh(600), true), look(4, times, exosipRetryUs), act(5, refresh(600))];
    driveCommands([...acts, look(6, times, exosipRetryUs)], { peer }, DEVICE);
    expect(times).toEqual([3 + 55, 5 + 121]);
  });

  it('backs off from transport failures, 5 s doubled, and a phone that takes its place begins anew', () => {
    const times: number[] = [];
    const fails = (atSeconds: number): Act => [
      atSeconds * SECOND + REQUEST_US,
      (engine) => reportError(engine, atSeconds * SECOND + REQUEST_US, 0),
    ];
    const seen = (atSeconds: number): Act => look(atSeconds + 0.5, times, exosipRetryUs);
    const next: Act = [5 * SECOND, command(5 * SECOND, 0, commandOf(register(600), bob, 2, DEVICE))];
    driveCommands(
      [
        ...[act(1), fails(1), seen(1), act(3), fails(3), seen(3)],
        [4 * SECOND, (engine) => forgetContext(engine, 4 * SECOND, 0)],
        ...[next, fails(5), seen(5)],
      ],
      { peer: SILENT },
      DEVICE,
    );
    expect(times.map((seconds) => Math.round(seconds * 1000) / 1000)).toEqual([6.001, 13.001, 10.001]);
  });

  it('under profile rfc3261 there are no such times', () => {
    const run = driveCommands([]);
    expect(run.engine.exosip).toBeNull();
  });
});
