/** `node metadata-workspace.js make|change ROOT INSTANCES`: makes or changes a workspace of rows alone, in a process of its own. */
import { argv } from 'node:process';
import { openWorkspace } from '../../src/workspace/workspace.js';
import { changeMetadataWorkspace } from '../support/metadata/change.js';
import { makeMetadataWorkspace } from '../support/metadata/workspace.js';
import { tellTaken } from './taken.js';

const [task, root = '', instances = ''] = argv.slice(2);
tellTaken();
if (task === 'make') await makeMetadataWorkspace(root, Number(instances));
else await changeMetadataWorkspace(openWorkspace(root));
