import { describe, expect, it } from "vitest";
import { checkPoint, decimals, graticuleLines, graticuleStep, normalised, placeChange, placeOf, pointOf, typed, typedPlace } from "./coordinates";

describe("TKT-2: a place on the map", () => {
  it.each([
    ["113.65", "34.76", {}],
    ["", "", {}],
    [" -180 ", "+90", {}],
    ["１１３．６５", "34。76", {}],
    ["180.1", "34", { longitude: "badLongitude" }],
    ["113", "-90.5", { latitude: "badLatitude" }],
    ["113", "", { latitude: "badLatitude" }],
    ["", "34", { longitude: "badLongitude" }],
    ["113,65", "34.76", { longitude: "badLongitude" }],
    ["1e2", "0x10", { longitude: "badLongitude", latitude: "badLatitude" }],
    ["NaN", "34", { longitude: "badLongitude" }],
    ["0", "0.0", { longitude: "badLongitude", latitude: "badLatitude" }],
  ])("%s, %s", (longitude, latitude, faults) => {
    expect(checkPoint(longitude, latitude)).toEqual(faults);
    expect(!!pointOf(longitude, latitude)).toBe(Object.keys(faults).length === 0 && !!longitude);
  });

  it("is what was typed", () => {
    expect(pointOf("113.65", "34.76")).toEqual({ longitude: 113.65, latitude: 34.76 });
    expect(pointOf("１１３．６５", "−34.76")).toEqual({ longitude: 113.65, latitude: -34.76 });
    expect(typed({ longitude: 113.65, latitude: -34.76 })).toEqual({ longitude: "113.65", latitude: "-34.76" });
    expect(decimals({ longitude: 113.65, latitude: 34.76 })).toEqual({ longitude: "113.650000", latitude: "34.760000" });
  });

  it("is unknown at 0, 0", () => {
    expect(placeOf({})).toBeUndefined();
    expect(placeOf({ longitude: 0, latitude: 0 })).toBeUndefined();
    expect(placeOf({ longitude: 113.65, latitude: 34.76 })).toEqual({ longitude: 113.65, latitude: 34.76 });
  });

  it("begins a form with six decimals, and is changed only by what is typed", () => {
    const ticket = { longitude: 113.66541212345678, latitude: 1e-7 };
    expect(typedPlace(ticket)).toEqual({ longitude: "113.665412", latitude: "0" });
    expect(placeChange(ticket, typedPlace(ticket))).toEqual({});
    expect(placeChange(ticket, { longitude: "113.665412", latitude: "34.76" })).toEqual({ longitude: 113.665412, latitude: 34.76 });
    expect(placeChange(ticket, { longitude: "", latitude: "" })).toEqual({ longitude: 0, latitude: 0 });
    expect(typedPlace({})).toEqual({ longitude: "", latitude: "" });
    expect(placeChange({}, { longitude: "", latitude: "" })).toEqual({});
  });

  it("stays on the world however far the map is dragged", () => {
    expect(normalised({ longitude: 473.6500004, latitude: 34.76 })).toEqual({ longitude: 113.65, latitude: 34.76 });
    expect(normalised({ longitude: -190, latitude: 91 })).toEqual({ longitude: 170, latitude: 90 });
  });

  it("lies in a graticule of round degrees", () => {
    expect(graticuleStep(360, 8)).toBe(30);
    expect(graticuleStep(0.1, 8)).toBe(0.02);
    expect(graticuleLines(113.61, 113.69, 0.02)).toEqual([113.62, 113.64, 113.66, 113.68]);
    expect(graticuleLines(-0.05, 0.05, 0.05)).toEqual([-0.05, 0, 0.05]);
    expect(graticuleLines(1.1, 1.9, 1)).toEqual([]);
  });
});
