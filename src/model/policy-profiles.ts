import type { PackPolicy } from './clinical.js';
import type { GateConfig } from './config.js';
import type { GatePolicy, GateProfile, QuasiIdentifier } from './policy.js';

/** Storage SOP classes of images and segmentations: what a public release holds unless the policy says otherwise (PS3.4 B.5). */
const IMAGE_CLASSES = [
  '1.2.840.10008.5.1.4.1.1.1', // CR
  '1.2.840.10008.5.1.4.1.1.1.1', // DX for presentation
  '1.2.840.10008.5.1.4.1.1.1.1.1', // DX for processing
  '1.2.840.10008.5.1.4.1.1.1.2', // MG for presentation
  '1.2.840.10008.5.1.4.1.1.1.2.1', // MG for processing
  '1.2.840.10008.5.1.4.1.1.2', // CT
  '1.2.840.10008.5.1.4.1.1.2.1', // enhanced CT
  '1.2.840.10008.5.1.4.1.1.4', // MR
  '1.2.840.10008.5.1.4.1.1.4.1', // enhanced MR
  '1.2.840.10008.5.1.4.1.1.6.1', // US
  '1.2.840.10008.5.1.4.1.1.3.1', // US multi-frame
  '1.2.840.10008.5.1.4.1.1.12.1', // XA
  '1.2.840.10008.5.1.4.1.1.12.2', // RF
  '1.2.840.10008.5.1.4.1.1.20', // NM
  '1.2.840.10008.5.1.4.1.1.128', // PT
  '1.2.840.10008.5.1.4.1.1.66.4', // SEG
];

const PUBLIC: GatePolicy = {
  profile: 'public',
  off: {},
  tolerances: {},
  sop_classes: IMAGE_CLASSES,
  transfer_syntaxes: [],
  deidentification_options: ['113100', '113101', '113102', '113103', '113104', '113105', '113107', '113108', '113109', '113111'],
  uid_roots: [],
  patient_id_pattern: null,
  dummy_values: ['ANON', 'ANONYMOUS', 'ANONYMIZED', 'DEIDENTIFIED', 'DE-IDENTIFIED', 'REMOVED', 'NONE', 'UNKNOWN', 'NULL', 'NOT AVAILABLE', 'N/A'],
  dates: 'shifted',
  date_window: null,
  private_elements: [],
  institutions: [],
  text_columns: [],
  known_identifiers: null,
  ocr: 'risk',
  defacing: 'warning',
  quasi_identifiers: ['sex', 'race', 'ethnicity', 'zip', { column: 'age_at_index', width: 10 }].map(toQuasiIdentifier),
  k_anonymity: 11,
  sensitive: ['covid19_positive'],
  l_diversity: 2,
  t_closeness: 0.2,
  small_cell: 11,
  unique_trajectories: 0.05,
  near_duplicate_bits: 4,
  consent: null,
  licenses: ['CC0-1.0', 'CC-BY-3.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-3.0', 'CC-BY-NC-4.0', 'CC-BY-NC-SA-4.0', 'CC-BY-NC-ND-4.0', 'PDDL-1.0', 'ODC-By-1.0', 'ODbL-1.0', 'CDLA-Permissive-2.0'],
  approvers: [],
  reviews: [],
  facts_months: 36,
  verdict_days: 30,
  limits: { text_chars: 1_048_576, inflated_bytes: 512 * 1024 * 1024, pixels: 268_435_456 },
};

/** What each profile means where a policy says nothing. */
export const POLICY_PROFILES: Record<GateProfile, GatePolicy> = {
  public: PUBLIC,
  controlled: { ...PUBLIC, profile: 'controlled', deidentification_options: [...PUBLIC.deidentification_options, '113106', '113110', '113112'], k_anonymity: 5, small_cell: 5, unique_trajectories: 1 },
  internal: {
    ...PUBLIC,
    profile: 'internal',
    off: { DID: 'for use within the institution, where identities are known', DSC: 'for use within the institution, where identities are known' },
    deidentification_options: [...PUBLIC.deidentification_options, '113106', '113110', '113112'], dates: 'kept', k_anonymity: 1, l_diversity: 1, t_closeness: 1, small_cell: 1, unique_trajectories: 1, ocr: 'off', defacing: 'off' },
};

/** The whole policy that a configuration means: its keys upon those of the schema pack, upon those of its profile. */
export function completePolicy(config: GateConfig = {}, pack: PackPolicy = {}): GatePolicy {
  const profile = POLICY_PROFILES[config.profile ?? 'public'];
  const { policy: _file, limits, ...given } = config;
  const quasi_identifiers = config.quasi_identifiers ?? pack.quasi_identifiers;
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...profile,
    ...(pack.sensitive === undefined ? {} : { sensitive: pack.sensitive }),
    ...known,
    ...(quasi_identifiers === undefined ? {} : { quasi_identifiers: quasi_identifiers.map(toQuasiIdentifier) }),
    limits: { ...profile.limits, ...limits },
  };
}

function toQuasiIdentifier(column: string | QuasiIdentifier): QuasiIdentifier {
  return typeof column === 'string' ? { column } : column;
}
