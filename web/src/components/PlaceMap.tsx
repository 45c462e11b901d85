// The map (TKT-2): tiles where the operator has some, else a plain plane; graticule and scale; one place, which a click, the arrow
// keys or dragging sets. Loaded when a map is opened.
import { useQuery } from "@tanstack/react-query";
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { getMapSettings } from "@/api/work";
import type { MapSettings } from "@/api/types";
import { decimals, graticuleLines, graticuleStep, normalised, type Point } from "@/lib/coordinates";
import { Loaded } from "./Problems";
import "./place_map.css";

const CLOSE_ZOOM = 16; // a place is looked at
const LINES = 4; // of latitude, at most
const STEP_PX = 8; // an arrow key
const COARSE_PX = 64; // with Shift
const TO_EDGE_PX = 32;
const MOVES: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const latLng = (point: Point): L.LatLngTuple => [point.latitude, point.longitude];
const pointAt = (at: L.LatLng): Point => normalised({ longitude: at.lng, latitude: at.lat });

// Round degrees, named at the upper and the right edge, where no control lies.
function drawGraticule(map: L.Map, into: L.LayerGroup): void {
  into.clearLayers();
  const bounds = map.getBounds();
  const line = (points: L.LatLngTuple[]) => L.polyline(points, { className: "graticule", interactive: false, weight: 1 }).addTo(into);
  const name = (at: L.LatLngTuple, text: string, className: string) =>
    L.marker(at, { icon: L.divIcon({ className: `graticule-name ${className}`, html: text, iconSize: [0, 0] }), interactive: false, keyboard: false }).addTo(into);
  const [west, east, south, north] = [bounds.getWest(), bounds.getEast(), Math.max(bounds.getSouth(), -85), Math.min(bounds.getNorth(), 85)];
  const step = graticuleStep(north - south, LINES);
  for (const x of graticuleLines(west, east, step)) {
    line([[south, x], [north, x]]);
    name([north, x], `${x}°`, "above");
  }
  for (const y of graticuleLines(south, north, step)) {
    line([[y, west], [y, east]]);
    name([y, east], `${y}°`, "right");
  }
}

function addTiles(map: L.Map, settings: MapSettings, onFault: () => void): void {
  for (const url of settings.tiles ?? []) {
    L.tileLayer(url, { maxNativeZoom: settings.maxZoom ?? CLOSE_ZOOM }).on("tileerror", onFault).addTo(map);
  }
  const attribution = settings.attribution ?? "";
  if (!attribution) return;
  // As text: what stands there comes from a configuration, not from a page.
  const holder = document.createElement("span");
  holder.textContent = attribution;
  L.control.attribution({ prefix: false }).addAttribution(holder.innerHTML).addTo(map);
}

interface Texts {
  zoomIn: string;
  zoomOut: string;
}

