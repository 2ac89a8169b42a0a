/** Which signals are sent. */
export interface TelemetryWanted {
  traces: boolean;
  metrics: boolean;
}

/**
 * What the environment asks for, by the variables of the OpenTelemetry specification (Environment Variable Specification; OTLP
 * Exporter Configuration); null when nothing is to be sent: no endpoint is named, or OTEL_SDK_DISABLED is `true`.
 */
export function telemetryWanted(environment: Readonly<Record<string, string | undefined>>): TelemetryWanted | null {
  const named = (name: string): boolean => (environment[name] ?? '').trim() !== '';
  if ((environment.OTEL_SDK_DISABLED ?? '').trim().toLowerCase() === 'true') return null;
  const asks = (signal: 'TRACES' | 'METRICS'): boolean =>
    (named('OTEL_EXPORTER_OTLP_ENDPOINT') || named(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)) && (environment[`OTEL_${signal}_EXPORTER`] ?? '').trim().toLowerCase() !== 'none';
  const wanted = { traces: asks('TRACES'), metrics: asks('METRICS') };
  return wanted.traces || wanted.metrics ? wanted : null;
}

/** Between two times that something is sent while a run goes on, in ms: many runs are over sooner. */
const PAUSE_MS = 10_000;

/** The pause that a variable of the OpenTelemetry specification asks for, in ms; what is no whole number above 0 asks for nothing. */
export function exportPause(environment: Readonly<Record<string, string | undefined>>, name: 'OTEL_BSP_SCHEDULE_DELAY' | 'OTEL_METRIC_EXPORT_INTERVAL'): number {
  const asked = (environment[name] ?? '').trim();
  return /^[1-9][0-9]{0,8}$/.test(asked) ? Number(asked) : PAUSE_MS;
}
