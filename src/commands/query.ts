import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../cli/base-command.js';
import type { QueryReport } from '../model/query.js';
import { renderQuery } from '../report/query-text.js';

export default class Query extends BaseCommand {
  static override summary = 'Ask the catalog, or the tables of a release, one read-only SQL question.';
  static override description =
    'One SELECT in the dialect of DuckDB; it reaches no file and changes nothing. Tables of the catalog: case_, instance, series, study, ' +
    'clinical_<table>, assignments, finding, runs; of a release: cases, studies, series, instances, splits, tombstones, changes and the clinical ' +
    'tables. Exit status: 0 done, 3 the question failed.';
  static override examples = [
    { description: 'Cases by status', command: `<%= config.bin %> query "SELECT status, count(*) AS cases FROM case_ GROUP BY status"` },
    { description: 'What was done here last', command: `<%= config.bin %> query "SELECT command, began, seconds, outcome, files FROM runs ORDER BY number DESC LIMIT 10"` },
    { description: 'A downloaded release; no workspace is needed', command: `<%= config.bin %> query --release chest-2.1.0 "SELECT count(*) FROM instances"` },
    { description: 'A published release', command: `<%= config.bin %> query --release 2.1.0 "SELECT part, count(*) AS cases FROM splits GROUP BY part"` },
  ];
  static override args = { sql: Args.string({ description: 'One SELECT statement.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    release: Flags.string({ char: 'r', helpValue: 'VERSION|DIR', summary: 'Ask this release of the workspace, or a release folder anywhere, instead of the catalog.' }),
  };

  async run(): Promise<QueryReport> {
    const { args, flags } = await this.parse(Query);
    this.begin(flags);
    const { queryRelease, queryWorkspace } = await import('../workflow/query.js');
    const { release } = flags;
    const isFolder = release !== undefined && existsSync(join(release, 'release.json'));
    const report = isFolder ? await queryRelease(release, args.sql, { memory: this.memory }) : await queryWorkspace(this.workspace(flags), args.sql, release);
    return this.finish(report, () => renderQuery(report));
  }
}
