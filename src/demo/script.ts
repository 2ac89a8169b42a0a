/** One step of the demo: what is said, what arrives, and the command that a user would type. */
export interface Scene {
  title: string;
  /** A sentence or two for somebody who sees Colophon for the first time. */
  says: string;
  /** Part of the bundled sample that arrives in the workspace before the command runs. */
  overlay?: 'first' | 'second';
  command?: string[];
  /** Exit statuses that are right here; 0 by default. */
  exits?: number[];
}

/** The story that the demo tells. */
export const DEMO_SCRIPT: readonly Scene[] = [];
