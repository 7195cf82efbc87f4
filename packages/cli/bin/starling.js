#!/usr/bin/env node
// The `starling` command as npm links it: it is here before the build, and says so when the build is missing.
import { existsSync } from 'node:fs';

const entry = new URL('../dist/main.js', import.meta.url);
if (existsSync(entry)) {
  // Not awaited: from version 22 on, Node adds words of its own where the entry waits for what nothing settles.
  import(entry.href);
} else {
  process.stderr.write(
    "Cannot start starling: need the built packages, got no dist folder; run 'npm run build' first\n",
  );
  process.exitCode = 1;
}
