// From the server's figures to chart options. Shares come as 0..1 and are drawn as per cent.
const percent = (value) => `${(value * 100).toFixed(2).replace(/\.?0+$/, "")}%`;
const plain = (value) => Number(value).toLocaleString("en-US");
const shown = (format) => (format === "percent" ? percent : plain);

function axes(data, paint, width, flat) {
  const names = {
    type: "category", data: data.labels, axisTick: {show: false},
    axisLine: {lineStyle: {color: paint.line}},
    axisLabel: {color: paint.quiet, hideOverlap: true, width: flat ? Math.min(150, width * 0.32) : undefined, overflow: "truncate"},
  };
  const values = {
    type: "value", min: data.min, max: data.max, interval: data.max === 1 && !data.min ? 0.2 : undefined, splitNumber: 4,
    splitLine: {lineStyle: {color: paint.line, type: "dashed"}},
    axisLabel: {color: paint.quiet, formatter: data.format === "percent" ? (v) => `${Math.round(v * 100)}%` : undefined, hideOverlap: true},
  };
  return flat ? {yAxis: {...names, inverse: true}, xAxis: values} : {xAxis: names, yAxis: values};
}

const legend = (data, paint) => data.series.length < 2 ? undefined : {
  type: "scroll", bottom: 0, left: "center", itemWidth: 16, itemHeight: 8, textStyle: {color: paint.ink},
  pageTextStyle: {color: paint.quiet}, data: data.series.map((one) => one.name),
};

const frame = (data) => ({left: 8, right: 20, top: 16, bottom: data.series.length < 2 ? 8 : 34, containLabel: true});

export function bars(data, paint, width) {
  return {
    grid: frame(data), legend: legend(data, paint), ...axes(data, paint, width, data.flat),
    series: data.series.map((one) => ({
      type: "bar", name: one.name, data: one.values, stack: data.stacked ? "all" : undefined, barMaxWidth: 22,
      itemStyle: {borderRadius: data.stacked ? 0 : (data.flat ? [0, 4, 4, 0] : [4, 4, 0, 0])},
      tooltip: {valueFormatter: shown(data.format)},
    })),
  };
}

export function lines(data, paint, width) {
  return {
    grid: frame(data), legend: legend(data, paint), ...axes(data, paint, width, false),
    series: data.series.map((one, index) => ({
      type: "line", name: one.name, data: one.values, smooth: 0.2, showSymbol: data.labels.length < 40, symbolSize: 7,
      symbol: ["circle", "rect", "triangle", "diamond", "roundRect", "pin"][index % 6], connectNulls: true,
      lineStyle: {width: 2.5, type: ["solid", "dashed", "dotted"][Math.floor(index / 2) % 3]},
      areaStyle: data.filled ? {opacity: 0.12} : undefined,
      tooltip: {valueFormatter: shown(data.format)},
    })),
  };
}

export function radar(data, paint) {
  return {
    radar: {
      radius: "70%", center: ["50%", "54%"],
      indicator: data.labels.map((name) => ({name, max: 1})),
      axisName: {color: paint.ink, fontSize: 13, lineHeight: 18, formatter: (name) => {
        const value = data.series[0].values[data.labels.indexOf(name)];
        return `${name}\n${value === null ? "—" : percent(value)}`;
      }},
      splitLine: {lineStyle: {color: paint.line}}, axisLine: {lineStyle: {color: paint.line}}, splitArea: {show: false},
    },
    tooltip: {show: false},
    series: [{
      type: "radar", symbolSize: 7, areaStyle: {opacity: 0.25}, lineStyle: {width: 2.5},
      data: data.series.map((one) => ({name: one.name, value: one.values})),
    }],
  };
}

const columnsOf = (data) => data.kinds.map((kind) => data.nodes.filter((node) => node.kind === kind.id)).filter((column) => column.length);

export const graphHeight = (data) => Math.min(1400, Math.max(340, 34 * Math.max(1, ...columnsOf(data).map((column) => column.length)) + 90));

// Lineage: one column per kind of node, in the order in which the data flowed.
export function graph(data, paint) {
  const filled = columnsOf(data);
  const tallest = Math.max(...filled.map((column) => column.length));
  const nodes = filled.flatMap((column, x) => column.map((node, y) => ({
    id: node.id, name: node.title, x: x * 240, y: (y + 0.5) * (tallest / column.length) * 44, detail: node.detail,
    category: data.kinds.findIndex((kind) => kind.id === node.kind),
    symbol: "roundRect", symbolSize: [14, 14],
    label: {position: x === filled.length - 1 ? "left" : "right"},
  })));
  return {
    legend: {top: 0, left: 0, textStyle: {color: paint.ink}, data: data.kinds.map((kind) => kind.title)},
    tooltip: {renderMode: "richText", formatter: (item) => item.data.detail || item.data.label?.formatter || item.name},
    series: [{
      type: "graph", layout: "none", top: 48, bottom: 16, left: 24, right: 40, roam: "move", nodes,
      categories: data.kinds.map((kind) => ({name: kind.title})),
      edges: data.edges.map((edge) => ({source: edge.from, target: edge.to, value: edge.label})),
      edgeSymbol: ["none", "arrow"], edgeSymbolSize: 6,
      lineStyle: {color: paint.quiet, opacity: 0.45, curveness: 0.08},
      label: {show: true, color: paint.ink, fontSize: 12, width: 150, overflow: "truncate", formatter: "{b}",
        textBorderColor: paint.surface, textBorderWidth: 3},
      emphasis: {focus: "adjacency"},
    }],
  };
}
