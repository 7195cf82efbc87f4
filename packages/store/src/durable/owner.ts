// A process as the owner of a lock: known again by its number, its machine and when it began, since numbers are used
// again, in containers above all.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface OwnerText {
  readonly pid: number;
  readonly host: string;
  /** Differs between processes of one number; empty where the system does not tell. */
  readonly began: string;
}

export interface Owner extends OwnerText {
  /** Differs between any two owners, those of one process included: letters and digits. */
  readonly id: string;
  /** Whether another owner is dead for certain. */
  isGone(other: OwnerText): boolean;
}

/** This process. */
export function processOwner(): Owner {
  const host = hostname();
  return {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    host,
    began: beginOf(process.pid),
    isGone: (other) =>
      other.host === host &&
      (!isAlive(other.pid) || (other.began !== '' && beginOf(other.pid) !== other.began)),
  };
}

export function formatOwner({ pid, host, began }: OwnerText): string {
  return JSON.stringify({ pid, host, began } satisfies OwnerText);
}

/** `null` for what is no owner as it was written. */
export function parseOwner(text: string): OwnerText | null {
  try {
    const { pid, host, began } = JSON.parse(text) as Partial<OwnerText>;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof began !== 'string') return null;
    return { pid, host, began };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Of Linux: the boot, and ticks from there to the process's begin (proc(5), field 22). */
function beginOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return '';
  }
}
