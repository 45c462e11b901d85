// The selects of trees, loaded beside the screen that has them: a screen is there before they are.
import { Input } from "antd";
import { type ComponentProps, lazy, Suspense } from "react";
import type * as Selects from "./Selects";

const Unit = lazy(() => import("./Selects").then((m) => ({ default: m.UnitSelect })));
const Units = lazy(() => import("./Selects").then((m) => ({ default: m.UnitsSelect })));
const Category = lazy(() => import("./Selects").then((m) => ({ default: m.CategorySelect })));
const Area = lazy(() => import("./Selects").then((m) => ({ default: m.AreaSelect })));

const Soon = ({ label }: { label: string | undefined }) => <Input disabled aria-label={label} />;

type One = ComponentProps<typeof Selects.UnitSelect>;

export const UnitSelect = (props: One) => (
  <Suspense fallback={<Soon label={props.label} />}>
    <Unit {...props} />
  </Suspense>
);
export const UnitsSelect = (props: ComponentProps<typeof Selects.UnitsSelect>) => (
  <Suspense fallback={<Soon label={props.label} />}>
    <Units {...props} />
  </Suspense>
);
export const CategorySelect = (props: One) => (
  <Suspense fallback={<Soon label={props.label} />}>
    <Category {...props} />
  </Suspense>
);
export const AreaSelect = (props: One) => (
  <Suspense fallback={<Soon label={props.label} />}>
    <Area {...props} />
  </Suspense>
);
