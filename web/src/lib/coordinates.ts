// A place on the map (TKT-2) as people type it and as the service takes it: degrees, six decimals, which is a tenth of a metre.
export interface Point {
  longitude: number;
  latitude: number;
}

// As typed; both empty: no place on the map.
export interface TypedPoint {
  longitude: string;
  latitude: string;
}

const DECIMALS = 6;
const LIMITS = { longitude: 180, latitude: 90 } as const;

// A decimal number with one sign, full-width characters of an input method included; undefined: it is none.
function degrees(text: string): number | undefined {
  const plain = text.trim().replace(/[\uff0b-\uff19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[\u2212\u3002]/g, (c) => (c === "\u2212" ? "-" : "."));
  return /^[+-]?\d{1,3}(\.\d{0,15})?$/.test(plain) ? Number(plain) : undefined;
}

const within = (name: keyof typeof LIMITS, value: number | undefined): boolean => value !== undefined && Math.abs(value) <= LIMITS[name];

// What is wrong with each; one without the other is as wrong as one out of bounds. The service's "unknown" is 0, 0, a place in the
// sea off Africa that no matter lies at.
export function checkPoint(longitude: string, latitude: string): { longitude?: "badLongitude"; latitude?: "badLatitude" } {
  if (!longitude.trim() && !latitude.trim()) return {};
  const [x, y] = [degrees(longitude), degrees(latitude)];
  const nowhere = x === 0 && y === 0;
  return {
    ...(within("longitude", x) && !nowhere ? {} : { longitude: "badLongitude" as const }),
    ...(within("latitude", y) && !nowhere ? {} : { latitude: "badLatitude" as const }),
  };
}

// What is typed, if it is a place.
export function pointOf(longitude: string, latitude: string): Point | undefined {
  if (Object.keys(checkPoint(longitude, latitude)).length > 0) return undefined;
  const [x, y] = [degrees(longitude), degrees(latitude)];
  return x === undefined || y === undefined ? undefined : { longitude: x, latitude: y };
}

// The place of a ticket; undefined where none is known.
export function placeOf(ticket: { longitude?: number; latitude?: number }): Point | undefined {
  const { longitude = 0, latitude = 0 } = ticket;
  return longitude || latitude ? { longitude, latitude } : undefined;
}

const rounded = (value: number): number => Number(value.toFixed(DECIMALS));
const clamped = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

// A place that was pointed at: a map may be dragged around the world, the place stays on it.
export function normalised(point: Point): Point {
  const turned = ((((point.longitude + 180) % 360) + 360) % 360) - 180;
  return { longitude: rounded(turned), latitude: rounded(clamped(point.latitude, LIMITS.latitude)) };
}

export const typed = (point: Point): TypedPoint => ({ longitude: String(point.longitude), latitude: String(point.latitude) });

// The place of a ticket as a form begins with it.
export function typedPlace(ticket: Partial<Point>): TypedPoint {
  const known = placeOf(ticket);
  const point = known && placeOf({ longitude: rounded(known.longitude), latitude: rounded(known.latitude) });
  return point ? typed(point) : { longitude: "", latitude: "" };
}

// What amending a ticket says of its place: the one that is typed now, or that the one known is none, which the service takes as 0, 0.
// A form that was left as it began says nothing, so that a place of more decimals stays as it is.
export function placeChange(ticket: Partial<Point>, now: TypedPoint): Partial<Point> {
  const before = typedPlace(ticket);
  if (now.longitude === before.longitude && now.latitude === before.latitude) return {};
  return pointOf(now.longitude, now.latitude) ?? (placeOf(ticket) ? { longitude: 0, latitude: 0 } : {});
}

// As people read them: all decimals, so that numbers beneath one another compare.
export const decimals = (point: Point) => ({ longitude: point.longitude.toFixed(DECIMALS), latitude: point.latitude.toFixed(DECIMALS) });

// Degrees between two lines of the graticule, so that there are about `lines` of them over the span.
const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001];
export function graticuleStep(span: number, lines: number): number {
  const fit = [...STEPS].reverse().find((step) => span / step <= lines);
  return fit ?? STEPS[0]!;
}

// The lines within the span, at multiples of the step.
export function graticuleLines(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: count }, (_, i) => rounded((first + i) * step));
}
