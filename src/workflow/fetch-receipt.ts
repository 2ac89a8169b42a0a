import { join } from 'node:path';
import type { Effects } from '../effects.js';
import { RECEIPT_NAME, type Receipt } from '../model/fetch.js';
import type { FileTotals } from '../model/transfer.js';
import { writeReceipt } from '../transfer/fetch/receipt-file.js';
import type { RemoteRelease } from '../transfer/fetch/remote-index.js';
import { readTool } from './tool.js';

/**
 * Writes beside fetched releases what came, from where and when, with a sentence for the methods section of a paper.
 * @param only the expression that chose a part of it; null for all of it
 */
export function recordFetch(folder: string, { document, digest, source }: RemoteRelease, only: string | null, payload: FileTotals, effects: Effects): { path: string; methods: string } {
  const date = effects.now().toISOString().slice(0, 10);
  const { name, version } = readTool();
  const tool = `${name} ${version}`;
  const part = only === null ? '' : `, the images for which ${only}`;
  const methods = `We used release ${document.version} of ${document.dataset.title} (${document.dataset.id}; release digest sha256:${digest})${part}, fetched from ${source.name} on ${date} and verified with ${tool}.`;
  const receipt: Receipt = { dataset: document.dataset.id, title: document.dataset.title, version: document.version, sequence: document.sequence, digest: `sha256:${digest}`, url: source.name, date, tool, only, payload, methods };
  writeReceipt(folder, receipt);
  return { path: join(folder, RECEIPT_NAME), methods };
}
