/** What a word can be, as bits: a word may be several things at once, `MARK` a given name and a plain word. */

export const GIVEN = 1 << 0;
export const SURNAME = 1 << 1;
/** Vocabulary of imaging: never a name unless the form says so. */
export const IMAGING = 1 << 2;
/** Plain English. */
export const PLAIN = 1 << 3;
/** A person's name that became a term: `FOLEY`, `WILLIAMS`. */
export const EPONYM = 1 << 4;
/** Of the eponyms, those of radiographic views and scales: `DR TOWNE VIEW` is no doctor. */
export const VIEW = 1 << 5;
/** A title that nothing else is written as: `MRS`, `PROF`. */
export const TITLE = 1 << 6;
/** A title that is also an abbreviation of imaging: `DR`, `PT`, `MS`. */
export const WEAK_TITLE = 1 << 7;
/** A word that a person's name follows: `PATIENT`, `TECH`, `READ` (by). */
export const PERSON_LABEL = 1 << 8;
/** A word that an identifying number follows: `MRN`, `ACCESSION`. */
export const NUMBER_LABEL = 1 << 9;
export const PHONE_LABEL = 1 << 10;
export const DATE_LABEL = 1 << 11;
export const MONTH = 1 << 12;
export const AGE_WORD = 1 << 13;
/** Kind of street, written out: `AVENUE`. */
export const STREET = 1 << 14;
/** Kind of street whose abbreviation means other things too: `ST`, `DR`, `CT`. */
export const WEAK_STREET = 1 << 15;
export const STATE = 1 << 16;
export const TOWN = 1 << 17;
/** First word of a town or site of several words: `SAN`. */
export const TOWN_START = 1 << 18;
/** `HOSPITAL`, `CLINIC`, `UNIVERSITY`. */
export const FACILITY = 1 << 19;
/** `WARD`, `ROOM`, `BED`. */
export const ROOM = 1 << 20;
/** `USER`, `HOST`, `AETITLE`: a name of a machine or an account follows. */
export const ACCOUNT_LABEL = 1 << 21;
/** Last part of a host name: `COM`, `EDU`, `LOCAL`. */
export const DOMAIN = 1 << 22;
/** Unit of a quantity: a number before it counts nothing but that. */
export const UNIT = 1 << 23;
/** Particle of a surname: `VAN`, `DE`, `AL`. */
export const PARTICLE = 1 << 24;
/** Surname in Chinese or Korean romanisation: any two syllables after it are a given name. */
export const SYLLABIC = 1 << 25;
/** Says that what follows is a number, a name, a code: `NO`, `NUMBER`, `IS`. */
export const FILLER = 1 << 26;
/** `MADE`, `READ`, `REFERRED`: a person follows with `BY`. */
export const BY_LABEL = 1 << 27;
/** A word for a person or for "removed" that stands where a name would: `ANONYMOUS`. */
export const NOBODY = 1 << 28;

/** An age over 89 in words begins: `NINETY`, `CENTENARIAN`. */
export const HIGH_AGE = 1 << 29;

/** Words that are something besides a name. */
export const ORDINARY = IMAGING | PLAIN;
export const NAME = GIVEN | SURNAME;
