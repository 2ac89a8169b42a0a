/** What `init` made. */
export interface InitReport {
  /** Absolute path. */
  workspace: string;
  template: 'midrc' | 'lung-nodules' | 'minimal';
  /** Relative to the workspace. */
  created: string[];
}
