import { serveHashing } from './hash-worker.js';
import { View } from './view.js';

// The page and its workers run the same text; a worker has no document.
if (typeof document === 'undefined') serveHashing(self as unknown as Parameters<typeof serveHashing>[0]);
else new View(document.currentScript?.textContent ?? '');
