// The record of what a registrar does beyond RFC 3261, and of what the request under way says to it; see extensions.ts. Made once.

import { createRowTable, type RowTable } from '../sip/index.ts';
import { encodeAscii } from '../std/index.ts';
import { headerLines } from './actions.ts';
import { createTagCursor, type TagCursor } from './option-tags.ts';
import type { ResolvedOptions } from './options.ts';

export const PATH_TAG: Uint8Array = encodeAscii('path');
export const OUTBOUND_TAG: Uint8Array = encodeAscii('outbound');
export const GRUU_TAG: Uint8Array = encodeAscii('gruu');
export interface Extensions {
  readonly isPath: boolean;
  readonly isPathStrict: boolean;
  readonly isOutbound: boolean;
  readonly isGruu: boolean;
  /** Option tags that may be required. */
  readonly tags: readonly Uint8Array[];
  /** Lines of each 200. */
  readonly serviceRoutes: Uint8Array;
  /** A P-Associated-URI line each: what stands before, between and behind the users in it. */
  readonly associatedUris: readonly (readonly Uint8Array[])[];
  /** Of the request under way. */
  readonly path: RowTable;
  readonly supported: RowTable;
  readonly cursor: TagCursor;
  supportsPath: boolean;
  supportsOutbound: boolean;
  supportsGruu: boolean;
  /** A contact was matched by instance and reg-id (RFC 5626 §6). */
  usesOutbound: boolean;
}

export const createExtensions = (options: ResolvedOptions): Extensions | null => {
  const { associatedUris, gruu, outbound, path, serviceRoutes } = options;
  const isAnything = gruu || outbound || path !== 'off' || serviceRoutes.length > 0 || associatedUris.length > 0;
  if (!isAnything) return null;
  return {
    isPath: path !== 'off',
    isPathStrict: path === 'strict',
    isOutbound: outbound,
    isGruu: gruu,
    tags: tagsFor(options),
    serviceRoutes: headerLines('Service-Route', serviceRoutes),
    associatedUris: associatedUris.map(createAssociated),
    path: createRowTable(),
    supported: createRowTable(),
    cursor: createTagCursor(),
    supportsPath: false,
    supportsOutbound: false,
    supportsGruu: false,
    usesOutbound: false,
  };
};

const tagsFor = ({ gruu, outbound, path }: ResolvedOptions): readonly Uint8Array[] => {
  const tags: Uint8Array[] = [];
  if (path !== 'off') tags.push(PATH_TAG);
  if (outbound) tags.push(OUTBOUND_TAG);
  if (gruu) tags.push(GRUU_TAG);
  return tags;
};

/** Pieces with a user between each two of them. */
const createAssociated = (template: ResolvedOptions['associatedUris'][number]): readonly Uint8Array[] => {
  const pieces = ['P-Associated-URI: '];
  for (const part of template) {
    if (part.kind === 'text') pieces.push(`${pieces.pop()}${part.text}`);
    else pieces.push('');
  }
  pieces.push(`${pieces.pop()}\r\n`);
  return pieces.map((piece) => encodeAscii(piece));
};
