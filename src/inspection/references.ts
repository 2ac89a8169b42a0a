import type { DataSet } from '../dicom/data-set.js';

const REFERENCED_SOP_INSTANCE_UID = 0x00081155;

/** The SOP Instance UIDs that a data set refers to at any depth, without repetition, ascending. */
export function referencedInstances(dataSet: DataSet): string[] {
  const uids = new Set<string>();
  for (const items of dataSet.walk()) {
    if (items.parent === null) continue;
    const uid = items.text(REFERENCED_SOP_INSTANCE_UID);
    if (uid !== null && uid !== '') uids.add(uid);
  }
  return [...uids].sort();
}
