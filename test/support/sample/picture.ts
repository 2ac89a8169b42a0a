import { differenceHash, hashDistance } from './perceptual-hash.js';
import { reduceFrame, resampleFrame, type Viewpoint } from './resampling.js';
import { SeededDraw } from './seeded-draw.js';
import type { Frame, SourceFrames, SourceName } from './source-frames.js';

// Bound once: in Jest's contexts every look at a global is slow.
const { floor, max, min, round } = Math;

export type PictureKind = 'pa' | 'ap' | 'mid-chest' | 'inlet' | 'localizer';

/** One picture as it goes into a file: whole stored values, brighter is denser. */
export interface Picture {
  frame: Frame;
  /** Distance of pixel centres, down and across alike, in mm of the source's scale. */
  spacingMm: number;
  /** Whether columns run towards the patient's right instead of the left. */
  mirrored: boolean;
}

interface Recipe {
  source: SourceName;
  /** Pixels of the source that are averaged before resampling. */
  reduce: number;
  /** Added to the source's values, so that stored values minus 1024 are Hounsfield units; what is then below 0 is air. */
  offset: number;
  /** Distance of pixel centres in the source, mm. The radiograph does not state it: 0.2 is assumed. */
  sourceSpacingMm: number;
  /** Middle, and how far from it, of each number of the viewpoint. */
  x: readonly [number, number];
  y: readonly [number, number];
  halfHeight: readonly [number, number];
  tilt: number;
  bend: number;
}

const RECIPES: Record<PictureKind, Recipe> = {
  pa: { source: 'radiograph', offset: 0, reduce: 4, sourceSpacingMm: 0.2, x: [0.5, 0.04], y: [0.47, 0.04], halfHeight: [0.42, 0.06], tilt: 0.05, bend: 0.13 },
  ap: { source: 'scout', offset: 1024, reduce: 1, sourceSpacingMm: 1, x: [0.5, 0.03], y: [0.37, 0.04], halfHeight: [0.35, 0.05], tilt: 0.05, bend: 0.12 },
  'mid-chest': { source: 'midChest', offset: 0, reduce: 2, sourceSpacingMm: 0.661468, x: [0.5, 0.09], y: [0.46, 0.07], halfHeight: [0.38, 0.11], tilt: 0.1, bend: 0.16 },
  inlet: { source: 'inlet', offset: 0, reduce: 2, sourceSpacingMm: 0.675781, x: [0.5, 0.09], y: [0.52, 0.07], halfHeight: [0.38, 0.11], tilt: 0.1, bend: 0.16 },
  localizer: { source: 'scout', offset: 1024, reduce: 1, sourceSpacingMm: 1, x: [0.5, 0.02], y: [0.46, 0.02], halfHeight: [0.42, 0.04], tilt: 0, bend: 0.06 },
};

/** Bits in which pictures of two patients must differ, from each other and from each other's negative. */
const LEAST_DISTANCE = 12;
const MOST_ATTEMPTS = 400;

/** Makes the pictures of one case after another, none of them close to one of an earlier case. */
export class PictureMaker {
  private readonly reduced = new Map<string, Frame>();
  private readonly hashes: { caseId: string; hash: boolean[] }[] = [];

  constructor(private readonly sources: SourceFrames) {}

