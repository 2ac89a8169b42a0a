/** What `demo` did. */
export interface DemoReport {
  /** Absolute path of the workspace that it left. */
  workspace: string;
  steps: DemoStep[];
  seconds: number;
}

export interface DemoStep {
  /** The command as a user would type it in the workspace. */
  command: string;
  exit: number;
}
