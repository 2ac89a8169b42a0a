import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Effects } from '../../effects.js';
import { CurationError } from '../../errors.js';
import type { SlurmSettings } from '../../model/engine.js';
import { PACKAGE_ROOT } from '../../package-root.js';
import type { Dispatch, Dispatcher } from '../shards/dispatcher.js';
import { cutArrays, writeRanges } from './array-ranges.js';
import { SlurmClient } from './slurm-client.js';
import { checkSlurmOptions } from './slurm-options.js';
import { SlurmWatch } from './slurm-watch.js';

/** The whole of the job: what it runs comes as arguments, so that no path is ever read by a shell. */
const JOB_SCRIPT = '#!/bin/sh\nexec "$@"\n';

/** How often the queue is asked, in ms: soon in the beginning, then as seldom as administrators like. */
export interface PollTimes {
  first: number;
  last: number;
}

const POLL_TIMES: PollTimes = { first: 1000, last: 15_000 };
const POLL_GROWTH = 1.3;

/**
 * Has shards run as job arrays of Slurm. The result files tell what is done; the queue only tells what is still to come, so that
 * accounting is not needed. Jobs are named by their plan: a coordinator that was restarted finds those that an earlier one submitted.
 */
export class SlurmDispatcher implements Dispatcher {
  readonly name = 'slurm';
  readonly #client = new SlurmClient();
  readonly #options: string[];

  /** @throws {CurationError} USAGE for an option that may not be given */
  constructor(
    settings: SlurmSettings,
    readonly effects: Effects,
    readonly times: PollTimes = POLL_TIMES,
  ) {
    this.#options = checkSlurmOptions(settings.options ?? []);
  }

  async dispatch(work: Dispatch): Promise<void> {
    const { folder, signal } = work;
    const watch = new SlurmWatch(work, await this.#client.maxArraySize(), this.#client, this.effects);
    mkdirSync(join(folder, 'slurm'), { recursive: true });
    writeFileSync(join(folder, 'slurm', 'job.sh'), JOB_SCRIPT);
    try {
      for (let pause = this.times.first; ; pause = Math.min(this.times.last, pause * POLL_GROWTH)) {
        const lost = await watch.look();
        if (lost.length > 0) await this.#submit(work, watch, lost);
        if (watch.settled) return;
        await sleep(pause, undefined, signal === undefined ? {} : { signal });
      }
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      throw await this.#interrupted(watch);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #submit({ folder, jobs = 1 }: Dispatch, watch: SlurmWatch, shards: readonly number[]): Promise<void> {
    for (const { offset, places } of cutArrays(shards, watch.arraySize)) {
      const own = [`--job-name=${watch.jobName(offset)}`, `--array=${writeRanges(places)}`, '--requeue', `--chdir=${folder}`, '--output=slurm/%A_%a.log', '--export=PATH,HOME,LANG,LD_LIBRARY_PATH', '--open-mode=append', `--cpus-per-task=${jobs}`];
      const command = [process.execPath, join(PACKAGE_ROOT, 'bin', 'shard.js'), folder, String(offset), String(jobs)];
      await this.#client.submit([...own, ...this.#options, join(folder, 'slurm', 'job.sh'), ...command]);
      watch.submitted(offset, places);
    }
  }

  async #interrupted(watch: SlurmWatch): Promise<CurationError> {
    const names = watch.jobNames().map((name) => `--name=${name}`);
    const cancelled = (await Promise.all(names.map((name) => this.#client.cancel([name])))).every(Boolean);
    return new CurationError('INTERRUPTED', cancelled ? 'Interrupted: the jobs of this run were cancelled, what they had done is kept.' : `Interrupted, and the jobs could not be cancelled: scancel ${names.join(' ')}`, {
      suggestions: ['Run the same command again: it goes on where this one stopped.'],
    });
  }
}
