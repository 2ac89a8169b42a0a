/** The UIDs by which an instance is asked for. */
export interface InstanceUids {
  study: string;
  series: string;
  instance: string;
}

/** PS3.5 9.1, but for zeros that lead a component: there are such UIDs, and they do no harm. */
const UID = /^[0-9]{1,64}(?:\.[0-9]{1,64}){0,31}$/;
const PATH = /^([0-9.]{1,64})\/([0-9.]{1,64})\/([0-9.]{1,64})\.dcm$/;

/** Whether a text may stand in a URL and in a path as a UID. */
export function isUid(text: string | null): text is string {
  return text !== null && text.length <= 64 && UID.test(text);
}

/** The path of an instance in its source, out of UIDs that are such. */
export function instancePath({ study, series, instance }: InstanceUids): string {
  return `${study}/${series}/${instance}.dcm`;
}

/** The UIDs of a path; null for one that is not of `instancePath`. */
export function parseInstancePath(path: string): InstanceUids | null {
  const [, study = null, series = null, instance = null] = PATH.exec(path) ?? [];
  return isUid(study) && isUid(series) && isUid(instance) ? { study, series, instance } : null;
}
