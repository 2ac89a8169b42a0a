import { TEXT_VRS, type DataSet, type DicomElement } from '../dicom/data-set.js';

/** What was found out about a file as a whole. */
interface FileMemory {
  overlays: readonly number[] | null;
  answers: Map<object, boolean>;
}

/** Where a condition is asked: a data set or item, in a file. */
export class Place {
  private constructor(
    readonly here: DataSet,
    readonly root: DataSet,
    private readonly meta: DataSet,
    private readonly file: FileMemory,
    /** The group 60xx that stands for all of its kind; null: any of them. */
    readonly overlay: number | null,
  ) {}

  /** The top of a file. */
  static top(root: DataSet, meta: DataSet): Place {
    return new Place(root, root, meta, { overlays: null, answers: new Map() }, null);
  }

  /** An item nested in the file. */
  inside(item: DataSet): Place {
    return new Place(item, this.root, this.meta, this.file, null);
  }

  /** The same place, with one overlay of the file in mind. */
  ofOverlay(group: number): Place {
    return new Place(this.here, this.root, this.meta, this.file, group);
  }

  /** The element of a tag here; tags of group 0002 mean the file meta information. */
  find(tag: number): DicomElement | undefined {
    return tag >>> 16 === 2 ? this.meta.get(tag) : this.here.get(tag);
  }

  /** The answer to a question about the whole file, which is asked once. */
  once(question: object, ask: (place: Place) => boolean): boolean {
    let answer = this.file.answers.get(question);
    if (answer === undefined) {
      answer = ask(this);
      this.file.answers.set(question, answer);
    }
    return answer;
  }

  /** Overlay groups of the file that are there, 0x6000 to 0x60FE, ascending. */
  get overlays(): readonly number[] {
    return (this.file.overlays ??= overlaysOf(this.root));
  }
}

/** Whether an element has a value: bytes, items or fragments. */
export function hasValue(element: DicomElement): boolean {
  if (element.items !== null) return element.items.length > 0;
  if (element.fragments !== null) return element.fragments.length > 0;
  if (element.bytes === null) return element.length > 0;
  return element.bytes.length > 0 && !(TEXT_VRS.has(element.vr) && isBlank(element.bytes));
}

/** Nothing but padding. */
function isBlank(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== 0x20 && bytes[at] !== 0) return false;
  return true;
}

function overlaysOf({ elements }: DataSet): readonly number[] {
  const groups = new Set<number>();
  for (const { tag } of elements) if (tag >>> 24 === 0x60 && (tag & 0x10000) === 0) groups.add(tag >>> 16);
  return [...groups].toSorted((a, b) => a - b);
}
