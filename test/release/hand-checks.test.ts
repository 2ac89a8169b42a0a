import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseMinisignSecret } from '../../src/fixity/minisign-secret.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { writeRelease } from '../support/release-folder.js';
import { TestKey } from '../support/ssh-key.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const readme = readFileSync(join(PACKAGE_ROOT, 'releases/README.md'), 'utf8');
const minisign = join(PACKAGE_ROOT, 'test/fixtures/minisign');
const hasTools = ['ssh-keygen', 'minisign', 'sh', 'sed'].every((tool) => spawnSync(tool, ['--version']).error === undefined);

/** The commands of the format specification that stand after a mark. */
function commands(mark: string): string[] {
  const block = new RegExp(`<!-- check: ${mark} -->\n\`\`\`sh\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  return block!.trimEnd().split('\n');
}

/** A release that a successor signed, and minisign; a reader's allowed signers lie in it, which name the old key only. */
function makeRelease(): { folder: string; signer: TestKey } {
  const folder = temporaryFolder();
  writeRelease(folder);
  const document = readFileSync(join(folder, 'release.json'));
  const [old, fresh] = [new TestKey(), new TestKey()];
  writeFileSync(join(folder, 'release.json.sig'), fresh.sign(document, 'colophon-release@v1'));
  writeFileSync(join(folder, 'release.json.keys'), old.state({ successor: fresh.line }));
  writeFileSync(join(folder, 'release.json.minisig'), parseMinisignSecret(readFileSync(join(minisign, 'test-secret.key'), 'utf8'))!.sign(document, 'a comment'));
  writeFileSync(join(folder, 'minisign.pub'), readFileSync(join(minisign, 'plain.pub')));
  writeFileSync(join(folder, 'allowed_signers'), `steward@example.org namespaces="colophon-*" ${old.line}\n`);
  return { folder, signer: fresh };
}

// the commands are run as they stand in the specification, where their tools are on the PATH
(hasTools ? describe : describe.skip)('the commands that releases/README.md gives (with ssh-keygen and minisign on the PATH)', () => {
  const run = (folder: string, lines: string[]) => execFileSync('sh', ['-e'], { cwd: folder, input: lines.join('\n'), stdio: ['pipe', 'pipe', 'pipe'] }).toString();

  test('accept signatures', () => {
    const { folder, signer } = makeRelease();
    writeFileSync(join(folder, 'allowed_signers'), `steward@example.org namespaces="colophon-*" ${signer.line}\n`);
    const said = run(folder, commands('signatures'));
    expect(said).toContain('Good "colophon-release@v1" signature for steward@example.org');
    expect(said).toContain('Trusted comment: a comment');
  });

  test('follow from an old key to the new one, as verify does', async () => {
    const { folder } = makeRelease();
    expect(run(folder, commands('keys')).match(/^Good /gm)).toHaveLength(2);
    const report = await verifyRelease(folder, { jobs: 1 });
    expect(report.signatures.map(({ format, valid }) => [format, valid])).toEqual([['ssh', true], ['minisign', false]]);
  });

  test.each(['signatures', 'keys'])('refuse what was changed (%s)', (mark) => {
    const { folder } = makeRelease();
    writeFileSync(join(folder, 'release.json'), `${readFileSync(join(folder, 'release.json'), 'utf8')} `);
    for (const line of commands(mark).filter((command) => command.includes('release.json <') || command.startsWith('minisign') || command.endsWith('< release.json'))) {
      expect(() => run(folder, [...commands(mark).filter((other) => other.startsWith('sed')), line])).toThrow(/failed|Signature|signature/);
    }
  });
});
