import { Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../cli/base-command.js';
import { redisFlag } from '../cli/engine-flags.js';
import { EXIT } from '../errors.js';
import type { WorkerReport } from '../model/worker.js';
import { renderWorker } from '../report/worker-text.js';

export default class Worker extends BaseCommand {
  static override summary = 'Help other machines: take shards of `--engine bullmq` from Redis and run them here.';
  static override description =
    'Joins from any machine that sees the same folders by the same paths: the workspace with its plans, and the sources. Takes shards of all plans in the ' +
    'folders that it serves; a shard of another plan, of a source that is not mounted here, or of another version of this program is given back and told. ' +
    'Nothing but a plan and a number is taken from Redis. A worker that dies is noticed after 10 to 15 seconds, and another one takes its shard. ' +
    'Ctrl-C gives back what is in work, a second one ends at once. Exit status: 0 done (--once), 3 Redis or a folder is not there, 130 interrupted.';
  static override examples = [
    { description: 'Serve the workspace here until Ctrl-C', command: '<%= config.bin %> worker --redis redis://queue.example:6379' },
    { description: 'Two shards at once; the address with its password is in COLOPHON_REDIS_URL', command: '<%= config.bin %> worker --jobs 2' },
    { description: 'Work off what waits, then end', command: '<%= config.bin %> worker --once' },
    { description: 'Plans that lie elsewhere', command: '<%= config.bin %> worker --folder /data/chest --folder /data/shards' },
  ];
  static override flags = {
    workspace: workspaceFlag,
    redis: redisFlag(),
    folder: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'DIR', summary: 'Serve plans in this workspace, or directly in this folder; default: the workspace. May be given again.' }),
    jobs: Flags.integer({ char: 'j', min: 1, max: 256, default: 1, summary: 'Shards at once, each hashed by a thread of its own.' }),
    once: Flags.boolean({ summary: 'End when no shard waits.' }),
  };

  async run(): Promise<WorkerReport> {
    const { flags } = await this.parse(Worker);
    this.begin(flags);
    const { serveAsWorker } = await import('../workflow/serve.js');
    const redis = flags.redis ?? this.usage('No Redis is named.', 'Name one: --redis redis://HOST:6379, or COLOPHON_REDIS_URL in the environment.');
    const folders = flags.folder ?? [this.workspace(flags).root];
    const signal = this.signal;
    const report = await serveAsWorker({ redis, folders, jobs: flags.jobs, once: flags.once, signal }, this.effects);
    return this.finish(report, () => renderWorker(report), signal.aborted ? EXIT.interrupted : EXIT.done);
  }
}
