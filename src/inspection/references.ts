import type { DataSet } from '../dicom/data-set.js';

const REFERENCED_SOP_CLASS_UID = 0x00081150;
const REFERENCED_SOP_INSTANCE_UID = 0x00081155;

/** Classes of studies, patients and performed procedure steps (P3.6 table A-1): what is managed, not stored. */
const MANAGEMENT = '1.2.840.10008.3.';

/** The SOP Instance UIDs that a data set refers to at any depth, without repetition, ascending. */
export function referencedInstances(dataSet: DataSet): string[] {
  const uids = new Set<string>();
  for (const items of dataSet.walk()) {
    if (items.parent === null) continue;
    if (items.text(REFERENCED_SOP_CLASS_UID)?.startsWith(MANAGEMENT) === true) continue;
    const uid = items.text(REFERENCED_SOP_INSTANCE_UID);
    if (uid !== null && uid !== '') uids.add(uid);
  }
  return [...uids].sort();
}
