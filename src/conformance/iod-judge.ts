import type { DataSet, DicomElement } from '../dicom/data-set.js';
import type { FileFinding } from '../model/inspection.js';
import { holds } from './condition.js';
import type { AttributeRule, IodRules, ModuleRules, RowRules, VerifyRule } from './iod-rules.js';
import { hasValue, type Place } from './place.js';
import { judgeValue } from './value-rule.js';

/** Laterality is judged as DCM-016: whether a body part is paired is often unknown, so its rules only warn. */
const LATERALITY = 0x00200060;
const MODULE_LEAST = 2;

/** Rules to be put to a data set, or to all items of a sequence. */
interface Work {
  rules: RowRules;
  places: Iterable<Place>;
  /** `module Patient of the CT Image IOD`. */
  where: string;
  /** Rules that are broken already in an earlier item, by what is wrong: so many items need only be counted, not named. */
  broken: Map<AttributeRule | VerifyRule, Set<Kind>> | null;
}

type Kind = 'missing' | 'empty' | 'forbidden' | 'value' | 'items' | 'verify';

/** Judges a file by the modules of its IOD: DCM-005 to DCM-008, with DCM-013 and DCM-016 where the tables hold them. */
export class IodJudge {
  /** Said already: modules share attributes, and what a frame lacks all frames lack; the first is enough. */
  private said: Set<string> | null = null;
  private readonly waiting: Work[] = [];

  constructor(
    private readonly rules: IodRules,
    private readonly add: (finding: FileFinding) => void,
  ) {}

  judge(top: Place): void {
    for (const module of this.rules.modules) {
      if (!isActive(module, top)) continue;
      const where = `module ${module.name} of the ${this.rules.name} IOD`;
      this.judgePresence(module, top, where);
      this.waiting.push(workOf(module, [top], where));
      for (let work = this.waiting.pop(); work !== undefined; work = this.waiting.pop()) {
        for (const place of work.places) this.judgeRows(work, place);
      }
    }
  }

  /** DCM-005: a module of which nothing is there that it cannot do without. */
  private judgePresence(module: ModuleRules, { here }: Place, where: string): void {
    const { demanded, usage } = module;
    if (usage === 'U' || demanded.length < MODULE_LEAST || demanded.some((tag) => here.has(tag))) return;
    this.say('module', here, demanded[0] as number, {
      code: 'DCM-005',
      message: `Of ${where}, which ${usage === 'M' ? 'is mandatory' : 'has to be there here'}, no required attribute is there.`,
      expected: `${demanded.length} attributes`,
      found: 'none of them',
      content: module.name,
    });
  }

  private judgeRows(work: Work, place: Place): void {
    const { rules } = work;
    for (const rule of rules.attributes) this.judgeAttribute(rule, place, rule.tag, work);
    if (rules.overlays.length > 0) {
      for (const group of place.overlays) {
        const inMind = place.ofOverlay(group);
        // Each overlay is judged by itself.
        const own = workOf(rules, [], work.where);
        for (const rule of rules.overlays) this.judgeAttribute(rule, inMind, group * 0x10000 + (rule.tag & 0xffff), own);
      }
    }
    for (const rule of rules.verifications) this.verify(rule, place, work);
  }

  private judgeAttribute(rule: AttributeRule, place: Place, tag: number, work: Work): void {
    const element = place.here.get(tag);
    if (element === undefined) {
      if (rule.type !== '3' && isNew(work, 'missing', rule) && holds(rule.when, place) === true && holds(rule.included, place) === true) this.sayMissing(rule, place.here, tag, work);
      return;
    }
    if (holds(rule.included, place) !== true) return;
    if (rule.forbidden && isNew(work, 'forbidden', rule) && holds(rule.when, place) === false) this.sayForbidden(rule, place.here, tag, work);
    if (!hasValue(element)) {
      if ((rule.type === '1' || rule.type === '1C') && isNew(work, 'empty', rule)) this.sayEmpty(rule, place.here, tag, work);
      return;
    }
    if (rule.values.length > 0 && isNew(work, 'value', rule)) this.judgeValues(rule, place, element, work);
    this.judgeItems(rule, place, element, work);
  }

  private judgeValues(rule: AttributeRule, place: Place, element: DicomElement, work: Work): void {
    for (const values of rule.values) {
      const finding = judgeValue(values, place, place.here, element, work.where);
      if (finding === null) continue;
      mark(work, 'value', rule);
      this.say(finding.level ?? 'enumerated', place.here, element.tag, { ...finding, message: `${rule.keyword}: ${lowerFirst(finding.message)}` });
    }
  }

