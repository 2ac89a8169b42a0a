/** Pages of listings: what servers write, and what is refused so that no object is overlooked. */
import { describe, expect, test } from '@jest/globals';
import { parseListingPage } from '../../src/network/listing-page.js';

const page = (rows: string, more = ''): string => `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>images</Name><IsTruncated>${more === '' ? 'false' : 'true'}</IsTruncated>${more}${rows}</ListBucketResult>\n`;
const row = (key: string, more = ''): string => `<Contents><Key>${key}</Key><LastModified>2024-05-06T07:08:09.123Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>17</Size>${more}<StorageClass>STANDARD</StorageClass></Contents>`;

describe('a page of a listing', () => {
  test('gives its objects in their order, and how to go on', () => {
    const read = parseListingPage(page(row('a%2Bb+c%20d.dcm') + row('&lt;&#38;&#x41;&unknown;&amp;lt;'), '<NextContinuationToken>1&amp;2==</NextContinuationToken>'));
    expect(read).toEqual({
      truncated: true,
      token: '1&2==',
      objects: [
        { key: 'a+b c d.dcm', readable: true, size_bytes: 17, etag: '"abc"', modified_ms: Date.parse('2024-05-06T07:08:09.123Z') },
        { key: '<&A&unknown;&lt;', readable: true, size_bytes: 17, etag: '"abc"', modified_ms: Date.parse('2024-05-06T07:08:09.123Z') },
      ],
    });
  });

  test('is read also where the end of the listing, an owner, or a folder comes between', () => {
    const owner = '<Owner><ID>1</ID><DisplayName>Key</DisplayName></Owner>';
    const read = parseListingPage(`<ListBucketResult>${row('a', owner)}<CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes>${row('b')}<IsTruncated>false</IsTruncated><Empty/></ListBucketResult>`);
    expect(read?.objects.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(parseListingPage(page(''))).toEqual({ objects: [], truncated: false, token: null });
  });

  test('says nothing of sizes, times and keys that are none', () => {
    const read = parseListingPage(page('<Contents><Key>%ff</Key><Size>-1</Size><LastModified>yesterday</LastModified></Contents>'));
    expect(read?.objects).toEqual([{ key: '%ff', readable: false, size_bytes: null, etag: null, modified_ms: null }]);
  });

  test.each<[string, string]>([
    ['HTML', '<html><body>Please log in</body></html>'],
    ['nothing', ''],
    ['an error', '<Error><Code>SlowDown</Code></Error>'],
    ['a page that was cut off', page(row('a')).slice(0, -40)],
    ['a page cut off inside a row', `${page(row('a')).slice(0, 300)}</ListBucketResult>`],
    ['no word of whether there is more', `<ListBucketResult>${row('a')}</ListBucketResult>`],
    ['another word of it', `<ListBucketResult><IsTruncated>maybe</IsTruncated>${row('a')}</ListBucketResult>`],
    ['a row without a key', page('<Contents><Size>1</Size></Contents>')],
    ['a row without a word', page(`${row('a')}<Contents/>`)],
    ['a row inside a row', page(`<Contents>${row('a')}</Contents>`)],
    ['an end without a row', page(`</Contents>${row('a')}`)],
    ['a tag inside a key', page('<Contents><Key>a<b>c</b></Key></Contents>')],
    ['a comment that may hide a row', page(`<!-- ${row('a')} -->`)],
    ['CDATA', page('<Contents><Key><![CDATA[a]]></Key></Contents>')],
    ['a row with an attribute', page(row('a').replace('<Contents>', '<Contents xml:lang="en">'))],
    ['a row of a name space', page(row('a').replaceAll('Contents>', 's3:Contents>'))],
    ['an entity of its own', `<!DOCTYPE x [<!ENTITY a "b">]>${page(row('&a;'))}`],
    ['something behind it', `${page(row('a'))}${page(row('b'))}x`],
  ])('is refused: %s', (_what, text) => {
    expect(parseListingPage(text)).toBeNull();
  });

  test('takes no time that grows faster than itself', () => {
    const begun = performance.now();
    expect(parseListingPage(`<ListBucketResult>${'<'.repeat(2_000_000)}</ListBucketResult>`)).toBeNull();
    expect(parseListingPage(`<ListBucketResult>${'<Contents>'.repeat(200_000)}</ListBucketResult>`)).toBeNull();
    expect(parseListingPage(page('<a '.repeat(200_000)))).toBeNull();
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
