// ECharts with only the parts that the wallboard and the figures use. Import this file from lazily loaded routes only.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { EChartsOption } from "echarts/types/dist/shared";
import { useEffect, useRef } from "react";

echarts.use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export function Chart({ option, label, onPick }: { option: EChartsOption; label: string; onPick?: (name: string) => void }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts>();
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    if (!place.current) return undefined;
    const made = echarts.init(place.current);
    chart.current = made;
    made.on("click", (event) => pick.current?.(event.name));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: false, lazyUpdate: true });
  }, [option]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
