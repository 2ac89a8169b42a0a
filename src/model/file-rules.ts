/** Rules that are judged file by file, in worker threads, and reach the gate through the catalog; by the stage that judges them. */
export const FILE_RULES = {
  /** Needs no decoded pixels; run over every image. */
  header: [
    'DCM-001', 'DCM-002', 'DCM-003', 'DCM-004', 'DCM-005', 'DCM-006', 'DCM-007', 'DCM-008', 'DCM-009', 'DCM-010', 'DCM-011', 'DCM-012', 'DCM-013', 'DCM-016', 'DCM-017', 'DCM-018',
    'DID-001', 'DID-002', 'DID-003', 'DID-010', 'DID-011', 'DID-012', 'DID-013', 'DID-014', 'DID-016', 'DID-020', 'DID-021', 'DID-022', 'DID-030', 'DID-031', 'DID-032', 'DID-033',
    'DID-040', 'DID-041', 'DID-042', 'DID-043', 'DID-044', 'DID-045', 'DID-046', 'DID-047', 'DID-050', 'DID-051', 'DID-060', 'DID-062', 'DID-064', 'DID-070', 'DID-071',
    'DID-080', 'DID-081', 'DID-082', 'DID-083', 'DID-084', 'DID-085', 'DID-090', 'DID-091', 'DID-092', 'DID-093', 'DID-094', 'DID-099',
  ],
  /** Decoded pixels: digests and perceptual hashes. */
  pixels: [],
  /** Burned-in text, read by OCR. */
  text: ['DID-072'],
  /** What another validator says, when it is asked. */
  opinion: ['DCM-019'],
} as const; // prettier-ignore
