import { hash } from 'node:crypto';

/** What is done once: one route's handling of one record, for one consumer. */
export interface Work {
  readonly consumer: string;
  /** Null for a record that could not be read, and so belongs to no route. */
  readonly route: string | null;
  /** Names table and stream: event ids may repeat from table to table. */
  readonly eventSourceArn: string;
  readonly eventId: string;
}

/** Keeps Spillway's entries apart from what else a ledger's table may hold. */
export const ledgerKeyPrefix = 'spillway#';

/** The work's key in the ledger: readable, and different for different work. Holds no attribute values. */
export const workKey = ({ consumer, route, eventSourceArn, eventId }: Work): string =>
  ledgerKey([consumer, route ?? '', eventSourceArn, eventId]);

/** What is claimed: the work, or beside it the replay of its letter, with a fifth part where the work's own key has four. */
export const claimKey = (work: Work & { readonly claimedAs?: 'replay' }): string =>
  work.claimedAs === undefined ? workKey(work) : `${workKey(work)}#${work.claimedAs}`;

/** A key of the ledger, different for different parts and for different numbers of them. */
export const ledgerKey = (parts: readonly string[]): string =>
  ledgerKeyPrefix + parts.map(encodeHash).join('#');

const encodeHash = (part: string): string => part.replaceAll('%', '%25').replaceAll('#', '%23');

/** The work's id in letters and for payment providers: 64 hex digits, stable for ever. */
export const workId = (work: Work): string => hash('sha256', workKey(work));
