// A place on the map (TKT-2): in a form to be typed or pointed at, elsewhere to be looked at. The map itself is loaded when it is opened.
import { Button, Input } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { keysOf, useKeys } from "@/app/shortcuts";
import { decimals, type Point, pointOf, typed, type TypedPoint } from "@/lib/coordinates";
import { Field, Kbd } from "./Field";
import { Waiting } from "./Problems";

const PlaceMap = lazy(() => import("./PlaceMap"));

const DEGREES_MAX = 24;

interface Props {
  form: TypedPoint;
  change: (part: Partial<TypedPoint>) => void;
  fault: (field: keyof TypedPoint) => string | undefined;
}

// Folded away until it is wanted, filled or refused.
export function MapPlace({ form, change, fault }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<false | "key" | "button">(false);
  useKeys({ [keysOf("map")]: () => setOpen(!open && "key") });
  const filled = !!form.longitude || !!form.latitude;
  const point = pointOf(form.longitude, form.latitude);
  const set = (next: Point) => change(typed(next));
  return (
    <div className="map-place">
      <Button type="link" size="small" className="more-fields" aria-expanded={!!open} onClick={() => setOpen(!open && "button")}>
        {t(open ? "map.close" : "map.open")} <Kbd keys={keysOf("map")} />
      </Button>
      {(open || filled || fault("longitude") || fault("latitude")) && (
        <div className="row">
          {(["longitude", "latitude"] as const).map((name) => (
            <Field key={name} label={t(`map.${name}`)} error={fault(name)} className="third">
              {(control) => (
                <Input {...control} status={control.status ?? ""} value={form[name]} inputMode="decimal" autoComplete="off" maxLength={DEGREES_MAX} onChange={(e) => change({ [name]: e.target.value })} />
              )}
            </Field>
          ))}
          <Button className="map-remove" disabled={!filled} onClick={() => change({ longitude: "", latitude: "" })}>
            {t("map.remove")}
          </Button>
        </div>
      )}
      {open && (
        <>
          <Suspense fallback={<Waiting rows={4} />}>
            <PlaceMap point={point} onPoint={set} autoFocus={open === "key"} />
          </Suspense>
          <p className="quiet map-hint">{t("map.hint")}</p>
        </>
      )}
    </div>
  );
}

// Where a ticket lies, and the map when it is asked for.
export function MapRead({ point }: { point: Point }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      {t("map.at", decimals(point))}{" "}
      <Button type="link" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? "map.close" : "map.show")}
      </Button>
      {open && (
        <Suspense fallback={<Waiting rows={4} />}>
          <PlaceMap point={point} />
        </Suspense>
      )}
    </>
  );
}
