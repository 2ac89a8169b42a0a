// Tests run as compiled JavaScript (dist/test), so that worker threads and
// spawned commands meet the same files that users get. `npm test` builds first.
export default {
  rootDir: '.',
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  moduleFileExtensions: ['js', 'json', 'node'],
  testTimeout: 300_000, // generous: no test asserts a time, and CI machines are slow and shared
  maxWorkers: '100%', // most of the time is spent in commands that the tests start and wait for
  workerIdleMemoryLimit: '1GB',
};