  private judgeItems(rule: AttributeRule, place: Place, element: DicomElement, work: Work): void {
    const { items } = element;
    if (items === null) return;
    const { itemCount } = rule;
    if (itemCount !== null && isNew(work, 'items', rule) && (items.length > itemCount.most || items.length < itemCount.least)) {
      mark(work, 'items', rule);
      this.say('items', place.here, element.tag, {
        code: 'DCM-008',
        message: `${rule.keyword} has another number of items than ${work.where} allows.`,
        expected: itemCount.most === Number.POSITIVE_INFINITY ? `${itemCount.least} or more` : itemCount.least === itemCount.most ? `${itemCount.most}` : `${itemCount.least} to ${itemCount.most}`,
        found: String(items.length),
        content: `${items.length} items`,
      });
    }
    if (rule.items !== null) this.waiting.push(workOf(rule.items(), placesOf(place, items), work.where));
  }

  private verify(rule: VerifyRule, place: Place, work: Work): void {
    if (!isNew(work, 'verify', rule) || holds(rule.when, place) !== rule.wrong || holds(rule.included, place) !== true) return;
    mark(work, 'verify', rule);
    this.say(`verify ${rule.message}`, place.here, rule.tag, {
      code: rule.code,
      ...(rule.level === 'warning' || rule.code === 'DCM-016' ? { level: 'warning' as const } : {}),
      message: `${rule.keyword} is not consistent with what else the file says, by ${work.where}.`,
      hint: rule.message.slice(0, 200),
      content: rule.message,
    });
  }

  private sayMissing(rule: AttributeRule, dataSet: DataSet, tag: number, work: Work): void {
    const { where } = work;
    mark(work, 'missing', rule);
    this.say('missing', dataSet, tag, {
      ...codeAndLevel('DCM-006', tag),
      message: `${rule.keyword} is missing: type ${rule.type} in ${where}.`,
      expected: rule.type.startsWith('1') ? 'the attribute with a value' : 'the attribute, empty when its value is unknown',
      found: 'nothing',
      content: 'missing',
    });
  }

  private sayEmpty(rule: AttributeRule, dataSet: DataSet, tag: number, work: Work): void {
    const { where } = work;
    mark(work, 'empty', rule);
    this.say('empty', dataSet, tag, {
      ...codeAndLevel('DCM-006', tag),
      message: `${rule.keyword} is empty: type ${rule.type} in ${where}.`,
      expected: 'a value',
      found: 'an empty attribute',
      content: 'empty',
    });
  }

  private sayForbidden(rule: AttributeRule, dataSet: DataSet, tag: number, work: Work): void {
    const { where } = work;
    mark(work, 'forbidden', rule);
    this.say('forbidden', dataSet, tag, {
      ...codeAndLevel('DCM-007', tag),
      message: `${rule.keyword} is there although its condition does not hold: type ${rule.type} in ${where}.`,
      expected: 'no such attribute',
      found: 'the attribute',
      content: 'forbidden',
    });
  }

  private say(kind: string, dataSet: DataSet, tag: number, finding: FileFinding): void {
    const key = `${finding.code} ${kind} ${chainOf(dataSet, tag)}`;
    this.said ??= new Set();
    if (this.said.has(key)) return;
    this.said.add(key);
    this.add({ ...finding, tag: dataSet.pathOf(tag) });
  }
}

function workOf(rules: RowRules, places: Iterable<Place>, where: string): Work {
  return { rules, places, where, broken: null };
}

function isNew({ broken }: Work, kind: Kind, rule: AttributeRule | VerifyRule): boolean {
  return broken === null || broken.get(rule)?.has(kind) !== true;
}

function mark(work: Work, kind: Kind, rule: AttributeRule | VerifyRule): void {
  work.broken ??= new Map();
  const kinds = work.broken.get(rule);
  if (kinds === undefined) work.broken.set(rule, new Set([kind]));
  else kinds.add(kind);
}

function* placesOf(place: Place, items: readonly DataSet[]): Generator<Place> {
  for (const item of items) yield place.inside(item);
}

/** Tags from the top, without the numbers of items. */
function chainOf(dataSet: DataSet, tag: number): string {
  let chain = String(tag);
  for (let parent = dataSet.parent; parent !== null; parent = parent.dataSet.parent) chain = `${parent.tag}/${chain}`;
  return chain;
}

function codeAndLevel(code: string, tag: number): Pick<FileFinding, 'code' | 'level'> {
  return tag === LATERALITY ? { code: 'DCM-016', level: 'warning' } : { code };
}

/** Whether the rules of a module apply: mandatory, or its condition holds, or without one any of its attributes is there. */
function isActive(module: ModuleRules, place: Place): boolean {
  if (module.usage === 'M') return true;
  if (module.detected) return holds(module.detect, place) === true;
  for (const tag of module.tags) if (place.here.has(tag)) return true;
  return false;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
