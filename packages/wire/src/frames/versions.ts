// Versions of the protocol: which this code speaks, and what two ends that each speak some have in common. Nothing else
// in the repository names one.

export interface VersionRange {
  readonly lowest: number;
  readonly highest: number;
}

/** What this code speaks. Version 1 had no `commit`, and reports that did not say of which run they were. */
export const spokenVersions: VersionRange = { lowest: 2, highest: 2 };

/** The highest version that both speak; `null` if there is none. */
export function commonVersion(one: VersionRange, other: VersionRange): number | null {
  const highest = Math.min(one.highest, other.highest);
  return highest < Math.max(one.lowest, other.lowest) ? null : highest;
}

/** Why two ends without a common version cannot talk, and which of them is the older one. */
export function versionsApart(coordinator: VersionRange, client: VersionRange): string {
  const older = coordinator.highest < client.lowest ? 'the coordinator' : 'the client';
  return (
    `the coordinator speaks ${formatVersions(coordinator)} of the protocol, the client ${formatVersions(client)}: ` +
    `upgrade ${older}`
  );
}

function formatVersions({ lowest, highest }: VersionRange): string {
  return lowest === highest ? `version ${lowest}` : `versions ${lowest} to ${highest}`;
}
