import type { PageFacts } from '../model/page.js';
import { describeHarmonization } from '../report/harmonization-text.js';
import { htmlText as text } from '../report/html-text.js';

/** What the release is bound to: chain, content, schemas, gate, tool, keys. */
export function renderIdentity({ document, signers }: PageFacts): string {
  const { sequence, previous, digests, schema, harmonization, policy, tool } = document;
  const rows: [string, string][] = [
    ['Release', `number ${sequence} of this dataset`],
    ['Follows', previous === null ? 'nothing: the first release' : `${previous.version}, sha256:${previous.digest}`],
    ['Content root', digests.content],
    ...(digests.content_md5 === undefined ? [] : [['Content md5 (GA4GH, IDC)', digests.content_md5] as [string, string]]),
    ['Schemas', schema === null ? 'none' : `${schema.pack} ${schema.version}, ${schema.digest}`],
    ...(harmonization === undefined ? [] : [['Spellings mended by', describeHarmonization(harmonization)] as [string, string]]),
    ['Release gate', `${policy.profile}: ${policy.errors} errors, ${policy.warnings} warnings, ${policy.waived} waived; ${policy.digest}`],
    ['Signed by', signers.length === 0 ? 'nobody when it was cut; a signature may have been added since: release.json.sig' : signers.join(', ')],
    ['Made by', `${tool.name} ${tool.version}, DuckDB ${tool.duckdb}`],
  ];
  return `<section aria-labelledby="identity"><h2 id="identity">Identity</h2>
<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${text(value)}</dd>`).join('')}</dl></section>`;
}
