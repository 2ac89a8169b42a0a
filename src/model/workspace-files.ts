/** waivers.yaml and withdrawals.yaml, as types; their JSON Schemas are printed from here. */
import type { Waiver } from './finding.js';

export interface WaiversFile {
  waivers: Waiver[];
}

/** Why a case was withdrawn, as a class: a public tombstone says no more. */
export type WithdrawalReason = 'consent' | 'phi' | 'quality' | 'duplicate' | 'legal';

export interface Withdrawal {
  case_id: string;
  reason: WithdrawalReason;
  /**
   * Day of the withdrawal, YYYY-MM-DD.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
  /** The case that takes its place, for duplicates and corrections. */
  replacement?: string;
  /** Internal; never published. */
  note?: string;
}

export interface WithdrawalsFile {
  withdrawals: Withdrawal[];
}
