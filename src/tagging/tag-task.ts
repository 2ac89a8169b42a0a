import { join } from 'node:path';
import { UnreadableFileError } from '../fixity/file.js';
import type { TagErrorCode } from '../model/tagging.js';
import { withKnownFile } from './image-file.js';
import { PictureReader, type PictureLimits } from './picture-reader.js';
import type { Picture } from './picture.js';
import { preparePicture } from './prepare.js';
import { ModelMismatch, ModelSession, type ModelSetup } from './session.js';
import { judgeOutput, type Verdict } from './verdict.js';

/** An image to look at, relative to the folder of its source. */
export interface TagItem {
  source: string;
  path: string;
  size_bytes: number;
  /** Of the whole file, by the catalog; other bytes are not tagged. */
  sha256: string;
  /** Names of the models that look at it. */
  models: readonly string[];
}

/** What the task is made with. */
export interface TagTaskData {
  /** Absolute folder of each source. */
  folders: ReadonlyMap<string, string>;
  models: readonly ModelSetup[];
  limits: PictureLimits;
}

/** What one model said of an image, or why it said nothing. */
export type ModelVerdict = { model: string } & ({ verdict: Verdict; error: null } | { verdict: null; error: TagErrorCode });

/** What the models said of one image. */
export interface TagResult {
  item: TagItem;
  verdicts: ModelVerdict[];
}

/** Makes the function that a worker thread runs over images: read once, check the digest, decode once, ask every model. */
export async function createTask({ folders, models, limits }: TagTaskData): Promise<(item: TagItem) => Promise<TagResult>> {
  const sessions = new Map<string, { setup: ModelSetup; session: ModelSession }>();
  for (const setup of models) sessions.set(setup.name, { setup, session: await ModelSession.load(setup) });
  const reader = new PictureReader(limits);
  return async (item) => {
    const picture = readPicture(reader, folders, item);
    const verdicts: ModelVerdict[] = [];
    for (const model of item.models) {
      const loaded = sessions.get(model);
      if (loaded === undefined) throw new Error(`no model ${model} was loaded`);
      verdicts.push(typeof picture === 'string' ? { model, verdict: null, error: picture } : { model, ...(await judge(loaded.session, loaded.setup, picture)) });
    }
    return { item, verdicts };
  };
}

function readPicture(reader: PictureReader, folders: TagTaskData['folders'], { source, path, sha256 }: TagItem): Picture | TagErrorCode {
  try {
    return withKnownFile(join(folders.get(source) as string, path), sha256, (bytes) => reader.read(bytes)) ?? 'changed';
  } catch (error) {
    if (error instanceof UnreadableFileError) return error.defect === 'changed' ? 'changed' : 'unreadable';
    throw error;
  }
}

async function judge(session: ModelSession, { input, output }: ModelSetup, picture: Picture): Promise<{ verdict: Verdict; error: null } | { verdict: null; error: TagErrorCode }> {
  try {
    const verdict = judgeOutput(await session.run(preparePicture(picture, input)), output);
    return verdict === null ? { verdict, error: 'no-number' } : { verdict, error: null };
  } catch (error) {
    if (error instanceof ModelMismatch) return { verdict: null, error: 'model-failed' };
    throw error;
  }
}
