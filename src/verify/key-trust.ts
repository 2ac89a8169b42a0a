import { matchesPatterns, type AllowedSigner } from '../fixity/allowed-signers.js';
import type { SignedStatement } from '../fixity/key-statement.js';
import type { SshPublicKey } from '../fixity/ssh-public-key.js';
import { KEY_NAMESPACE } from '../model/key-statement.js';
import type { KeyStep } from '../model/verification.js';

/** What is signed: by its number and its day it is decided which keys might sign it. */
export interface SignedThing {
  namespace: string;
  /** Sequence of the release; null for what is no release, such as an amendment: its day decides then. */
  sequence: number | null;
  /** Its date, YYYY-MM-DD. */
  date: string;
}

/** Who vouches for a key, and by which steps. */
export interface Voucher {
  signer: AllowedSigner;
  /** Empty when the reader named the key itself. */
  via: KeyStep[];
}

/** The end of a key. */
export interface KeyEnd {
  by: SignedStatement;
  /** First release that it must not sign. */
  from_sequence: number;
}

/** A verdict on a key: who vouches for it, or why nobody does, as a clause about the key. */
export type KeyVerdict = { voucher: Voucher } | { voucher: null; reason: string };

/**
 * Which keys count, from the signers that a reader named and the statements of their keys. One that a reader named counts for
 * what its line and its own end allow; its successor counts for the releases from the statement on.
 */
export class KeyTrust {
  readonly ends = new Map<string, KeyEnd>();
  /** Revocations that neither the key itself nor enough of the signers have signed. */
  readonly unfounded: SignedStatement[] = [];
  readonly #successors = new Map<string, Voucher>();

  constructor(
    readonly signers: readonly AllowedSigner[],
    readonly statements: readonly SignedStatement[],
    threshold = 1,
  ) {
    for (const statement of statements) {
      if (statement.statement.action === 'succeed') this.#succeed(statement);
      else if (this.#mayRevoke(statement, threshold)) this.#end(statement);
      else this.unfounded.push(statement);
    }
  }

  /** Whether a key that signed something counts. */
  judge(key: SshPublicKey, thing: SignedThing): KeyVerdict {
    if (Number.isNaN(Date.parse(thing.date))) return refuse('cannot be judged: what it signed has no date');
    const end = this.endOf(key, thing);
    if (end !== null) return refuse(describeEnd(end));
    const named = this.signers.filter((signer) => signer.key.fingerprint === key.fingerprint);
    const signer = named.find((each) => allows(each, thing.namespace, thing.date));
    if (signer !== undefined) return { voucher: { signer, via: [] } };
    const derived = this.#successors.get(key.fingerprint);
    if (derived === undefined) return refuse(named.length > 0 ? 'may not sign this, or not on this date' : this.#strangerReason(key));
    const { from_sequence, date } = derived.via.at(-1)!;
    if (thing.sequence === null ? thing.date < date : thing.sequence < from_sequence) return refuse(`signs only from release ${from_sequence} of the dataset on (${date})`);
    if (!allowsNamespace(derived.signer, thing.namespace)) return refuse('follows a key that may not sign this');
    return { voucher: derived };
  }

  /** The end of a key that something signed comes after; null when there is none. A revoked key signs nothing but numbered releases. */
  endOf({ fingerprint }: SshPublicKey, { sequence, date }: SignedThing): KeyEnd | null {
    const end = this.ends.get(fingerprint);
    if (end === undefined) return null;
    const isAfter = sequence === null ? end.by.statement.action === 'revoke' || date > end.by.statement.date : sequence >= end.from_sequence;
    return isAfter ? end : null;
  }

  /** A key whose statement is there, but not good enough, deserves to be told why. */
  #strangerReason(key: SshPublicKey): string {
    const step = this.statements.find(({ successor }) => successor?.fingerprint === key.fingerprint);
    if (step === undefined) return 'the allowed signers do not name';
    const named = this.signers.some((signer) => signer.key.fingerprint === step.key.fingerprint);
    return named
      ? `was named by a key whose line does not allow the namespace ${KEY_NAMESPACE} on ${step.statement.date}`
      : `was named by ${step.key.fingerprint}, whom the allowed signers do not name`;
  }

  #succeed(statement: SignedStatement): void {
    const { key, successor, statement: { number, date, from_sequence } } = statement;
    const origin = this.#voucherOf(key, date);
    if (origin !== null && successor !== null) {
      const step: KeyStep = { from: key.fingerprint, to: successor.fingerprint, statement: number, date, from_sequence };
      this.#successors.set(successor.fingerprint, { signer: origin.signer, via: [...origin.via, step] });
    }
    this.#end(statement);
  }

  #end(by: SignedStatement): void {
    const { fingerprint } = by.key;
    const known = this.ends.get(fingerprint);
    // a revocation may set the end of a key back, never forward
    if (known === undefined || by.statement.from_sequence <= known.from_sequence) this.ends.set(fingerprint, { by, from_sequence: by.statement.from_sequence });
  }

  #mayRevoke({ key, signers, statement }: SignedStatement, threshold: number): boolean {
    if (signers.some(({ fingerprint }) => fingerprint === key.fingerprint)) return true;
    const live = signers.filter(({ fingerprint }) => !this.ends.has(fingerprint));
    const roots = live.flatMap((each) => this.#voucherOf(each, statement.date)?.signer.key.fingerprint ?? []);
    return new Set(roots).size >= threshold;
  }

  /** Who vouches for a key that makes a statement: its own line, by the day of the statement, or the statements before. */
  #voucherOf(key: SshPublicKey, date: string): Voucher | null {
    const signer = this.signers.find((each) => each.key.fingerprint === key.fingerprint && allows(each, KEY_NAMESPACE, date));
    return signer !== undefined ? { signer, via: [] } : (this.#successors.get(key.fingerprint) ?? null);
  }
}

/** What ended a key, as a clause about it. */
export function describeEnd({ by, from_sequence }: KeyEnd): string {
  const { action, number } = by.statement;
  return `was ${action === 'revoke' ? 'revoked' : `succeeded by ${by.successor?.fingerprint ?? ''}`} from release ${from_sequence} of the dataset on (statement ${number})`;
}

function refuse(reason: string): KeyVerdict {
  return { voucher: null, reason };
}

function allows(signer: AllowedSigner, namespace: string, date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return allowsNamespace(signer, namespace) && time >= signer.validAfter && time < signer.validBefore;
}

function allowsNamespace({ namespaces }: AllowedSigner, namespace: string): boolean {
  return namespaces === null || matchesPatterns(namespace, namespaces);
}
