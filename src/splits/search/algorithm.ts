import { GENERATOR } from './random.js';

/** Name of the algorithm in reports and releases: the same name and input give the same assignment for ever. */
export const ALGORITHM = `look-alike-swaps/4 (${GENERATOR})`;
