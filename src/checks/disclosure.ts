import type { Check } from './check.js';
import { anonymityCheck } from './disclosure/anonymity.js';
import { differencingCheck } from './disclosure/differencing.js';
import { closenessCheck, diversityCheck } from './disclosure/diversity.js';
import { hiddenSetCheck } from './disclosure/hidden-set.js';
import { linkageCheck } from './disclosure/linkage.js';
import { outliersCheck } from './disclosure/outliers.js';
import { rareValuesCheck } from './disclosure/rare-values.js';
import { smallCellsCheck } from './disclosure/small-cells.js';
import { trajectoriesCheck } from './disclosure/trajectories.js';
import { uniquesCheck } from './disclosure/uniques.js';

/** DSC: what the public view tells about single people. */
export const DISCLOSURE_CHECKS: readonly Check[] = [
  anonymityCheck,
  diversityCheck,
  closenessCheck,
  uniquesCheck,
  smallCellsCheck,
  differencingCheck,
  rareValuesCheck,
  trajectoriesCheck,
  outliersCheck,
  linkageCheck,
  hiddenSetCheck,
];
