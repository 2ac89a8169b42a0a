import { quoteIdentifier, type Catalog } from '../../catalog/catalog.js';
import { attributeType, attributeValue } from './attribute-columns.js';
import { PUBLISHED_ATTRIBUTES } from './candidate.js';

/**
 * A note about values in image headers that are no numbers where DICOM asks for some: the release has NULL for them. Null when
 * there are none.
 */
export async function noteUnfitValues(catalog: Catalog): Promise<string | null> {
  const numbers = PUBLISHED_ATTRIBUTES.filter((keyword) => !attributeType(keyword).startsWith('VARCHAR'));
  const counts = numbers.map((keyword, at) => `count(*) FILTER (${quoteIdentifier(keyword)} <> '' AND ${attributeValue(keyword)} IS NULL) AS n${at}`);
  const [row = {}] = await catalog.all<Record<string, number>>(`SELECT ${counts.join(', ')} FROM candidate_instance`);
  const found = numbers.map((keyword, at) => [keyword, row[`n${at}`] ?? 0] as const).filter(([, count]) => count > 0);
  if (found.length === 0) return null;
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  return `${total} ${total === 1 ? 'value' : 'values'} of image headers ${total === 1 ? 'is no number' : 'are no numbers'} and NULL in the table instances: ${found.map(([keyword, count]) => `${keyword} (${count})`).join(', ')}.`;
}
