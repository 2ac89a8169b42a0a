import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

/**
 * Of the memory of a process, what DuckDB may hold. The rest is for our own objects, the workers, and what DuckDB does not
 * count: its writers and the strings of a sort take up to a third more than the limit says (measured at 10,000,000 images).
 */
const DATABASE_SHARE = 0.5;

/** With less, a query cannot even spill, in bytes. */
const LEAST = 128 * 1024 * 1024;

/** The memory of this machine, or of the container (cgroup) that we run in when that is less, in bytes. */
export function machineMemory(constrained: number = constrainedMemory(), total: number = totalmem()): number {
  // without a limit the kernel tells a number beyond any machine, or none
  return constrained > 0 && constrained < total ? constrained : total;
}

/** Bytes of a limit as DuckDB writes it: `3.7 GiB`, or `512.0 MB`; infinity for anything else. */
export function limitBytes(limit: string): number {
  const [, number, unit = '', binary] = /^([0-9.]+) ?([KMGT]?)(i?)B(?:ytes)?$/i.exec(limit.trim()) ?? [];
  return number === undefined ? Number.POSITIVE_INFINITY : Number(number) * (binary === '' ? 1000 : 1024) ** ' KMGT'.indexOf(unit.toUpperCase() || ' ');
}

/**
 * What DuckDB is held to, as its `memory_limit`; what goes beyond is spilled to disk.
 * @param memory bytes that the whole process may take
 */
export function databaseLimit(memory: number = machineMemory()): string {
  return `${Math.max(LEAST, Math.floor(memory * DATABASE_SHARE))}B`;
}
