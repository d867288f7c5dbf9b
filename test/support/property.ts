import fc from 'fast-check';

// Where a run decides, the same cases each time: what a new one finds is found by a developer, whose seeds are random.
if (process.env['CI'] === 'true') fc.configureGlobal({ seed: 20_261_121 });

/** fast-check, with the project's seed. */
export { fc };
