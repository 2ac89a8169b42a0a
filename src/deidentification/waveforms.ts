import type { Subject } from './subject.js';

const SOP_CLASS = 0x00080016;
/** Voice and other audio (PS3.4 B.5). */
const AUDIO_CLASSES = new Set(['1.2.840.10008.5.1.4.1.1.9.4.1', '1.2.840.10008.5.1.4.1.1.9.4.2']);
const MODALITY = 0x00080060;
/** Audio of retired curves: type, sample format, channels, frames and data. */
const CURVE_AUDIO = new Set([0x2000, 0x2002, 0x2004, 0x2006, 0x2008, 0x200a, 0x200c, 0x200e]);

/** DID-085: no recorded voice, which is a biometric identifier (45 CFR 164.514(b)(2)(i)(P)). */
export function judgeAudio({ dataSet, report }: Subject): void {
  report.looked('DID-085');
  const isAudio = AUDIO_CLASSES.has(dataSet.text(SOP_CLASS) ?? '') || dataSet.text(MODALITY) === 'AU';
  const curve = dataSet.elements.find(({ tag }) => tag >>> 24 === 0x50 && CURVE_AUDIO.has(tag & 0xffff));
  if (!isAudio && curve === undefined) return;
  report.add({ code: 'DID-085', message: 'The file holds recorded sound.', tag: isAudio ? 'SOPClassUID' : dataSet.pathOf(curve?.tag ?? SOP_CLASS), hint: 'A voice identifies a person: leave the file out.', expected: 'no audio', found: 'audio', content: 'audio' });
}