function makeMap(place: HTMLElement, settings: MapSettings, point: Point | undefined, texts: Texts, onFault: () => void): L.Map {
  const map = L.map(place, {
    center: point ? latLng(point) : [settings.latitude ?? 0, settings.longitude ?? 0],
    zoom: point ? CLOSE_ZOOM : (settings.zoom ?? 1),
    minZoom: 2,
    maxZoom: Math.max(settings.maxZoom ?? 0, 19),
    keyboard: false, // the arrows move the place
    zoomControl: false,
    attributionControl: false,
    doubleClickZoom: false,
    scrollWheelZoom: false, // only while the map has the focus, or the form would not scroll past it
    zoomAnimation: false,
    fadeAnimation: false,
    markerZoomAnimation: false,
  });
  L.control.zoom({ zoomInTitle: texts.zoomIn, zoomOutTitle: texts.zoomOut }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  addTiles(map, settings, onFault);
  const lines = L.layerGroup().addTo(map);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  map.on("moveend zoomend resize", () => drawGraticule(map, lines));
  drawGraticule(map, lines);
  return map;
}

// The map on the page, as long as it is there.
function useMap(settings: MapSettings, point: Point | undefined, onPoint: ((point: Point) => void) | undefined, onFault: () => void) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<L.Map>();
  const pin = useRef<L.Marker>();
  const latest = useRef({ onPoint, onFault });
  latest.current = { onPoint, onFault };
  useEffect(() => {
    if (!place.current) return undefined;
    const made = makeMap(place.current, settings, point, { zoomIn: t("map.zoomIn"), zoomOut: t("map.zoomOut") }, () => latest.current.onFault());
    made.on("click", (event) => latest.current.onPoint?.(pointAt(event.latlng)));
    const observer = new ResizeObserver(() => made.invalidateSize({ pan: false }));
    observer.observe(place.current);
    map.current = made;
    return () => {
      observer.disconnect();
      made.remove();
      map.current = undefined;
      pin.current = undefined;
    };
    // A map is made once; the place moves on it below.
  }, [settings, t]);
  useEffect(() => {
    const shownOn = map.current;
    if (!shownOn) return;
    if (!point) {
      pin.current?.remove();
      pin.current = undefined;
      return;
    }
    if (!pin.current) {
      pin.current = L.marker(latLng(point), { icon: L.divIcon({ className: "map-pin", iconSize: [22, 22], iconAnchor: [11, 22] }), draggable: !!latest.current.onPoint, keyboard: false }).addTo(shownOn);
      pin.current.on("dragend", () => pin.current && latest.current.onPoint?.(pointAt(pin.current.getLatLng())));
    }
    pin.current.setLatLng(latLng(point));
    if (!shownOn.getBounds().contains(latLng(point))) shownOn.setView(latLng(point), shownOn.getZoom(), { animate: false });
    else shownOn.panInside(latLng(point), { padding: [TO_EDGE_PX, TO_EDGE_PX], animate: false });
  }, [point?.longitude, point?.latitude, settings, t]);
  return { place, map };
}

interface Props {
  point: Point | undefined;
  onPoint?: (point: Point) => void; // absent: to be looked at only
  autoFocus?: boolean;
}

function Plane({ settings, point, onPoint, autoFocus }: Props & { settings: MapSettings }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  const { place, map } = useMap(settings, point, onPoint, () => setBroken(true));
  useEffect(() => {
    if (autoFocus) place.current?.focus();
  }, [autoFocus, place]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!map.current || event.ctrlKey || event.metaKey || event.altKey) return; // keys of the screen
    const move = MOVES[event.key];
    if (event.key === "+" || event.key === "=") map.current.zoomIn(1, { animate: false });
    else if (event.key === "-") map.current.zoomOut(1, { animate: false });
    else if (event.key === "Enter" && onPoint) onPoint(pointAt(map.current.getCenter()));
    else if (!move) return;
    else if (!onPoint) map.current.panBy([move[0] * COARSE_PX, move[1] * COARSE_PX], { animate: false });
    else {
      const from = map.current.latLngToContainerPoint(point ? latLng(point) : map.current.getCenter());
      const far = event.shiftKey ? COARSE_PX : STEP_PX;
      onPoint(pointAt(map.current.containerPointToLatLng(L.point(from.x + move[0] * far, from.y + move[1] * far))));
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const label = t(onPoint ? "map.label" : "map.labelRead", { point: point ? t("map.at", decimals(point)) : t("map.none") });
  return (
    <>
      <div ref={place} className="place-map" role="application" tabIndex={0} aria-label={label} data-point={point ? Object.values(decimals(point)).join() : ""} onKeyDown={onKeyDown} />
      {broken && <p className="quiet">{t("map.noTiles")}</p>}
    </>
  );
}

export default function PlaceMap(props: Props) {
  const query = useQuery({ queryKey: ["mapSettings"], queryFn: getMapSettings, staleTime: Infinity });
  return (
    <Loaded query={query} rows={4}>
      {(settings) => <Plane settings={settings} {...props} />}
    </Loaded>
  );
}
