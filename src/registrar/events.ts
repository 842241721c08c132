// What an operator's wishes came to, in lines for the closing report: each rule with how often it was applied, the queue for
// service, and the restarts. A registrar that was told nothing has none. Cold: strings.

import type { Registrar } from './state.ts';

export const registrarEvents = (registrar: Registrar): readonly string[] => {
  const { counters, outages, rules, service } = registrar;
  const lines = (rules?.list ?? []).map(
    ({ name, applied }, index) => `rule ${index + 1} (${name}): applied ${times(applied)}`,
  );
  if (service !== null) {
    const lost = counters.droppedQueueFull;
    lines.push(
      `service: at most ${service.countMost} requests waited, ${lost} dropped, ${counters.overloaded} answered 503`,
    );
  }
  if (outages !== null) {
    const { bindingsLost, droppedAway, lostInRestarts, restarts } = counters;
    const missed = droppedAway + lostInRestarts;
    lines.push(`restarts: ${restarts}, ${bindingsLost} bindings lost, ${missed} requests not heard`);
  }
  return lines;
};

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
