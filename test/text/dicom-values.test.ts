import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { daysOf, isHiddenAge, parseAge, parseDate, parseDateOfTime } from '../../src/text/dicom-values.js';

describe('dates of attributes', () => {
  test.each([
    ['20200229', { year: 2020, month: 2, day: 29 }],
    ['1999.05.24', { year: 1999, month: 5, day: 24 }],
    [' 20200131 ', { year: 2020, month: 1, day: 31 }],
    ['20210229', null],
    ['19000229', null],
    ['20000229', { year: 2000, month: 2, day: 29 }],
    ['20201301', null],
    ['2020', null],
    ['20200101-20200131', null],
    ['', null],
  ])('%s', (value, date) => expect(parseDate(value)).toEqual(date));

  test.each([
    ['20200131101112.123456+0100', '20200131'],
    ['20200131', '20200131'],
    ['2020013110', '20200131'],
  ])('%s has the day %s', (value, day) => expect(parseDateOfTime(value)).toEqual(parseDate(day)));

  test.each(['202001', '20200131101112.1234567', '2020013', '20201340'])('%s has no day', (value) => expect(parseDateOfTime(value)).toBeNull());

  test('days count on as the calendar does', () => {
    expect(daysOf({ year: 1970, month: 1, day: 1 })).toBe(0);
    expect(daysOf({ year: 2000, month: 3, day: 1 }) - daysOf({ year: 2000, month: 2, day: 28 })).toBe(2);
    expect(daysOf({ year: 1, month: 1, day: 1 })).toBe(-719_162);
    fc.assert(
      fc.property(fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        const days = Math.floor(date.getTime() / 86_400_000);
        return daysOf({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }) === days;
      }),
    );
  });
});

describe('ages of attributes', () => {
  test.each([
    ['089Y', 89, false],
    ['090Y', 90, true],
    ['999M', 83, false],
    ['999W', 19, false],
    ['012M', 1, false],
    ['364D', 0, false],
  ])('%s', (value, years, hidden) => {
    expect(parseAge(value)?.years).toBe(years);
    expect(isHiddenAge(value)).toBe(hidden);
  });

  test.each([
    ['1080M', true],
    ['1079M', false],
    ['95Y', true],
    ['95', true],
    ['89', false],
    ['32850D', false],
    ['32872D', true],
    ['4697W', true],
    ['', false],
    ['old', false],
  ])('%s, which is no AS', (value, hidden) => {
    expect(parseAge(value)).toBeNull();
    expect(isHiddenAge(value)).toBe(hidden);
  });
});
