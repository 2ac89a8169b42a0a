/** Letters of Cyrillic, Greek, Armenian and Cherokee that look like a Latin letter, each of one UTF-16 unit, and that letter. */
export const LATIN_LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    'АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT ХX УY ҮY Ԁd ԁd ԛq Ԝw ԝw һh Һh аa еe оo рp сc уy хx ѕs іi јj кk мm тt нh вb гr пn ӏl Ӏl ԍg Ԍg ѵv Ѵv зe З3',
    'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv ιi ρp κk υu ϲc Ϲc ϳj αa ηn τt ωw εe',
    'ՕO օo Տs Սu սu հh ոn քp ցg յj ԼL լl ԱU',
    'ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᏆI ᎫJ ᏦK ᏞL ᎷM ᏢP ᏒR ᏚS ᎢT ᏙV ᎳW ᏃZ',
  ]
    .join(' ')
    .split(' ')
    .map((pair) => [pair[0] as string, pair[1] as string]),
);
