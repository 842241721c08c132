// Seeds that once showed a bug, each under the name of the bug. They are played in every test run, so that what was mended
// stays mended; docs/TRUST.md tells the stories.

export interface FoundSeed {
  readonly seed: number;
  /** Length of the load as it was asked for; null: drawn. */
  readonly hours: number | null;
  readonly bug: string;
}

export const FOUND_SEEDS: readonly FoundSeed[] = [
  {
    seed: 739,
    hours: null,
    bug: 'the checkers took a flow that Timer F may have ended for one that the drain cut off',
  },
  {
    seed: 6196,
    hours: null,
    bug: 'the checkers looked for the bindings of a user whose name only a damaged request has',
  },
  { seed: 2958, hours: null, bug: 'the checkers took starts for made in a turn that began with a full outbox' },
  {
    seed: 30073,
    hours: null,
    bug: 'whoever commands was told of an end only after the command that followed it in the same turn',
  },
  {
    seed: 325,
    hours: null,
    bug: 'the checkers overlooked that Timer F may have ended a request of one blocked socket behind one of a free socket',
  },
  { seed: 144, hours: null, bug: 'the checkers wanted a nonce counted on that was given again after another one' },
  {
    seed: 1033313225,
    hours: null,
    bug: 'the checkers looked for a rule in the refusal of a full queue, whose request had met one before',
  },
  {
    seed: 2000035,
    hours: null,
    bug: 'the checkers gave the last retries of the budget to the phones in the order of their users, where a socket had failed',
  },
  {
    seed: 2000191,
    hours: null,
    bug: 'the checkers overlooked the next nonce in the 200 to a request that deletes a Contact which leads nowhere',
  },
  {
    seed: 5000032,
    hours: null,
    bug: 'the checkers missed a Contact in an answer whose damage had left its `line` whole',
  },
  {
    seed: 2000316,
    hours: null,
    bug: 'the checkers did not know that an operator ends the verification too',
  },
  {
    seed: 244,
    hours: null,
    bug: 'the checkers took the 400 to a damaged copy, which they cannot read, for the answer to its original',
  },
  {
    seed: 12000055,
    hours: null,
    bug: 'the checkers did not know that a nonce which is used no more makes room for one of another realm',
  },
  {
    seed: 550999941,
    hours: null,
    bug: 'the registrar answered at once what a rule had it hold back, where transactions had given way to newer ones',
  },
  { seed: 800000064, hours: null, bug: 'the keepalive after a stall came before its interval' },
  {
    seed: 800000118,
    hours: null,
    bug: 'the checkers did not know that a step may be tried again where a damaged answer leaves open whether it has succeeded',
  },
  {
    seed: 900000443,
    hours: null,
    bug: 'the checkers overlooked the row of a request that the end cut off in the turn that composed it',
  },
  {
    seed: 920000272,
    hours: 0.03,
    bug: 'a binding of another instance under the same URI was taken for ours, by the engine and by the checkers',
  },
  {
    seed: 930000243,
    hours: 0.03,
    bug: 'the checkers took an answer with another CSeq for one to a keepalive',
  },
  {
    seed: 930000263,
    hours: 0.03,
    bug: 'the checkers wanted a keepalive counted whose answer came after the next one, both having left a socket that was shut',
  },
  {
    seed: 930000249,
    hours: 0.03,
    bug: 'the checkers looked for a rule in the answer to a retransmission, whose damaged copy had been judged anew',
  },
  {
    seed: 980000014,
    hours: null,
    bug: 'the checkers overlooked that what is left, where several Contacts were to go, is the longest of them',
  },
  { seed: 51, hours: null, bug: 'the checkers did not know that a -sess session goes on with the next nonce' },
];
