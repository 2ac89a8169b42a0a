import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A decoder object in the memory of a codec; `delete` gives the memory back. */
export interface WasmDecoder {
  getEncodedBuffer(size: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  getDecodedBuffer(): Uint8ClampedArray;
  delete(): void;
}

/** What a codec made of a bitstream. `bytes` are a copy. */
export interface WasmPicture {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  bytes: Uint8Array<ArrayBuffer>;
}

interface WasmModule {
  HEAPU8: Uint8Array;
  [decoder: string]: unknown;
}

type Factory = (module: object) => Promise<unknown>;

/** What is used of WebAssembly: no library of types for servers names it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: object };
};

const require = createRequire(import.meta.url);

/** A codec's memory never shrinks: an instance that grew beyond this many bytes is replaced by a new one. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

/** One of the WebAssembly codecs of the Cornerstone project, compiled once and instantiated when first needed. */
export class WasmCodec {
  #factory: Factory | null = null;
  #compiled: object | null = null;
  #instance: WasmModule | null = null;

  constructor(
    /** `@cornerstonejs/<name>`. */
    readonly packageName: string,
    /** Name of the decoder class in it. */
    readonly className: string,
  ) {}

  /** Decodes a bitstream; null when the codec refuses it. After a trap the next picture meets a new instance. */
  decode(bitstream: Uint8Array): WasmPicture | null {
    const module = (this.#instance ??= this.#instantiate());
    let decoder: WasmDecoder | null = null;
    try {
      decoder = new (module[this.className] as new () => WasmDecoder)();
      decoder.getEncodedBuffer(bitstream.length).set(bitstream);
      decoder.decode();
      const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
      const bytes = new Uint8Array(decoder.getDecodedBuffer());
      return { width, height, bitsPerSample, componentCount, bytes };
    } catch (error) {
      // A codec refuses a bitstream by throwing a number. Anything else is a trap: its memory is not to be trusted any more.
      if (typeof error !== 'number') {
        this.#instance = null;
        decoder = null;
      }
      return null;
    } finally {
      decoder?.delete();
      if (module.HEAPU8.length > MAX_KEPT_BYTES) this.#instance = null;
    }
  }

  /** Without waiting: the worker that decodes runs synchronous tasks. */
  #instantiate(): WasmModule {
    const compiled = (this.#compiled ??= new WebAssembly.Module(readFileSync(require.resolve(`${this.packageName}/decodewasm`))));
    const factory = (this.#factory ??= require(`${this.packageName}/decodewasmjs`) as Factory);
    const silent = (): void => undefined;
    const module = {
      print: silent,
      printErr: silent,
      instantiateWasm(imports: object, receive: (instance: { exports: object }) => void): object {
        const instance = new WebAssembly.Instance(compiled, imports);
        receive(instance);
        return instance.exports;
      },
    };
    // The promise is of no use: the module is filled before the factory returns, and an abort is caught where it happens.
    factory(module).catch(silent);
    return module as unknown as WasmModule;
  }
}
