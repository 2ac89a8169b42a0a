/** What `init` made. */
export interface InitReport {
  /** Absolute path. */
  workspace: string;
  template: 'midrc' | 'minimal';
  /** Relative to the workspace. */
  created: string[];
}
