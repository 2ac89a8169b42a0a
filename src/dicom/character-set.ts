/** Placeholder filled in the next step. */
export interface CharacterSet { label: string }
export function parseCharacterSet(_declared: string | null): CharacterSet { return { label: '' }; }
export function decodeText(bytes: Buffer, _vr: string, _set: CharacterSet): { text: string; flawed: boolean } {
  return { text: bytes.toString('latin1'), flawed: false };
}
