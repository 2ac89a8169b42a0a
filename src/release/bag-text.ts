import { RELEASE_FORMAT } from '../model/release.js';

/** bagit.txt, exactly as RFC 8493 2.1.1 asks. */
export const BAG_DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** What bag-info.txt says. */
export interface BagInfo {
  datasetId: string;
  title: string;
  creators: readonly string[];
  version: string;
  /** YYYY-MM-DD: the release date, never the clock. */
  date: string;
  payloadBytes: number;
  payloadFiles: number;
  tool: string;
}

/** bag-info.txt (RFC 8493 2.2.2): one line an element, none folded. */
export function formatBagInfo(info: BagInfo): string {
  const elements: [string, string][] = [
    ...info.creators.map((name): [string, string] => ['Source-Organization', name]),
    ['External-Description', info.title],
    ['External-Identifier', `${info.datasetId}/${info.version}`],
    ['Bagging-Date', info.date],
    ['Payload-Oxum', `${info.payloadBytes}.${info.payloadFiles}`],
    ['Bag-Software-Agent', info.tool],
    ['Colophon-Format', RELEASE_FORMAT],
  ];
  return elements.map(([label, value]) => `${label}: ${oneLine(value)}\n`).join('');
}

/** A value may not end its line and begin another element. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
