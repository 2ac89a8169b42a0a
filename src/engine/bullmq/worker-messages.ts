/** What a coordinator tells a worker process of its own: by message, since arguments and environment can be read by others. */
export interface StartWorker {
  url: string;
  folders: string[];
}

/** What the worker process tells back: that it takes shards, that it has ended one, or a sentence for the user. */
export type FromWorkerProcess = { kind: 'serving' } | { kind: 'shard' } | { kind: 'warning'; message: string };
