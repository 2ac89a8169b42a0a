import { readFlag, type ModelConfig, type TagAgreement } from '../model/tagging.js';
import type { Check, CheckInput } from './check.js';
import { identifier, literal, RELEASED_IMAGES, sqlCheck, type SqlQuery } from './sql.js';

const NO_MODEL = 'no model is configured';

interface TagRow {
  source: string;
  path: string;
  sha256: string;
  label: string;
  score: number;
  header: string;
}

/** Current tags of a model on images that would be released, with the header's value of an attribute. */
function taggedImages({ name }: ModelConfig, attribute: string): string {
  return `
    SELECT i.source, i.path, i.sha256, t.label, t.score, upper(trim(${identifier(attribute)})) AS header
    FROM ${RELEASED_IMAGES} AS i JOIN current_tag AS t ON t.source = i.source AND t.path = i.path
    WHERE t.model = ${literal(name)} AND t.label IS NOT NULL`;
}

/** One query a model that must agree with the header: the image's best label among those that the agreement is about. */
function agreementQuery(model: ModelConfig, { attribute, values }: TagAgreement): SqlQuery<TagRow> {
  const pairs = Object.entries(values).flatMap(([value, labels]) => [labels].flat().map((label) => ({ header: value.trim().toUpperCase(), label })));
  const agreeing = `(VALUES ${pairs.map(({ header, label }) => `(${literal(header)}, ${literal(label)})`).join(', ')}) AS agreeing(header, label)`;
  const { activation, several = activation === 'sigmoid' } = model.output;
  // a model that gives several labels is asked about those only that the agreement names: others speak of something else
  const asked = several ? `WHERE label IN (SELECT label FROM ${agreeing})` : '';
  const judged = `
    SELECT source, path, sha256, header, arg_max(label, score) AS label, max(score) AS score, list(label) AS labels
    FROM (${taggedImages(model, attribute)}) ${asked} GROUP BY ALL HAVING header IN (SELECT header FROM ${agreeing})`;
  return {
    subjects: `(${judged})`,
    sql: `SELECT * EXCLUDE (labels) FROM (${judged}) AS judged
      WHERE NOT EXISTS (FROM ${agreeing} WHERE agreeing.header = judged.header AND list_contains(judged.labels, agreeing.label)) ORDER BY source, path`,
    draft: ({ source, path, sha256, label, score, header }) => ({
      message: `The model ${model.name} sees something else than ${attribute} says.`,
      location: { kind: 'file', path: `${source}/${path}`, tag: attribute },
      expected: `${header}, as in the header`,
      found: describeTag(label, score),
      content: `${sha256} ${model.name} ${header} ${label}`,
    }),
  };
}

function describeTag(label: string, score: number): string {
  return `${label} (score ${score.toFixed(2)})`;
}

function agreementCheck(code: 'TAG-001' | 'TAG-002', judges: (attribute: TagAgreement['attribute']) => boolean): Check {
  return sqlCheck<TagRow>(code, ({ config: { models = [] } }) => {
    const queries = models.flatMap((model) => (model.agrees_with !== undefined && judges(model.agrees_with.attribute) ? [agreementQuery(model, model.agrees_with)] : []));
    if (queries.length > 0) return queries;
    return models.length === 0 ? NO_MODEL : 'no model says what it must agree with';
  });
}

/** TAG-001: the view of a model against ViewPosition. */
export const viewTagCheck = agreementCheck('TAG-001', (attribute) => attribute === 'ViewPosition');

/** TAG-002: tags against the other attributes that a model must agree with. */
export const headerTagCheck = agreementCheck('TAG-002', (attribute) => attribute !== 'ViewPosition');

/** TAG-003: labels that the configuration flags. */
export const flaggedTagCheck = sqlCheck<TagRow>('TAG-003', ({ config: { models = [] } }) => {
  const flagging = models.filter(({ flag = [] }) => flag.length > 0);
  if (flagging.length === 0) return models.length === 0 ? NO_MODEL : 'no model flags a label';
  return flagging.map((model): SqlQuery<TagRow> => {
    const levels = new Map((model.flag ?? []).map(readFlag).map(({ label, level }) => [label, level]));
    const images = taggedImages(model, 'Modality');
    return {
      subjects: `(SELECT DISTINCT source, path FROM current_tag WHERE model = ${literal(model.name)} AND error IS NULL)`,
      sql: `SELECT * FROM (${images}) WHERE label IN (${[...levels.keys()].map(literal).join(', ')}) ORDER BY source, path, label`,
      draft: ({ source, path, sha256, label, score }) => ({
        level: levels.get(label) ?? 'warning',
        message: `The model ${model.name} gives the image a label that the configuration flags.`,
        location: { kind: 'file', path: `${source}/${path}` },
        expected: 'no flagged label',
        found: describeTag(label, score),
        content: `${sha256} ${model.name} ${label}`,
      }),
    };
  });
});

interface StaleRow {
  model: string;
  unusable: boolean;
  images: number;
  stale: number;
  failed: number;
}

/** TAG-004: images without a current tag, one finding a model. */
export const staleTagCheck = sqlCheck<StaleRow>('TAG-004', ({ config: { models = [] } }: CheckInput) => {
  if (models.length === 0) return NO_MODEL;
  const scope = `(SELECT s.* FROM tag_scope AS s JOIN ${RELEASED_IMAGES} AS i ON i.source = s.source AND i.path = s.path)`;
  const counted = `
    SELECT s.model, any_value(c.sha256) IS NULL AS unusable, count(*) AS images, count(*) FILTER (t.seen IS NULL) AS stale, count(*) FILTER (t.seen = 'failed') AS failed
    FROM ${scope} AS s JOIN configured_model AS c ON c.model = s.model
    LEFT JOIN (SELECT source, path, model, max(CASE WHEN error IS NULL OR error = 'no-pixels' THEN 'done' ELSE 'failed' END) AS seen FROM current_tag GROUP BY ALL) AS t
      ON t.source = s.source AND t.path = s.path AND t.model = s.model
    GROUP BY s.model`;
  return [
    {
      subjects: scope,
      sql: `SELECT * FROM (${counted}) WHERE stale + failed > 0 ORDER BY model`,
      draft: ({ model, unusable, images, stale, failed }) => ({
        message: stale > 0 ? `Images have no tag of the model ${model} as it is configured now.` : `Images could not be tagged by the model ${model}.`,
        location: { kind: 'dataset', key: model },
        hint: unusable ? 'The file of the model is not there: see its path in colophon.yaml.' : `Run: colophon tag ${model}`,
        expected: `${images} tagged images`,
        found: `${stale} without a current tag, ${failed} that could not be tagged`,
        content: `${model} ${images} ${stale} ${failed}`,
      }),
    },
  ];
});

/** Rules about what models say of images. */
export const TAG_CHECKS: readonly Check[] = [viewTagCheck, headerTagCheck, flaggedTagCheck, staleTagCheck];
