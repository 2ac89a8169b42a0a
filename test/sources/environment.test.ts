import { describe, expect, test } from '@jest/globals';
import { expandVariables } from '../../src/sources/environment.js';

const environment = { TOKEN: 's3cret', EMPTY: '', BROKEN: 'a\nHost: evil', A_1: '${TOKEN}' };

describe('variables of the environment', () => {
  test('stand for their values, which are not expanded again', () => {
    expect(expandVariables('Bearer ${TOKEN}!${TOKEN}', environment)).toBe('Bearer s3cret!s3cret');
    expect(expandVariables('x${A_1}', environment)).toBe('x${TOKEN}');
    expect(expandVariables('no $TOKEN, no $ {TOKEN}, no {TOKEN}', environment)).toBe('no $TOKEN, no $ {TOKEN}, no {TOKEN}');
  });

  test.each([
    ['${MISSING}', 'MISSING of the environment is not set'],
    ['${EMPTY}', 'EMPTY of the environment is empty'],
    ['${BROKEN}', 'BROKEN of the environment holds a control character'],
    ['${__proto__}', '__proto__ of the environment is not set'],
    ['${toString}', 'toString of the environment is not set'],
    ['${1X}', 'no name of a variable'],
    ['${}', 'no name of a variable'],
  ])('%s is refused by name, and no value is told', (text, says) => {
    const refused = (() => {
      try {
        return expandVariables(`s3cret ${text}`, environment, 'sources, pacs, url');
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(says) });
    expect(String(refused)).toContain('sources, pacs, url');
    expect(JSON.stringify(refused) + String(refused)).not.toMatch(/s3cret|evil/);
  });
});
