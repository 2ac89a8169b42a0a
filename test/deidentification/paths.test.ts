import { describe, expect, test } from '@jest/globals';
import { judgePath } from '../../src/deidentification/paths.js';
import { rareCandidates } from '../../src/deidentification/rare-texts.js';
import type { FileFinding } from '../../src/model/inspection.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import { fileWith, parse, scannerFor } from './released-file.js';

function judge(path: string): FileFinding[] {
  const findings: FileFinding[] = [];
  judgePath(path, { looked: () => undefined, add: (finding) => void findings.push(finding) }, scannerFor(completePolicy()));
  return findings;
}

describe('DID-094: paths', () => {
  test.each(['SMITH^JOHN/1.dcm', 'Smith_John_CT/IM0001.dcm', 'export/Dr_Petra_Novak/a.dcm', 'MRN0048812/1.dcm', 'CT_2021-03-14/1.dcm', 'ann.bell@lakeshore.org/1.dcm'])('%s names somebody', (path) => {
    const findings = judge(path);
    expect(findings.map(({ code }) => code)).toContain('DID-094');
    for (const { content: _content, ...shown } of findings) expect(JSON.stringify(shown)).not.toMatch(/smith|novak|0048812|2021-03|lakeshore/i);
  });

  test.each([
    'SITE-000123/CT/1-001.dcm',
    'C1/2.25.329800735698586629295641978511506172918/2.25.12.dcm',
    '1.3.6.1.4.1.14519.5.2.1.9999.103.1974125041208912349087123/1.dcm',
    'MIDRC-RICORD-1C-419639-000082/study1/series2/IM-0001-0017.dcm',
    'train/images/0a1b2c3d4e5f.dcm',
    'CT_CHEST_WO/SCOUT/000017.dcm',
  ])('%s names nobody', (path) => expect(judge(path)).toEqual([]));
});

test('texts whose rarity is looked at, in the order of their tags', () => {
  const file = parse(fileWith({ '00280302': ['CS', 'NO'], '00080050': ['SH', 'A1'], '00204000': ['LT', 'x'.repeat(500)] }));
  expect(rareCandidates(file)).toEqual([
    'StudyDescription=CT CHEST WO CONTRAST', 'SeriesDescription=LUNG 1.25MM', 'ProtocolName=CHEST ROUTINE', 'RecognizableVisualFeatures=NO',
  ]);
});
