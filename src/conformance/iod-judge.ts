import type { DataSet, DicomElement } from '../dicom/data-set.js';
import type { FileFinding } from '../model/inspection.js';
import { holds } from './condition.js';
import type { AttributeRule, IodRules, ModuleRules, RowRules, VerifyRule } from './iod-rules.js';
import { hasValue, type Place } from './place.js';
import { judgeValue } from './value-rule.js';

/** Laterality is judged as DCM-016: whether a body part is paired is often unknown, so its rules only warn. */
const LATERALITY = 0x00200060;
const MODULE_LEAST = 2;

/** Rules to be put to one data set or item. */
interface Work {
  rules: RowRules;
  place: Place;
  /** `module Patient of the CT Image IOD`. */
  where: string;
}

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
      this.waiting.push({ rules: module, place: top, where });
      for (let work = this.waiting.pop(); work !== undefined; work = this.waiting.pop()) this.judgeRows(work);
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

  private judgeRows({ rules, place, where }: Work): void {
    for (const rule of rules.attributes) this.judgeAttribute(rule, place, rule.tag, where);
    if (rules.overlays.length > 0) {
      for (const group of place.overlays) {
        const inMind = place.ofOverlay(group);
        for (const rule of rules.overlays) this.judgeAttribute(rule, inMind, group * 0x10000 + (rule.tag & 0xffff), where);
      }
    }
    for (const rule of rules.verifications) this.verify(rule, place, where);
  }

  private judgeAttribute(rule: AttributeRule, place: Place, tag: number, where: string): void {
    const element = place.here.get(tag);
    if (element === undefined) {
      if (rule.type !== '3' && holds(rule.when, place) === true && holds(rule.included, place) === true) this.sayMissing(rule, place.here, tag, where);
      return;
    }
    if (holds(rule.included, place) !== true) return;
    if (rule.forbidden && holds(rule.when, place) === false) this.sayForbidden(rule, place.here, tag, where);
    if (!hasValue(element)) {
      if (rule.type === '1' || rule.type === '1C') this.sayEmpty(rule, place.here, tag, where);
      return;
    }
    for (const values of rule.values) {
      const finding = judgeValue(values, place, place.here, element, where);
      if (finding !== null) this.say(finding.level ?? 'enumerated', place.here, tag, { ...finding, message: `${rule.keyword}: ${lowerFirst(finding.message)}` });
    }
    this.judgeItems(rule, place, element, where);
  }

  private judgeItems(rule: AttributeRule, place: Place, element: DicomElement, where: string): void {
    const { items } = element;
    if (items === null) return;
    const { itemCount } = rule;
    if (itemCount !== null && (items.length > itemCount.most || items.length < itemCount.least)) {
      this.say('items', place.here, element.tag, {
        code: 'DCM-008',
        message: `${rule.keyword} has another number of items than ${where} allows.`,
        expected: itemCount.most === Number.POSITIVE_INFINITY ? `${itemCount.least} or more` : itemCount.least === itemCount.most ? `${itemCount.most}` : `${itemCount.least} to ${itemCount.most}`,
        found: String(items.length),
        content: `${items.length} items`,
      });
    }
    if (rule.items === null) return;
    const rules = rule.items();
    for (let at = items.length - 1; at >= 0; at -= 1) this.waiting.push({ rules, place: place.inside(items[at] as DataSet), where });
  }

  private verify(rule: VerifyRule, place: Place, where: string): void {
    if (holds(rule.when, place) !== rule.wrong || holds(rule.included, place) !== true) return;
    this.say(`verify ${rule.message}`, place.here, rule.tag, {
      code: rule.code,
      ...(rule.level === 'warning' || rule.code === 'DCM-016' ? { level: 'warning' as const } : {}),
      message: `${rule.keyword} is not consistent with what else the file says, by ${where}.`,
      hint: rule.message.slice(0, 200),
      content: rule.message,
    });
  }

  private sayMissing(rule: AttributeRule, dataSet: DataSet, tag: number, where: string): void {
    this.say('missing', dataSet, tag, {
      ...codeAndLevel('DCM-006', tag),
      message: `${rule.keyword} is missing: type ${rule.type} in ${where}.`,
      expected: rule.type.startsWith('1') ? 'the attribute with a value' : 'the attribute, empty when its value is unknown',
      found: 'nothing',
      content: 'missing',
    });
  }

  private sayEmpty(rule: AttributeRule, dataSet: DataSet, tag: number, where: string): void {
    this.say('empty', dataSet, tag, {
      ...codeAndLevel('DCM-006', tag),
      message: `${rule.keyword} is empty: type ${rule.type} in ${where}.`,
      expected: 'a value',
      found: 'an empty attribute',
      content: 'empty',
    });
  }

  private sayForbidden(rule: AttributeRule, dataSet: DataSet, tag: number, where: string): void {
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
