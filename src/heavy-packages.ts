import { createRequire } from 'node:module';
import type * as AjvModule from 'ajv/dist/2020.js';
import type * as YamlModule from 'yaml';

/**
 * Packages of many files that most runs do not need: they are loaded when first asked for, since loading both takes longer than
 * a small release takes to verify. Synchronous, for readers of files that are.
 */
const require = createRequire(import.meta.url);

/** The validator of JSON Schema 2020-12 and the formats for it. */
export interface JsonSchemaPackages {
  Ajv2020: (typeof AjvModule)['Ajv2020'];
  addFormats(ajv: AjvModule.Ajv2020): void;
}

/** Loads ajv. */
export function loadAjv(): JsonSchemaPackages {
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof AjvModule;
  const addFormats = require('ajv-formats') as JsonSchemaPackages['addFormats'];
  return { Ajv2020, addFormats };
}

/** Loads the reader of YAML. */
export function loadYaml(): typeof YamlModule {
  return require('yaml') as typeof YamlModule;
}
