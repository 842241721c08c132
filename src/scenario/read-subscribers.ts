// `identities.csv`: the users of a run from a file of the operator's subscribers. What its columns say stands for what the keys of
// `identities` would say of all users at once, so from here on a user, an authUser or a secret is a template with a column in it
// ({kind: 'column'}), and nobody downstream makes a difference.
//
// Reading the file is an effect, so the caller of the loader hands in a function for it.

import type { Problem } from '../std/index.ts';
import { UserError } from '../std/index.ts';
import type { Has, UnsureScenario } from './check-scenario.ts';
import type { Tell } from './parsed.ts';
import type { PlanSubscribers, TextTemplate } from './plan.ts';
import { readRows, type SubscriberRows } from './subscriber-rows.ts';
import { hashRows, isSameInAll, textOfCell } from './subscriber-values.ts';
import { askedColumns } from './template-columns.ts';

/** A file as its bytes, and by what name messages tell of it. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface TableSource {
  /** Gives the bytes of a table that the scenario names; may throw a UserError, which is told with its place. */
  readonly readTable?: (path: string) => NamedBytes;
}

export interface SubscriberFacts {
  readonly source: TableSource;
  readonly has: Has;
  readonly tell: Tell;
  readonly problems: Problem[];
}

export interface ReadSubscribers {
  /** The scenario as if its keys said what the file does. */
  readonly written: UnsureScenario;
  /** Null: the scenario has none, or it could not be read, and that was told. */
  readonly subscribers: PlanSubscribers | null;
}

/** What `identities` needs where no file says it, with what its message gives as an example. */
const NEEDED = [
  ['count', '1000'],
  ['user', '"u{index:8}"'],
  ['domain', 'test.example'],
] as const;

export const readSubscribers = (written: UnsureScenario, facts: SubscriberFacts): ReadSubscribers => {
  const { has, tell } = facts;
  if (!has('identities.csv')) {
    for (const [key, example] of written.identities === undefined ? [] : NEEDED) {
      if (!has(`identities.${key}`))
        tell('identities', `"${key}" is missing in identities; for example ${key}: ${example}`);
    }
    return { written, subscribers: null };
  }
  if (has('identities.user'))
    tell('identities.user', 'user and csv exclude each other: the file says who the users are');
  const rows = rowsOf(written, facts);
  if (rows === null) return { written, subscribers: null };
  return withRows(written, rows, facts);
};

interface NamedRows extends SubscriberRows {
  readonly file: string;
}

const rowsOf = (written: UnsureScenario, { source, tell, problems }: SubscriberFacts): NamedRows | null => {
  const path = written.identities?.csv;
  if (path === undefined) return null;
  if (source.readTable === undefined) {
    tell('identities.csv', 'a table cannot be read here; give user, domain and count instead');
    return null;
  }
  try {
    const { name, bytes } = source.readTable(path);
    const rows = readRows(name, bytes, askedColumns(written), problems);
    return rows === null ? null : { ...rows, file: name };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) tell('identities.csv', problem.message);
    return null;
  }
};

const column = (name: string): TextTemplate => [{ kind: 'column', name }];

const withRows = (written: UnsureScenario, rows: NamedRows, facts: SubscriberFacts): ReadSubscribers => {
  const { has, tell } = facts;
  const { file, columns, unused, values } = rows;
  const named = (name: string): boolean => columns.some((one) => one.name === name);
  const first = written.identities?.first ?? 0;
  const left = values.rows - first;
  if (left <= 0) tell('identities.first', `${file} has ${values.rows} rows, numbered from 0: there is no row ${first}`);
  const count = has('identities.count') ? written.identities?.count : left;
  if (left > 0 && count !== undefined && count > left) {
    const from = first === 0 ? '' : ` from row ${first} on`;
    tell(
      'identities.count',
      `${file} has ${left} rows${from}, and ${count} contexts need one each; leave count out for all`,
    );
  }
  if (named('domain') && has('identities.domain')) {
    tell('identities.domain', `domain and the column domain of ${file} exclude each other; keep one`);
  }
  if (!named('domain') && !has('identities.domain')) {
    tell('identities', `${file} has no column domain; add one, or domain to identities`);
  }
  if (left <= 0 || count === undefined || count > left) return { written, subscribers: null };
  const range = { first, count };
  const hasDomains = named('domain') && !isSameInAll(rows, 'domain', range);
  const hasRealms = named('realm') && !isSameInAll(rows, 'realm', range);
  const domain = named('domain') ? textOfCell(rows, 'domain', first) : written.identities?.domain;
  const subscribers: PlanSubscribers = {
    file,
    columns,
    unused,
    values,
    hasDomains,
    hasRealms,
    realm: named('realm') && !hasRealms ? textOfCell(rows, 'realm', first) : null,
    ownRegistrars: hasDomains && !has('registrar'),
    contentHash: hashRows(rows, range),
  };
  checkDomains(written, subscribers, facts);
  return {
    written: { ...written, identities: { ...written.identities, count, user: column('user'), domain } },
    subscribers,
  };
};

const checkDomains = (
  written: UnsureScenario,
  { file, hasDomains, ownRegistrars }: PlanSubscribers,
  { has, tell }: SubscriberFacts,
): void => {
  if (!hasDomains) return;
  // Whether a redirect leads back to where a request was is asked of one Request-URI for all (engine/redirect-contact.ts).
  if (ownRegistrars && has('redirects')) {
    tell(
      'redirects',
      `the users of ${file} register at domains of their own, from which no redirect is followed; add registrar`,
    );
  }
  const { target } = written;
  const hop = target !== undefined && 'kind' in target ? target : target?.uri;
  const isEmbedded =
    hop?.kind === 'embedded' || (target !== undefined && !('kind' in target) && target.embedded !== undefined);
  if (isEmbedded) tell('target', `the embedded registrar serves one domain, and the users of ${file} have several`);
  else if (ownRegistrars && hop === undefined) {
    tell('identities.csv', `the users of ${file} have several domains; say with target where all of them are`);
  }
};
