import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { matchForced, parseForcedFile, readForcedFile } from '../../src/splits/input/forced-file.js';

const RULES = { split: 's', shown: 'forced.csv', parts: ['test', 'train'] };

function parse(text: string): [string, string, number | undefined][] {
  return parseForcedFile(text, RULES).map(({ case_id, part, line }) => [case_id, part, line]);
}

describe('forced assignments', () => {
  test('take the columns by name, a case once, and pass over other columns', () => {
    expect(parse('\uFEFFnote,part,case_id\r\n"a, b",test,c1\r\n,train,"c,2"\r\n,test,c1\r\n')).toEqual([['c1', 'test', 2], ['c,2', 'train', 3]]);
  });

  test('name every line that is wrong', () => {
    expect(() => parse('case_id,part\nc1,tset\nc2,train\nc2,test\n,test\nc3\n')).toThrow(
      [
        'splits.s.assign cannot be followed:',
        '  forced.csv, line 2: no part "tset"; did you mean test?',
        '  forced.csv, line 4: c2 goes into test, but line 3 puts it into train: the file contradicts itself',
        '  forced.csv, line 5: the case_id is empty',
        '  forced.csv, line 6: no part ""; the parts are test, train',
      ].join('\n'),
    );
    expect(() => parse(`case_id,part\n${'c1,none\n'.repeat(30)}`)).toThrow('  and 10 more');
  });

  test.each([['', 'lacks the column case_id'], ['case_id,dataset\na,train\n', 'lacks the column part'], ['case_id,part\n"a', 'line 2: a quoted cell is never closed']])('refuse %j', (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  test('of cases that are not there are an error; of cases that left they are passed over', () => {
    const rows = parseForcedFile('case_id,part\nc1,test\ngone,test\n', RULES);
    const others = { statusOf: (id: string) => (id === 'gone' ? 'withdrawn' : undefined), outside: new Map([['c9', 'in part open of outer']]) };
    expect(matchForced(rows, new Map([['c1', 0]]), others, RULES)).toEqual({ forced: [rows[0]], passed: 1 });
    const wrong = parseForcedFile('case_id,part\nC1,test\nc9,test\n', RULES);
    expect(() => matchForced(wrong, new Map([['c1', 0]]), others, RULES)).toThrow(/line 2: there is no case "C1"; did you mean c1\?\n.*line 3: c9 is not of this split: it is in part open of outer/);
  });

  test('are read from a file of UTF-8 text that is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'colophon-forced-'));
    try {
      const path = join(folder, 'forced.csv');
      expect(() => readForcedFile(path, RULES)).toThrow('there is no file forced.csv');
      writeFileSync(path, Buffer.from([0xff, 0xfe]));
      expect(() => readForcedFile(path, RULES)).toThrow('forced.csv is not UTF-8 text');
      writeFileSync(path, 'case_id,part\nc1,test\n');
      expect(readForcedFile(path, RULES)).toEqual([{ case_id: 'c1', part: 'test', rule: 'assign: forced.csv', line: 2 }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
