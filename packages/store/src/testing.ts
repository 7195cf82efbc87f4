// Disks that fail by plan, and owners of locks that die by plan: for tests and fault simulations of what writes to
// them.
export type { Disk, DiskFile } from './disk/disk.js';
export * from './disk/simulated-disk.js';
export type { Owner, OwnerText } from './durable/owner.js';