  /**
   * `slices` neighbouring pictures of one case. The same `body` gives the same deformation: the same person.
   * @throws {Error} when no viewpoint keeps its distance to the other cases
   */
  make(request: { caseId: string; name: string; body: string; kind: PictureKind; rows: number; columns: number; slices: number }): Picture[] {
    const { caseId, name, body, kind, slices } = request;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const view = drawViewpoint(RECIPES[kind], new SeededDraw(`${body}|${kind}`), new SeededDraw(`${name}|${attempt}`));
      if (!this.isDistant(caseId, this.previewHash(request, view))) continue;
      const pictures = Array.from({ length: slices }, (_, slice) => this.look(request, sliceViewpoint(view, slice - (slices - 1) / 2)));
      const hashes = pictures.map(({ frame }) => differenceHash(frame));
      if (!hashes.every((hash) => this.isDistant(caseId, hash))) continue;
      for (const hash of hashes) this.hashes.push({ caseId, hash });
      return pictures;
    }
    throw new Error(`No viewpoint keeps ${name} at distance ${LEAST_DISTANCE} from the pictures of other cases`);
  }

  /** Nearly the hash of the picture in full size, for a fraction of its cost: most viewpoints are refused. */
  private previewHash({ kind, rows, columns }: { kind: PictureKind; rows: number; columns: number }, view: Viewpoint): boolean[] {
    const scale = rows / 32;
    const preview = resampleFrame(this.reducedSource(RECIPES[kind]), view, 32, round(columns / scale), outsideOf(kind));
    return differenceHash(kind === 'pa' ? invert(preview) : preview);
  }

  private look(request: { name: string; kind: PictureKind; rows: number; columns: number }, view: Viewpoint): Picture {
    const recipe = RECIPES[request.kind];
    const source = this.reducedSource(recipe);
    const seen = resampleFrame(source, view, request.rows, request.columns, outsideOf(request.kind));
    const spacingMm = (2 * view.halfHeight * source.rows * recipe.sourceSpacingMm * recipe.reduce) / request.rows;
    const finish = request.kind === 'pa' || request.kind === 'ap' ? stretchTones(seen, new SeededDraw(`${request.name}|tones`)) : storeUnsigned(seen);
    return { frame: request.kind === 'pa' ? invert(finish) : finish, spacingMm, mirrored: view.mirrored };
  }

  private reducedSource({ source, reduce, offset }: Recipe): Frame {
    const known = this.reduced.get(source);
    if (known !== undefined) return known;
    const { rows, columns, values } = this.sources[source];
    const frame = reduceFrame({ rows, columns, values: values.map((value) => max(value + offset, 0)) }, reduce);
    this.reduced.set(source, frame);
    return frame;
  }

  private isDistant(caseId: string, hash: boolean[]): boolean {
    return this.hashes.every((other) => {
      const distance = hashDistance(hash, other.hash);
      return other.caseId === caseId || (distance >= LEAST_DISTANCE && distance <= 64 - LEAST_DISTANCE);
    });
  }
}

/** Air around an axial section; the edge goes on around a projection. */
function outsideOf(kind: PictureKind): number | null {
  return kind === 'mid-chest' || kind === 'inlet' ? 0 : null;
}

function drawViewpoint(recipe: Recipe, body: SeededDraw, position: SeededDraw): Viewpoint {
  const around = (draw: SeededDraw, [middle, reach]: readonly [number, number]) => draw.between(middle - reach, middle + reach);
  const bend = (): number => body.between(-recipe.bend, recipe.bend);
  return {
    bend: [bend(), bend(), bend(), bend(), bend(), bend()],
    x: around(position, recipe.x),
    y: around(position, recipe.y),
    halfHeight: around(position, recipe.halfHeight),
    tilt: position.between(-recipe.tilt, recipe.tilt),
    mirrored: position.chance(0.5),
  };
}

/** The neighbouring slice: a little wider and otherwise bent, as the next section of a body is. */
function sliceViewpoint(view: Viewpoint, offset: number): Viewpoint {
  const [a, b, c, d, e, f] = view.bend;
  return {
    ...view,
    halfHeight: view.halfHeight * (1 + 0.025 * offset),
    bend: [a, b + 0.02 * offset, c, d, e - 0.02 * offset, f + 0.03 * offset],
  };
}

/** Whole numbers of 12 bits. */
function storeUnsigned({ rows, columns, values }: Frame): Frame {
  return { rows, columns, values: values.map((value) => min(max(round(value), 0), 4095)) };
}

/** Stretches a projection to 12 bit along a curve of seeded contrast. */
function stretchTones({ rows, columns, values }: Frame, draw: SeededDraw): Frame {
  const sorted = values.toSorted();
  const low = sorted[floor(values.length * 0.005)]!;
  const high = sorted[floor(values.length * 0.995)]!;
  const contrast = draw.between(-0.35, 0.35);
  const darkest = draw.integer(40, 260);
  const range = draw.integer(3300, 3700);
  const stretched = values.map((value) => {
    const tone = min(max((value - low) / (high - low), 0), 1);
    return round(darkest + range * (tone + contrast * tone * (1 - tone)));
  });
  return { rows, columns, values: stretched };
}

function invert({ rows, columns, values }: Frame): Frame {
  return { rows, columns, values: values.map((value) => 4095 - value) };
}
