import type { Resource } from '@opentelemetry/resources';
import type { RunIdentity, RunSummary } from '../model/run.js';

/** How long one request may take, in ms: it ends before the run stops to wait for it, so that nothing keeps the process alive. */
export const REQUEST_MS = 1800;

/** Name of the instrumentation. */
export const SCOPE = 'colophon';

/** What a run is a part of: the service, and what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say. No host, user or path is told. */
export async function describeResource({ version }: RunIdentity): Promise<Resource> {
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources');
  const own = resourceFromAttributes({ 'service.name': 'colophon', 'service.version': version });
  return own.merge(detectResources({ detectors: [envDetector] }));
}

/** Attributes of a command: names that this program made itself, none that came from data. */
export function commandAttributes({ command, engine }: RunIdentity): Record<string, string> {
  return { 'colophon.command': command, ...(engine === null ? {} : { 'colophon.engine': engine }) };
}

/** Those of a command that has ended. */
export function runAttributes({ identity, outcome, exit_status, error_code }: RunSummary): Record<string, string | number> {
  return {
    ...commandAttributes(identity),
    'colophon.outcome': outcome,
    'colophon.exit_status': exit_status,
    ...(error_code === null ? {} : { 'error.type': error_code }),
  };
}

/** A stage by its kind: `reading the table case` and all others like it are `reading the table`. */
export function stageKind(stage: string): string {
  return stage.replace(/\bthe table .*$/s, 'the table').slice(0, 60);
}
