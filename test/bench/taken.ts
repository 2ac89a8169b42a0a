/** What a process took. */
export interface Taken {
  seconds: number;
  cpu_seconds: number;
  /** Largest resident set, in MB (1e6 bytes). */
  peak_mb: number;
}

/** Lets this process tell at its end, on the last line of stderr, what it took from here on (and of memory, in all). */
export function tellTaken(): void {
  const started = performance.now();
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const taken: Taken = { seconds: (performance.now() - started) / 1000, cpu_seconds: (userCPUTime + systemCPUTime) / 1e6, peak_mb: Math.round((maxRSS * 1024) / 1e6) };
    process.stderr.write(`\n${JSON.stringify(taken)}\n`);
  });
}
