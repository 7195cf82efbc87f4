// Rounds as state machines, for whatever runs them: a loop, a server, a simulation. Loads in a browser.
export * from './asynchronous/asynchronous-settings.js';
export * from './asynchronous/flights.js';
export * from './asynchronous/next-client.js';
export * from './asynchronous/virtual-steps.js';
export * from './gathering/gathering.js';
export * from './run/run-machine.js';
export * from './settings/attempt.js';
export * from './settings/round-settings.js';
