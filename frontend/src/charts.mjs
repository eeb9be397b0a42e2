// Charts read their figures from a JSON block that the server wrote, in the reader's language; each has a table beside it.
import {init, use} from "echarts/core";
import {BarChart, GraphChart, LineChart, RadarChart} from "echarts/charts";
import {AriaComponent, GridComponent, LegendComponent, MarkLineComponent, RadarComponent, TooltipComponent} from "echarts/components";
import {SVGRenderer} from "echarts/renderers";
import {bars, graph, graphHeight, lines, radar} from "./shapes.mjs";

use([BarChart, LineChart, GraphChart, RadarChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent,
  RadarComponent, TooltipComponent, SVGRenderer]);

const shapes = {bars, lines, radar, graph};

// The one colour system lives in the style sheet; a chart asks it, so that the dark board and print agree.
function colours(element) {
  const style = getComputedStyle(element);
  const value = (name) => style.getPropertyValue(name).trim();
  return {
    series: [1, 2, 3, 4, 5, 6].map((index) => value(`--yw-series-${index}`)),
    ink: value("--yw-ink"),
    quiet: value("--yw-quiet"),
    line: value("--yw-line"),
    surface: value("--yw-surface"),
    font: style.fontFamily,
  };
}

function draw(element) {
  const source = document.getElementById(element.dataset.source);
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const paint = colours(element);
  // A picture of many nodes needs room; how many there are is known only here.
  if (element.dataset.chart === "graph") element.style.height = `${graphHeight(data)}px`;
  if (data.flat) element.style.height = `${Math.max(160, 38 * data.labels.length + 60)}px`;
  const chart = init(element, null, {renderer: "svg"});
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption({
    animation: !calm,
    animationDuration: 500,
    color: paint.series,
    textStyle: {fontFamily: paint.font, color: paint.ink},
    aria: {enabled: true, decal: {show: (data.series ?? []).length > 1 && element.dataset.chart === "bars"}, label: {description: element.dataset.description}},
    // Rich text, because the content policy forbids the inline styles of the HTML tooltip.
    tooltip: {renderMode: "richText", confine: true, backgroundColor: paint.surface, borderColor: paint.line,
      textStyle: {color: paint.ink, fontSize: 12}},
    ...shapes[element.dataset.chart](data, paint, element.clientWidth),
  });
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", element.dataset.description);
  element.dataset.drawn = "yes";
  new ResizeObserver(() => chart.resize()).observe(element);
}

document.querySelectorAll("[data-chart]").forEach(draw);
