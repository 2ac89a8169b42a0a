import { ModelMismatch, ModelSession, type ModelSetup } from './session.js';

/** Null when a model can be used; else what is wrong with it, as the rest of a sentence. */
export type ProbeResult = string | null;

/**
 * Makes the function that loads a model and lets it look at a blank picture, in a thread of its own: a model that the
 * runtime does not survive ends that thread only.
 */
export function createTask(models: readonly ModelSetup[]): (index: number) => Promise<ProbeResult> {
  return async (index) => {
    const setup = models[index] as ModelSetup;
    try {
      const session = await ModelSession.load(setup);
      const { width, height, channels } = setup.input;
      await session.run(new Float32Array(width * height * channels));
      return null;
    } catch (error) {
      if (error instanceof ModelMismatch) return error.message;
      throw error;
    }
  };
}
