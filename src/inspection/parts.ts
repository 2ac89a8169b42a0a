import { WasmCodec } from '../pixels/wasm-codec.js';
import { createTextReader } from '../pixels/text-reader.js';

/** The codecs of compressed pixels, by package and decoder. */
const CODECS = [
  ['@cornerstonejs/codec-libjpeg-turbo-8bit', 'JPEGDecoder'],
  ['@cornerstonejs/codec-charls', 'JpegLSDecoder'],
  ['@cornerstonejs/codec-openjpeg', 'J2KDecoder'],
] as const;

/** Starts every codec; returns the names of those that start. @throws what the first one fails with */
export function startCodecs(): string[] {
  return CODECS.map(([name, decoder]) => {
    // No codec takes an empty picture; that it says so shows that it runs.
    new WasmCodec(name, decoder).decode(new Uint8Array(1));
    return name.slice(name.indexOf('codec-') + 'codec-'.length);
  });
}

/** Starts the reader of burned-in text with its data, and ends it. @throws when it does not start */
export async function startTextReader(): Promise<void> {
  const reader = await createTextReader();
  reader.close();
}
