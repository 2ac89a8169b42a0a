/** What `doctor` found. */
export interface DoctorReport {
  /** Whether nothing failed. */
  ok: boolean;
  /** Of this program. */
  version: string;
  /** Absolute path; null when there is no workspace here. */
  workspace: string | null;
  summary: DoctorSummary;
  /** In a fixed order: installation, workspace, sources, engine. */
  probes: DoctorProbe[];
}

export interface DoctorSummary {
  /** @asType integer */
  ok: number;
  /** @asType integer */
  warning: number;
  /** @asType integer */
  failed: number;
  /** @asType integer */
  skipped: number;
}

/** One thing that was tried. */
export interface DoctorProbe {
  area: DoctorArea;
  /** What was tried, e.g. `hard links` or `source pacs`. */
  what: string;
  outcome: DoctorOutcome;
  found: string;
  expected?: string;
  /** What to do next. */
  next?: string;
}

export type DoctorArea = 'installation' | 'workspace' | 'sources' | 'engine';

/** `warning`: it works, but not for everything, or not for long; `skipped`: there was nothing to try, or no way to. */
export type DoctorOutcome = 'ok' | 'warning' | 'failed' | 'skipped';
